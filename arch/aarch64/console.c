/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The debug console, a PL011 (DDI 0183), polled; and how to stop the machine: PSCI (DEN 0022).
 */
#include "console.h"
#include "arch.h"

enum { DATA = 0x00, FLAGS = 0x18, FLAG_BUSY = 1 << 3, FLAG_FULL = 1 << 5 };
enum { POLLS_MAX = 1 << 20 };                     /* of a UART that does not work */
enum { PSCI_SYSTEM_OFF = 0x84000008 };

static uintptr_t uart;                            /* 0: none known yet */
static enum psci conduit;

void console_set(uintptr_t registers) { uart = registers; }
void psci_set(enum psci psci)         { conduit = psci; }

static uint32_t volatile *uart_register(unsigned offset)
{
	return (uint32_t volatile *)(uart + offset);
}

static void wait_while(uint32_t flag)
{
	for (unsigned i = 0; i < POLLS_MAX && *uart_register(FLAGS) & flag; i++)
		;
}

void arch_console_put(char character)
{
	if (!uart)
		return;
	wait_while(FLAG_FULL);
	*uart_register(DATA) = (uint8_t)character;
}

/* PSCI has no exit status; kernel/ has printed it. */
void arch_halt(int status)
{
	register uint64_t function __asm__("x0") = PSCI_SYSTEM_OFF;

	(void)status;
	if (uart)
		wait_while(FLAG_BUSY);
	if (conduit == PSCI_hvc)
		__asm__ volatile("hvc #0" : "+r"(function) : : "x1", "x2", "x3", "memory");
	else if (conduit == PSCI_smc)
		__asm__ volatile("smc #0" : "+r"(function) : : "x1", "x2", "x3", "memory");
	for (;;)
		__asm__ volatile("wfi");
}
