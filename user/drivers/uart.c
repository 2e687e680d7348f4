/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which driver drives what.
 */
#include <stddef.h>
#include "uart.h"

const struct uart *uart_driver(enum console_kind kind)
{
	switch (kind) {
	case CONSOLE_uart_16550:
	case CONSOLE_uart_ports: return &uart_16550;
	case CONSOLE_pl011:      return &uart_pl011;
	case CONSOLE_port_e9:    return &uart_port_e9;
	case CONSOLE_uart_sifive: return &uart_sifive;
	default:                 return NULL;
	}
}
