/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The 16550 and its descendants (National Semiconductor PC16550D), in memory or at I/O ports.  The speed is left as the
 * firmware or the kernel has set it.
 *
 * The transmitter's interrupt comes when its FIFO is empty, and at once if it is enabled while that is so.
 */
#include "invocations.h"
#include "print.h"
#include "uart.h"

enum uart_register { DATA = 0, INTERRUPTS = 1, IDENTIFY = 2, FIFO = 2, LINE = 3, MODEM = 4, STATUS = 5 };
enum {
	INTERRUPT_INPUT = 1, INTERRUPT_ROOM = 2, IDENTIFY_NONE = 1, IDENTIFY_FIFO = 0xc0, FIFO_ON = 1, LINE_8N1 = 3,
	MODEM_READY = 3, MODEM_INTERRUPTS = 8, STATUS_INPUT = 1, STATUS_EMPTY = 0x20, FIFO_BYTES = 16, CAUSES_MAX = 64,
};

static struct boot_console place;
static uint64_t base;                     /* of registers in memory, or the capability to the ports */
static unsigned room;                     /* of the transmitter when it is empty */

static unsigned get(enum uart_register number)
{
	if (place.kind == CONSOLE_uart_ports) {
		struct io_ports_in in;
		must(io_ports_in(base, place.address + number, 1, &in));
		return (unsigned)in.value;
	}
	uint64_t address = base + ((uint64_t)number << place.stride_bits);
	return place.access_bytes == 4 ? *(volatile uint32_t *)address : *(volatile uint8_t *)address;
}

static void put(enum uart_register number, unsigned value)
{
	uint64_t address = base + ((uint64_t)number << place.stride_bits);
	if (place.kind == CONSOLE_uart_ports)
		must(io_ports_out(base, place.address + number, 1, value));
	else if (place.access_bytes == 4)
		*(volatile uint32_t *)address = value;
	else
		*(volatile uint8_t *)address = (uint8_t)value;
}

static void open(const struct boot_console *device, uint64_t at)
{
	place = *device;
	base = place.kind == CONSOLE_uart_ports ? at : at + place.address % 4096;
	put(INTERRUPTS, 0);
	put(LINE, LINE_8N1);
	put(FIFO, FIFO_ON);
	put(MODEM, MODEM_READY | MODEM_INTERRUPTS);
	room = (get(IDENTIFY) & IDENTIFY_FIFO) == IDENTIFY_FIFO ? FIFO_BYTES : 1;
	put(INTERRUPTS, INTERRUPT_INPUT);
}

static unsigned write(const char *text, unsigned bytes)
{
	if (!(get(STATUS) & STATUS_EMPTY))
		return 0;
	if (bytes > room)
		bytes = room;
	for (unsigned i = 0; i < bytes; i++)
		put(DATA, (unsigned char)text[i]);
	return bytes;
}

static bool will_interrupt(void) { return true; }

static void want_room(bool wanted)
{
	put(INTERRUPTS, INTERRUPT_INPUT | (wanted ? INTERRUPT_ROOM : 0));
}

static int read(void)
{
	return get(STATUS) & STATUS_INPUT ? (int)get(DATA) : -1;
}

/* Until no cause is left, for an edge is not repeated.  Reading the cause takes the transmitter's away. */
static bool served(void)
{
	for (unsigned i = 0; i < CAUSES_MAX && !(get(IDENTIFY) & IDENTIFY_NONE); i++)
		if (get(STATUS) & STATUS_INPUT)
			return false;
	return true;
}

const struct uart uart_16550 = { open, write, will_interrupt, want_room, read, served };
