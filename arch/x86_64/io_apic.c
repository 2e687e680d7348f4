/* SPDX-License-Identifier: BSD-2-Clause
 *
 * I/O APICs (Intel 82093AA data sheet): a line is a "global system interrupt" of ACPI, an APIC's base plus its pin.
 *
 * A level-triggered pin is masked until it is acknowledged.  An edge at a masked pin would be lost, so those stay
 * unmasked; a second edge before the first is acknowledged is remembered, and masks the pin, so that a device can
 * interrupt no more than twice.
 */
#include "acpi.h"
#include "apic.h"
#include "arch.h"
#include "clock.h"
#include "processor.h"
#include "registers.h"

enum {
	SELECT = 0, WINDOW = 4, VERSION = 1, REDIRECTION = 0x10, MASKED = 1 << 16, LEVEL = 1 << 15, LOW = 1 << 13,
	LINES_MAX = VECTOR_TIMER - VECTOR_LINES,
};

static struct {
	volatile uint32_t *base;
	unsigned first, pins;
} apic[IO_APICS_MAX];
static unsigned apics, lines;

/* What is known of a line that interrupts. */
static struct { bool enabled, edge, taken, again; } state[LINES_MAX];

uint64_t interrupt_vector;

static uint32_t read(unsigned which, unsigned index)
{
	apic[which].base[SELECT] = index;
	return apic[which].base[WINDOW];
}

static void write(unsigned which, unsigned index, uint32_t value)
{
	apic[which].base[SELECT] = index;
	apic[which].base[WINDOW] = value;
}

/* The APIC of a line; apics if there is none. */
static unsigned which_has(unsigned line)
{
	unsigned which = 0;

	while (which < apics && (line < apic[which].first || line - apic[which].first >= apic[which].pins))
		which++;
	return which;
}

static unsigned entry_of(unsigned which, unsigned line)
{
	return REDIRECTION + 2 * (line - apic[which].first);
}

static void set_mask(unsigned line, bool masked)
{
	unsigned which = which_has(line), entry = entry_of(which, line);
	uint32_t value = read(which, entry);

	write(which, entry, masked ? value | MASKED : value & ~(uint32_t)MASKED);
}

void io_apic_init(const struct acpi *acpi)
{
	for (unsigned i = 0; i < acpi->io_apics; i++) {
		apic[i].base = arch_to_virtual(acpi->io_apic[i].physical);
		apic[i].first = acpi->io_apic[i].first_line;
		apic[i].pins = (read(i, VERSION) >> 16 & 0xff) + 1;
		for (unsigned pin = 0; pin < apic[i].pins; pin++)
			write(i, REDIRECTION + 2 * pin, MASKED);
		if (apic[i].first + apic[i].pins > lines)
			lines = apic[i].first + apic[i].pins;
	}
	apics = acpi->io_apics;
	if (lines > LINES_MAX)
		lines = LINES_MAX;
}

/* ---- arch.h ---- */

unsigned arch_irq_count(void) { return lines; }
bool arch_irq_ok(unsigned line, unsigned trigger)
{
	(void)trigger;
	return which_has(line) < apics;
}

const char *arch_irq_name(void)
{
	if (!apics)
		return "none";
	return local_apic_is_x2() ? "I/O APIC and x2APIC" : "I/O APIC and xAPIC";
}

void arch_irq_enable(unsigned line, unsigned trigger)
{
	unsigned which = which_has(line), entry = entry_of(which, line);
	bool edge = trigger & IRQ_TRIGGER_edge;
	uint32_t flags = (edge ? 0u : LEVEL) | (trigger & IRQ_TRIGGER_low ? LOW : 0u);

	state[line].enabled = true;
	state[line].edge = edge;
	state[line].taken = state[line].again = false;
	write(which, entry, MASKED);
	write(which, entry + 1, local_apic_id() << 24);
	write(which, entry, flags | (VECTOR_LINES + line));
}

void arch_irq_disable(unsigned line)
{
	set_mask(line, true);
	state[line].enabled = false;
}

bool arch_irq_claim(unsigned *line)
{
	uint64_t vector = interrupt_vector;
	bool fresh;

	interrupt_vector = 0;
	if (vector == VECTOR_TIMER) {
		local_apic_end();
		clock_interrupt();
		return false;
	}
	if (vector < VECTOR_LINES || vector >= VECTOR_SPURIOUS)
		return false;
	*line = (unsigned)vector - VECTOR_LINES;
	fresh = *line < lines && state[*line].enabled && !state[*line].taken;
	if (*line < lines && state[*line].enabled) {
		if (!state[*line].edge || !fresh)
			set_mask(*line, true);
		state[*line].again = !fresh;
		state[*line].taken = true;
	}
	local_apic_end();
	return fresh;
}

bool arch_irq_acknowledge(unsigned line)
{
	bool again = state[line].again;

	state[line].taken = again;
	state[line].again = false;
	set_mask(line, false);
	return again;
}

bool arch_idle(void)
{
	bool can = apics || arch_timer();

	if (can)
		idle_wait();
	return can;
}

/* ---- I/O ports ---- */

unsigned arch_port_count(void) { return 1 << 16; }

uint32_t arch_port_in(uint16_t port, unsigned bytes)
{
	uint32_t value = 0;

	if (bytes == 1)
		__asm__ volatile("inb %1, %b0" : "+a"(value) : "Nd"(port));
	else if (bytes == 2)
		__asm__ volatile("inw %1, %w0" : "+a"(value) : "Nd"(port));
	else
		__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

void arch_port_out(uint16_t port, unsigned bytes, uint32_t value)
{
	if (bytes == 1)
		__asm__ volatile("outb %b0, %1" : : "a"(value), "Nd"(port));
	else if (bytes == 2)
		__asm__ volatile("outw %w0, %1" : : "a"(value), "Nd"(port));
	else
		__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}
