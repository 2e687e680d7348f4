/* SPDX-License-Identifier: BSD-2-Clause -- an interrupt controller and I/O ports that a unit test drives (host.h). */
#include "arch.h"
#include "host.h"

bool host_fast_deliver;

const char *arch_irq_name(void)                   { return "host"; }
unsigned arch_irq_count(void)                     { return HOST_LINES; }

bool arch_irq_ok(unsigned line, unsigned trigger)
{
	return line >= HOST_LINES ? trigger == IRQ_TRIGGER_edge : line > 0 && !(trigger & IRQ_TRIGGER_low);
}


unsigned arch_message_count(void)                 { return HOST_MESSAGES; }
uint64_t arch_message_address(void)               { return 0xfee00000; }

void arch_irq_enable(unsigned line, unsigned trigger)
{
	host.line[line].enabled = true;
	host.line[line].edge = trigger & IRQ_TRIGGER_edge;
}

void arch_irq_disable(unsigned line)
{
	host.line[line].enabled = host.line[line].taken = host.line[line].pending = false;
}

uint32_t arch_irq_claim(void)
{
	for (uint32_t line = 0; line < HOST_LINES + HOST_MESSAGES; line++) {
		if (!host.line[line].pending || !host.line[line].enabled || host.line[line].taken)
			continue;
		host.line[line].taken = true;
		host.line[line].pending = false;
		return line;
	}
	return ARCH_IRQ_NONE;
}

/* As the I/O APIC's driver does it for edges: what came meanwhile counts as taken. */
bool arch_irq_acknowledge(unsigned line)
{
	bool again = host.line[line].edge && host.line[line].pending;

	host.line[line].taken = again;
	if (again)
		host.line[line].pending = false;
	return again;
}

/* The line that a test said comes next; else time goes on until the timer's interrupt. */
bool arch_idle(void)
{
	if (!host.idle_line) {
		if (!arch_timer() || host.timer == CLOCK_NEVER)
			return false;
		if (host.clock < host.timer)
			host.clock = host.timer;
		return true;
	}
	host.line[host.idle_line].pending = true;
	host.idle_line = 0;
	return true;
}

unsigned arch_port_count(void)                    { return 1 << 16; }
uint32_t arch_port_in(uint16_t port, unsigned bytes)
{
	host.port = port;
	return host.port_value & (uint32_t)((1ul << 8 * bytes) - 1);
}

void arch_port_out(uint16_t port, unsigned bytes, uint32_t value)
{
	host.port = port;
	host.port_value = value & (uint32_t)((1ul << 8 * bytes) - 1);
}
