/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The console of an emulator: an I/O port that takes a character at any time, and gives none.
 */
#include "invocations.h"
#include "print.h"
#include "uart.h"

static uint64_t ports, port;

static void open(const struct boot_console *device, uint64_t at)
{
	ports = at;
	port = device->address;
}

static unsigned write(const char *text, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		must(io_ports_out(ports, port, 1, (unsigned char)text[i]));
	return bytes;
}

static bool will_interrupt(void)   { return false; }
static void want_room(bool wanted) { (void)wanted; }
static int read(void)              { return -1; }
static bool served(void)           { return true; }

const struct uart uart_port_e9 = { open, write, will_interrupt, want_room, read, served };
