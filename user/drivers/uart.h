/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a serial console is for the server that offers it (servers/console.c).  A driver knows its device's registers, and
 * nothing of clients, capabilities of interrupts, or waiting.
 */
#pragma once
#include <stdbool.h>
#include "abi.h"

struct uart {
	/* Sets the device up, interrupting when there is input.  at: where it is mapped, or the capability to its I/O ports. */
	void (*open)(const struct boot_console *device, uint64_t at);

	/* Writes as much as the device has room for, and not more than it can hold; how much that was. */
	unsigned (*write)(const char *text, unsigned bytes);

	/* Whether the device, just written to, will interrupt when it has room.  If not, it may be written to again at once. */
	bool (*will_interrupt)(void);

	/* Lets it interrupt when it has room for output, or no longer. */
	void (*want_room)(bool wanted);

	/* Takes a character that came; -1: there is none. */
	int (*read)(void);

	/* After all input was taken: ends the device's interrupt.  False: there is more input. */
	bool (*served)(void);
};

/* The driver of a kind of console, or NULL; the device's registers lie in memory, or are ports. */
const struct uart *uart_driver(enum console_kind kind);
static inline bool uart_in_memory(enum console_kind kind) { return kind == CONSOLE_uart_16550 || kind == CONSOLE_pl011 || kind == CONSOLE_uart_sifive; }

extern const struct uart uart_16550, uart_pl011, uart_port_e9, uart_sifive;
