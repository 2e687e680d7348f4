/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The debug console: a 16550 serial port, and port 0xe9 where an emulator has it (Bochs); and the end of the machine.
 * Both are found, not assumed: the 16550 by its scratch register or ACPI's word for it, port 0xe9 by reading its own
 * number.
 */
#include "console.h"
#include "arch.h"
#include "processor.h"

/* National Semiconductor PC16550D. */
enum uart_register { UART_data, UART_interrupts, UART_fifo, UART_line, UART_modem, UART_status, UART_scratch = 7 };
enum { UART_DIVISOR_ACCESS = 0x80, UART_8N1 = 3, UART_FIFO_ON = 7, UART_MODEM_READY = 3, UART_EMPTY = 0x20, UART_IDLE = 0x40 };
enum { PORT_BOCHS = 0xe9, PORT_QEMU_EXIT = 0xf4, PORT_BOCHS_EXIT = 0x8900, SPIN_MAX = 1 << 20 };

static uint16_t uart;                             /* 0: none */
static bool bochs;

static bool uart_found(uint16_t port)
{
	port_write(port + UART_scratch, 0x5a);
	if (port_read(port + UART_scratch) != 0x5a)
		return false;
	port_write(port + UART_scratch, 0xa5);
	return port_read(port + UART_scratch) == 0xa5;
}

/* 115200 baud, 8 bits, no interrupts. */
static void uart_init(uint16_t port)
{
	uart = port;
	port_write(port + UART_interrupts, 0);
	port_write(port + UART_line, UART_DIVISOR_ACCESS);
	port_write(port + UART_data, 1);
	port_write(port + UART_interrupts, 0);
	port_write(port + UART_line, UART_8N1);
	port_write(port + UART_fifo, UART_FIFO_ON);
	port_write(port + UART_modem, UART_MODEM_READY);
}

void console_init(uint16_t told)
{
	static const uint16_t usual[] = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };

	bochs = port_read(PORT_BOCHS) == PORT_BOCHS;
	if (told && uart_found(told)) {
		uart_init(told);
		return;
	}
	for (unsigned i = 0; i < sizeof(usual) / sizeof(usual[0]) && !uart; i++)
		if (uart_found(usual[i]))
			uart_init(usual[i]);
}

BOOT_TEXT void console_describe(struct text *text)
{
	if (uart) {
		text_add(text, "16550 at port ");
		text_add_hex(text, uart);
	}
	if (bochs)
		text_add(text, uart ? " and port 0xe9" : "port 0xe9");
	if (!uart && !bochs)
		text_add(text, "none");
}

/* The lines are the ISA bus's, whose interrupts 3 and 4 are the I/O APIC's lines of the same numbers. */
struct boot_console console_device(void)
{
	bool odd = uart == 0x3f8 || uart == 0x3e8;

	if (uart)
		return (struct boot_console){ .kind = CONSOLE_uart_ports, .address = uart, .access_bytes = 1,
					      .line = odd ? 4 : 3, .trigger = IRQ_TRIGGER_edge };
	return (struct boot_console){ .kind = bochs ? CONSOLE_port_e9 : CONSOLE_none, .address = PORT_BOCHS, .access_bytes = 1 };
}

/* A port that never gets ready loses characters; it does not stop the kernel. */
static void uart_wait(uint8_t status)
{
	for (unsigned i = 0; i < SPIN_MAX; i++)
		if (port_read(uart + UART_status) & status)
			return;
}

void arch_console_put(char character)
{
	if (bochs)
		port_write(PORT_BOCHS, (uint8_t)character);
	if (uart) {
		uart_wait(UART_EMPTY);
		port_write(uart + UART_data, (uint8_t)character);
	}
}

/*
 * Ends the emulator, if it is one: QEMU's isa-debug-exit makes 2 * status + 1 its exit code, Bochs ends without one.
 * A real machine stops here.
 */
void arch_halt(int status)
{
	if (uart)
		uart_wait(UART_IDLE);
	port_write(PORT_QEMU_EXIT, (uint8_t)status);
	for (const char *word = "Shutdown"; *word; word++)
		port_write(PORT_BOCHS_EXIT, (uint8_t)*word);
	for (;;)
		__asm__ volatile("cli; hlt");
}
