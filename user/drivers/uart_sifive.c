/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SiFive's UART (FU540-C000 Manual, chapter 13).  The speed is left as the firmware has set it.
 *
 * The transmitter's interrupt is on for as long as fewer characters than a mark are in its FIFO, so no mark of zero: one
 * means that it is empty.  Each is taken away by nothing but what ends its cause.
 */
#include "uart.h"

enum uart_register { OUTPUT = 0x00, INPUT = 0x04, OUTPUT_CONTROL = 0x08, INPUT_CONTROL = 0x0c, INTERRUPTS = 0x10 };
enum {
	ON = 1 << 0, MARK_SHIFT = 16, MARK_ROOM = 1, INTERRUPT_ROOM = 1 << 0, INTERRUPT_INPUT = 1 << 1, FIFO_BYTES = 8,
};
#define NOT_NOW ((uint32_t)1 << 31)       /* of OUTPUT: full; of INPUT: empty, and the read took nothing */

static uint64_t base;
static int waiting = -1;                  /* a character that looking for one took out */

static volatile uint32_t *reg(enum uart_register offset) { return (volatile uint32_t *)(base + offset); }

static void open(const struct boot_console *device, uint64_t at)
{
	base = at + device->address % 4096;
	*reg(OUTPUT_CONTROL) = ON | MARK_ROOM << MARK_SHIFT;
	*reg(INPUT_CONTROL) = ON;
	*reg(INTERRUPTS) = INTERRUPT_INPUT;
}

static unsigned write(const char *text, unsigned bytes)
{
	unsigned done = 0;
	for (; done < bytes && done < FIFO_BYTES && !(*reg(OUTPUT) & NOT_NOW); done++)
		*reg(OUTPUT) = (unsigned char)text[done];
	return done;
}

static bool will_interrupt(void) { return true; }

static void want_room(bool wanted)
{
	*reg(INTERRUPTS) = INTERRUPT_INPUT | (wanted ? INTERRUPT_ROOM : 0);
}

static int take(void)
{
	uint32_t value = *reg(INPUT);
	return value & NOT_NOW ? -1 : (int)(value & 0xff);
}

static int read(void)
{
	int character = waiting >= 0 ? waiting : take();
	waiting = -1;
	return character;
}

static bool served(void)
{
	if (waiting < 0)
		waiting = take();
	return waiting < 0;
}

const struct uart uart_sifive = { open, write, will_interrupt, want_room, read, served };
