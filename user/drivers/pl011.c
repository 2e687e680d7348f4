/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The PL011 (DDI 0183).  The speed is left as the firmware has set it.
 *
 * The transmitter's interrupt comes when its FIFO drains through half, and not because it is empty.  So nobody may wait for
 * it who has not seen the FIFO full, or the interrupt itself.
 */
#include "uart.h"

enum uart_register { DATA = 0x00, FLAGS = 0x18, LINE = 0x2c, CONTROL = 0x30, MASK = 0x38, RAW = 0x3c, CLEAR = 0x44 };
enum {
	FLAG_BUSY = 1 << 3, FLAG_NO_INPUT = 1 << 4, FLAG_FULL = 1 << 5, LINE_FIFO = 1 << 4, LINE_8 = 3 << 5,
	CONTROL_ON = 1 << 0 | 1 << 8 | 1 << 9, INTERRUPT_INPUT = 1 << 4, INTERRUPT_ROOM = 1 << 5, INTERRUPT_IDLE_INPUT = 1 << 6,
	ALL = 0x7ff, FIFO_BYTES = 16, POLLS_MAX = 1 << 20,
};

static uint64_t base;

static volatile uint32_t *reg(enum uart_register offset) { return (volatile uint32_t *)(base + offset); }

/* The line control register may only be written while the device is off. */
static void open(const struct boot_console *device, uint64_t at)
{
	base = at + device->address % 4096;
	for (unsigned i = 0; i < POLLS_MAX && *reg(FLAGS) & FLAG_BUSY; i++)
		;
	*reg(CONTROL) = 0;
	*reg(LINE) = LINE_8 | LINE_FIFO;
	*reg(CONTROL) = CONTROL_ON;
	*reg(CLEAR) = ALL;
	*reg(MASK) = INTERRUPT_INPUT | INTERRUPT_IDLE_INPUT;
}

/* No more than the FIFO holds, even if it is emptied as fast as it is filled, so that input gets its turn. */
static unsigned write(const char *text, unsigned bytes)
{
	unsigned done = 0;
	for (; done < bytes && done < FIFO_BYTES && !(*reg(FLAGS) & FLAG_FULL); done++)
		*reg(DATA) = (unsigned char)text[done];
	return done;
}

static bool will_interrupt(void)
{
	return *reg(FLAGS) & FLAG_FULL || *reg(RAW) & INTERRUPT_ROOM;
}

static void want_room(bool wanted)
{
	*reg(MASK) = INTERRUPT_INPUT | INTERRUPT_IDLE_INPUT | (wanted ? INTERRUPT_ROOM : 0);
}

static int read(void)
{
	return *reg(FLAGS) & FLAG_NO_INPUT ? -1 : (int)(*reg(DATA) & 0xff);
}

/* The transmitter's ends when it is filled, or here; the receiver's when it is empty. */
static bool served(void)
{
	*reg(CLEAR) = INTERRUPT_ROOM;
	return *reg(FLAGS) & FLAG_NO_INPUT;
}

const struct uart uart_pl011 = { open, write, will_interrupt, want_room, read, served };
