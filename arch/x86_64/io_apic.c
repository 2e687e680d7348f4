/* SPDX-License-Identifier: BSD-2-Clause
 *
 * I/O APICs (Intel 82093AA data sheet): a line is a "global system interrupt" of ACPI, an APIC's base plus its pin.
 *
 * A level-triggered pin is masked until it is acknowledged.  An edge at a masked pin would be lost, so those stay
 * unmasked; a second edge before the first is acknowledged is remembered, and masks the pin, so that a device can
 * interrupt no more than twice.
 *
 * Lines behind theirs are messages, which devices write to the local APIC themselves (Intel SDM volume 3, section 10.11):
 * edges that only the device can mask.  All lines have vectors of their own.
 */
#include <stddef.h>
#include "acpi.h"
#include "apic.h"
#include "arch.h"
#include "clock.h"
#include "processor.h"
#include "registers.h"

enum {
	SELECT = 0, WINDOW = 4, VERSION = 1, REDIRECTION = 0x10, MASKED = 1 << 16, LEVEL = 1 << 15, LOW = 1 << 13,
	LINES_MAX = VECTOR_TIMER - VECTOR_LINES,
	ID_MAX = 254,                             /* of a local APIC that devices can name; 255 is all of them */
	MESSAGE_ID_SHIFT = 12,
};
#define MESSAGE_BASE ((uint64_t)0xfee00000)

static struct line {
	volatile uint32_t *base;                  /* of the I/O APIC that has it; NULL: none, it is a message */
	uint32_t index, entry;                    /* of its register there, and what that holds but for the mask */
	bool enabled, edge, taken, again;
} lines[LINES_MAX];
static unsigned pins;                             /* lines of I/O APICs are below this */
static bool present;                              /* there is a local APIC, and devices can name it */

uint64_t interrupt_vector;

static uint32_t read(volatile uint32_t *base, uint32_t index)
{
	base[SELECT] = index;
	return base[WINDOW];
}

static void write(volatile uint32_t *base, uint32_t index, uint32_t value)
{
	base[SELECT] = index;
	base[WINDOW] = value;
}

static void set_mask(const struct line *line, uint32_t mask)
{
	if (line->base)
		write(line->base, line->index, line->entry | mask);
}

BOOT_TEXT void io_apic_init(const struct acpi *acpi)
{
	present = local_apic_id() <= ID_MAX;
	for (unsigned i = 0; i < acpi->io_apics && present; i++) {
		volatile uint32_t *base = arch_to_virtual(acpi->io_apic[i].physical);
		unsigned first = acpi->io_apic[i].first_line, end = first + (read(base, VERSION) >> 16 & 0xff) + 1;

		for (unsigned line = first; line < end && line < LINES_MAX; line++) {
			lines[line].base = base;
			lines[line].index = REDIRECTION + 2 * (line - first);
			set_mask(&lines[line], MASKED);
		}
		pins = end > pins ? end : pins;
	}
	if (pins > LINES_MAX)
		pins = LINES_MAX;
}

/* ---- arch.h ---- */

unsigned arch_irq_count(void) { return pins; }
bool arch_irq_ok(unsigned line, unsigned trigger)
{
	return lines[line].base || (line >= pins && trigger == IRQ_TRIGGER_edge);
}

const char *arch_irq_name(void)
{
	if (!present)
		return "none";
	return local_apic_is_x2() ? "I/O APIC and x2APIC" : "I/O APIC and xAPIC";
}

unsigned arch_message_count(void) { return present ? LINES_MAX - pins : 0; }

/* To this core alone, in its physical mode; the data, a vector alone, is for fixed delivery and an edge. */
uint64_t arch_message_address(void) { return MESSAGE_BASE | (uint64_t)local_apic_id() << MESSAGE_ID_SHIFT; }
_Static_assert(ARCH_MESSAGE_DATA == VECTOR_LINES, "a message's data is the vector of its line");

void arch_irq_enable(unsigned number, unsigned trigger)
{
	struct line *line = &lines[number];

	line->enabled = true;
	line->edge = trigger & IRQ_TRIGGER_edge;
	line->taken = line->again = false;
	line->entry = (line->edge ? 0u : LEVEL) | (trigger & IRQ_TRIGGER_low ? LOW : 0u) | (VECTOR_LINES + number);
	set_mask(line, MASKED);
	if (line->base)
		write(line->base, line->index + 1, local_apic_id() << 24);
	set_mask(line, 0);
}

void arch_irq_disable(unsigned line)
{
	set_mask(&lines[line], MASKED);
	lines[line].enabled = false;
}

uint32_t arch_irq_claim(void)
{
	uint32_t vector = (uint32_t)interrupt_vector, number = vector - VECTOR_LINES;
	struct line *line;
	bool fresh = false;

	interrupt_vector = 0;
	if (vector == VECTOR_TIMER) {
		local_apic_end();
		clock_interrupt();
		return ARCH_IRQ_NONE;
	}
	if (number >= LINES_MAX)                  /* none, or spurious */
		return ARCH_IRQ_NONE;
	line = &lines[number];
	if (line->enabled) {
		fresh = !line->taken;
		if (!line->edge || !fresh)
			set_mask(line, MASKED);
		line->again = !fresh;
		line->taken = true;
	}
	local_apic_end();
	return fresh ? number : ARCH_IRQ_NONE;
}

bool arch_irq_acknowledge(unsigned number)
{
	struct line *line = &lines[number];
	bool again = line->again;

	line->taken = again;
	line->again = false;
	set_mask(line, 0);
	return again;
}

bool arch_idle(void)
{
	bool can = present || arch_timer();

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
