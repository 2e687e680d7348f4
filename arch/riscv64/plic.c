/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The platform-level interrupt controller (RISC-V PLIC Specification 1.0.0).  A source that was claimed gives nothing
 * until it is completed, which is what acknowledging wants.  Sources are level or edge triggered by how they are wired.
 */
#include "plic.h"
#include "arch.h"

enum {
	PRIORITY = 0, ENABLE = 0x2000, ENABLE_STRIDE = 0x80, CONTEXT = 0x200000, CONTEXT_STRIDE = 0x1000, THRESHOLD = 0, CLAIM = 4,
	SOURCES_MAX = 1024, CONTEXTS_MAX = 15872, CAUSE_EXTERNAL = 9,
};
#define SIE_EXTERNAL ((uint64_t)1 << CAUSE_EXTERNAL)

static struct {
	uint64_t base;                    /* physical */
	unsigned sources, context;        /* sources: how many, 0 is none; this hart's context in S mode */
	volatile uint32_t *claim;         /* its register, that is also written to complete; NULL: there is no PLIC */
} plic;

static volatile uint32_t *plic_register(uint64_t offset)
{
	return arch_to_virtual(plic.base + offset);
}

static volatile uint32_t *enable_word(unsigned line)
{
	return plic_register(ENABLE + (uint64_t)plic.context * ENABLE_STRIDE + line / 32 * 4);
}

static volatile uint32_t *context_register(unsigned which)
{
	return plic_register(CONTEXT + (uint64_t)plic.context * CONTEXT_STRIDE + which);
}

/* ---- finding it ---- */

static uint32_t cell(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The hart whose interrupt controller has this phandle: the reg of the node above. */
static bool belongs_to(const struct fdt *fdt, uint32_t phandle, uint64_t hart)
{
	int cpu = fdt_parent(fdt, fdt_find_phandle(fdt, phandle));

	return cpu != NO_NODE && fdt_number(fdt, cpu, "reg", ~(uint64_t)0) == hart;
}

/* interrupts-extended has two cells a context, in order: a hart's interrupt controller, and the cause there. */
static bool find_context(const struct fdt *fdt, int node, uint64_t hart)
{
	uint32_t length;
	const uint8_t *entry = fdt_property(fdt, node, "interrupts-extended", &length);

	for (unsigned i = 0; entry && i < length / 8 && i < CONTEXTS_MAX; i++, entry += 8) {
		if (cell(entry + 4) != CAUSE_EXTERNAL || !belongs_to(fdt, cell(entry), hart))
			continue;
		plic.context = i;
		return true;
	}
	return false;
}

BOOT_TEXT struct range plic_find(const struct fdt *fdt, uint64_t hart)
{
	static const char *const known[] = { "riscv,plic0", "sifive,plic-1.0.0", "thead,c900-plic" };
	struct range range;

	for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		int node = fdt_find_compatible(fdt, NO_NODE, known[i]);
		uint64_t sources = fdt_number(fdt, node, "riscv,ndev", 0);

		if (node == NO_NODE || !fdt_reg(fdt, node, 0, &range) || !find_context(fdt, node, hart))
			continue;
		plic.base = range.start;
		plic.sources = sources < SOURCES_MAX ? (unsigned)sources : SOURCES_MAX - 1;
		return range;
	}
	return (struct range){ 0, 0 };
}

BOOT_TEXT void plic_init(void)
{
	if (plic.sources == 0)
		return;
	for (unsigned line = 1; line <= plic.sources; line++)
		*plic_register(PRIORITY + 4 * (uint64_t)line) = 0;
	for (unsigned line = 0; line <= plic.sources; line += 32)
		*enable_word(line) = 0;
	*context_register(THRESHOLD) = 0;
	plic.claim = context_register(CLAIM);
	__asm__ volatile("csrs sie, %0" : : "r"(SIE_EXTERNAL));
}

/* ---- arch.h ---- */

const char *arch_irq_name(void)   { return plic.sources ? "PLIC" : "none"; }
unsigned arch_irq_count(void)     { return plic.sources ? plic.sources + 1 : 0; }
bool arch_irq_ok(unsigned line, unsigned trigger) { return line > 0 && !(trigger & IRQ_TRIGGER_low); }

void arch_irq_enable(unsigned line, unsigned trigger)
{
	(void)trigger;
	*plic_register(PRIORITY + 4 * (uint64_t)line) = 1;
	*enable_word(line) |= (uint32_t)1 << line % 32;
}

/* Completed first, for what is completed while it is disabled stays claimed; a source that is not is left alone. */
void arch_irq_disable(unsigned line)
{
	*plic.claim = line;
	*plic_register(PRIORITY + 4 * (uint64_t)line) = 0;
	*enable_word(line) &= ~((uint32_t)1 << line % 32);
}

uint32_t arch_irq_claim(void)
{
	uint32_t line = plic.claim ? *plic.claim : 0;

	return line ? line : ARCH_IRQ_NONE;
}

bool arch_irq_acknowledge(unsigned line)
{
	*plic.claim = line;
	return false;
}

bool arch_idle(void)
{
	__asm__ volatile("wfi" : : : "memory");
	return plic.sources != 0 || arch_timer();
}
