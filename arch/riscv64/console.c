/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The debug console and the end of the machine.
 *
 * In this order: the UART that the device tree names; the firmware's debug console (SBI 2.0, DBCN); the firmware's
 * legacy putchar, which every SBI has had.  Until the device tree is read, the firmware's.
 */
#include "console.h"
#include "arch.h"
#include "fdt.h"
#include "sbi.h"

static bool has_dbcn, has_srst;

/* ---- UARTs, by polling ---- */

/* Both known kinds: where to write, where to look, and when there is room. */
static struct uart {
	volatile uint8_t *base;
	unsigned shift, width;            /* of registers: distance as a power of two, bytes of an access */
	unsigned data, status;            /* register numbers */
	uint32_t mask, ready;             /* room if (status & mask) == ready */
} uart;
static uint64_t uart_physical = ~(uint64_t)0;
static struct boot_console device = { .kind = CONSOLE_kernel };        /* the firmware's */

static uint32_t uart_read(unsigned number)
{
	volatile uint8_t *address = uart.base + ((uint64_t)number << uart.shift);

	return uart.width == 4 ? *(volatile uint32_t *)address : *address;
}

static void uart_write(unsigned number, uint8_t value)
{
	volatile uint8_t *address = uart.base + ((uint64_t)number << uart.shift);

	if (uart.width == 4)
		*(volatile uint32_t *)address = value;
	else
		*address = value;
}

static void uart_put(char character)
{
	/* A UART that never gets ready must not hang the kernel. */
	for (unsigned tries = 1 << 20; tries && (uart_read(uart.status) & uart.mask) != uart.ready; tries--)
		;
	uart_write(uart.data, (uint8_t)character);
}

void arch_console_put(char character)
{
	if (uart.base)
		uart_put(character);
	else if (has_dbcn)
		sbi(SBI_DBCN, DBCN_WRITE_BYTE, (uint8_t)character, 0);
	else
		sbi(SBI_LEGACY_PUTCHAR, 0, (uint8_t)character, 0);
}

/* ---- finding them ---- */

BOOT_TEXT void console_probe(void)
{
	has_dbcn = sbi_has(SBI_DBCN);
	has_srst = sbi_has(SBI_SRST);
}

static bool find_uart(const struct fdt *fdt, int node)
{
	if (fdt_has_string(fdt, node, "compatible", "ns16550a") || fdt_has_string(fdt, node, "compatible", "ns16550") ||
	    fdt_has_string(fdt, node, "compatible", "snps,dw-apb-uart")) {
		uart.shift = (unsigned)fdt_number(fdt, node, "reg-shift", 0);
		uart.width = (unsigned)fdt_number(fdt, node, "reg-io-width", 1);
		uart.status = 5;                  /* line status: transmitter holding register empty */
		uart.mask = uart.ready = 0x20;
		return true;
	}
	if (fdt_has_string(fdt, node, "compatible", "sifive,uart0")) {
		uart.width = 4;                   /* txdata at 0, whose bit 31 says full: */
		uart.mask = (uint32_t)1 << 31;
		return true;
	}
	return false;
}

/* Of the UART in use.  The PLIC's lines are its sources. */
static void fill_device(const struct fdt *fdt, int node, uint64_t physical)
{
	uint32_t length = 0;
	const uint8_t *cell = fdt_property(fdt, node, "interrupts", &length);

	device = (struct boot_console){ .kind = uart.ready ? CONSOLE_uart_16550 : CONSOLE_uart_sifive, .address = physical,
					.stride_bits = uart.shift, .access_bytes = uart.width };
	if (length >= 4)
		device.line = (uint32_t)cell[0] << 24 | (uint32_t)cell[1] << 16 | (uint32_t)cell[2] << 8 | cell[3];
}

struct boot_console console_device(void)
{
	return device;
}

/* "<kind> at 0x<address>" without a formatter. */
static const char *describe(const char *kind, uint64_t address)
{
	static char text[48];
	unsigned length = 0;

	for (; *kind && length < 24; kind++)
		text[length++] = *kind;
	for (const char *at = " at 0x"; *at; at++)
		text[length++] = *at;
	for (int shift = 60; shift >= 0; shift -= 4)
		if (shift == 0 || address >> shift)
			text[length++] = "0123456789abcdef"[address >> shift & 15];
	text[length] = '\0';
	return text;
}

BOOT_TEXT const char *console_from_tree(const struct fdt *fdt)
{
	int node = fdt_console(fdt);
	struct range range;

	if (node != NO_NODE && fdt_enabled(fdt, node) && fdt_reg(fdt, node, 0, &range) && find_uart(fdt, node)) {
		uart_physical = range.start;
		range.start += fdt_number(fdt, node, "reg-offset", 0);
		uart.base = arch_to_virtual(range.start);
		fill_device(fdt, node, range.start);
		return describe(fdt_string(fdt, node, "compatible") ? fdt_string(fdt, node, "compatible") : "UART", range.start);
	}
	return has_dbcn ? "SBI DBCN" : "SBI legacy";
}

uint64_t console_physical(void)
{
	return uart_physical;
}

/* ---- the end ---- */

void arch_halt(int status)
{
	if (has_srst)
		sbi(SBI_SRST, SRST_RESET, 0, status != 0);      /* shut down; the reason: none, or system failure */
	sbi(SBI_LEGACY_SHUTDOWN, 0, 0, 0);
	for (;;)
		__asm__ volatile("wfi");
}
