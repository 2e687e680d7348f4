/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The generic interrupt controller, versions 2 (IHI 0048) and 3 (IHI 0069).  Priority drop and deactivation are separate
 * (EOImode 1): a delivered interrupt stays active, and its line quiet, until it is acknowledged.  User space gets the
 * shared interrupts, from number 32 on; what lies below is a core's own.
 */
#include "gic.h"
#include "bcm2836.h"
#include "clock.h"
#include "registers.h"

enum {
	SHARED_FIRST = 32, SPECIAL_FIRST = 1020,
	/* distributor */
	D_CTLR = 0x0, D_TYPER = 0x4, D_IGROUPR = 0x80, D_ISENABLER = 0x100, D_ICENABLER = 0x180, D_ICPENDR = 0x280,
	D_ICACTIVER = 0x380, D_IPRIORITYR = 0x400, D_ITARGETSR = 0x800, D_ICFGR = 0xc00, D_IROUTER = 0x6000,
	D_CTLR_RWP = 1u << 31, D_CTLR_ARE = 1 << 4, D_CTLR_GROUPS = 3, D_TYPER_LINES = 31,
	/* processor interface of version 2 */
	C_CTLR = 0x0, C_PMR = 0x4, C_IAR = 0xc, C_EOIR = 0x10, C_DIR = 0x1000,
	C_CTLR_ENABLE = 1, C_CTLR_EOI_MODE = 1 << 9, C_IAR_NUMBER = 0x3ff,
	/* redistributor */
	R_TYPER = 0x8, R_WAKER = 0x14, R_TYPER_LAST = 1 << 4, R_TYPER_VIRTUAL = 1 << 1, R_STRIDE = 0x20000,
	R_PRIVATE = 0x10000,              /* the page with the core's own interrupts, laid out as the distributor's */
	R_WAKER_SLEEP = 1 << 1, R_WAKER_ASLEEP = 1 << 2,
	I_CTLR_EOI_MODE = 1 << 1,
	PRIORITY_MIDDLE = 0xa0, PRIORITY_LOWEST = 0xff, POLLS_MAX = 1 << 20,
};

static struct gic_registers gic;
static unsigned lines;
static uint64_t own_redistributor;        /* its offset, once it was found */

static volatile uint32_t *word(struct range range, uint64_t offset)
{
	return arch_to_virtual(range.start + offset);
}

static volatile uint32_t *distributor(uint64_t offset) { return word(gic.distributor, offset); }

/* The register of a line in an array with one bit a line. */
static volatile uint32_t *bits_of(uint64_t array, unsigned line) { return distributor(array + line / 32 * 4); }
static uint32_t bit_of(unsigned line) { return (uint32_t)1 << line % 32; }

static void wait_for_writes(void)
{
	for (unsigned i = 0; gic.version == 3 && i < POLLS_MAX && *distributor(D_CTLR) & D_CTLR_RWP; i++)
		;
}

/* ---- starting ---- */

/* Packed as MPIDR_EL1 and IROUTER have it; TYPER has the same in its upper half, packed closer. */
static uint64_t affinity(void)
{
	return READ_SYSTEM(mpidr_el1) & 0xff00ffffff;
}

/* This core's redistributor sleeps after reset, and then no interrupt reaches the core. */
static void wake_redistributor(void)
{
	uint64_t own = affinity(), packed = (own & 0xffffff) | (own >> 32) << 24, step;

	for (uint64_t at = 0; at + R_STRIDE <= gic.other.end - gic.other.start; at += step) {
		uint32_t type = *word(gic.other, at + R_TYPER);

		step = R_STRIDE * (type & R_TYPER_VIRTUAL ? 2 : 1);
		if (*word(gic.other, at + R_TYPER + 4) == packed) {
			own_redistributor = at;
			*word(gic.other, at + R_WAKER) &= ~(uint32_t)R_WAKER_SLEEP;
			for (unsigned i = 0; i < POLLS_MAX && *word(gic.other, at + R_WAKER) & R_WAKER_ASLEEP; i++)
				;
			return;
		}
		if (type & R_TYPER_LAST)
			return;
	}
}

static void init_interface(void)
{
	if (gic.version == 2) {
		*word(gic.other, C_PMR) = PRIORITY_LOWEST;
		*word(gic.other, C_CTLR) = C_CTLR_ENABLE | C_CTLR_EOI_MODE;
		return;
	}
	WRITE_SYSTEM(s3_0_c12_c12_5, READ_SYSTEM(s3_0_c12_c12_5) | 1);          /* ICC_SRE_EL1 */
	__asm__ volatile("isb");
	WRITE_SYSTEM(s3_0_c4_c6_0, PRIORITY_LOWEST);                            /* ICC_PMR_EL1 */
	WRITE_SYSTEM(s3_0_c12_c12_4, I_CTLR_EOI_MODE);                          /* ICC_CTLR_EL1 */
	WRITE_SYSTEM(s3_0_c12_c12_7, 1);                                        /* ICC_IGRPEN1_EL1 */
	__asm__ volatile("isb");
}

BOOT_TEXT void gic_init(const struct gic_registers *registers)
{
	gic = *registers;
	if (gic.version == VERSION_bcm2836) {
		lines = BCM2836_LINE_END;
		bcm2836_init(gic.distributor, gic.other);
	}
	if (gic.version < 2)
		return;
	*distributor(D_CTLR) = 0;
	wait_for_writes();
	lines = 32 * ((*distributor(D_TYPER) & D_TYPER_LINES) + 1);
	if (lines > SPECIAL_FIRST)
		lines = SPECIAL_FIRST;
	for (unsigned line = SHARED_FIRST; line < lines; line += 32) {
		*bits_of(D_ICENABLER, line) = ~(uint32_t)0;
		*bits_of(D_ICPENDR, line) = ~(uint32_t)0;
		*bits_of(D_ICACTIVER, line) = ~(uint32_t)0;
		*bits_of(D_IGROUPR, line) = gic.version == 3 ? ~(uint32_t)0 : 0;
	}
	wait_for_writes();
	if (gic.version == 3)
		wake_redistributor();
	*distributor(D_CTLR) = gic.version == 3 ? D_CTLR_ARE : 0;
	*distributor(D_CTLR) = (gic.version == 3 ? (uint32_t)D_CTLR_ARE : 0) | D_CTLR_GROUPS;
	wait_for_writes();
	init_interface();
}

static volatile uint32_t *private_word(uint64_t offset)
{
	return gic.version == 3 ? word(gic.other, own_redistributor + R_PRIVATE + offset) : distributor(offset);
}

BOOT_TEXT bool gic_private_enable(unsigned number)
{
	uint32_t groups = gic.version == 3 ? ~(uint32_t)0 : 0;

	if (gic.version == VERSION_bcm2836)
		bcm2836_timer_enable();
	if (gic.version < 2)
		return gic.version == VERSION_bcm2836;
	*private_word(D_ICENABLER) = ~(uint32_t)0;
	*private_word(D_ICPENDR) = ~(uint32_t)0;
	*private_word(D_ICACTIVER) = ~(uint32_t)0;
	*private_word(D_IGROUPR) = groups;
	((volatile uint8_t *)private_word(D_IPRIORITYR))[number] = PRIORITY_MIDDLE;
	*private_word(D_ISENABLER) = bit_of(number);
	return true;
}

/* ---- arch.h ---- */

const char *arch_irq_name(void)
{
	static const char name[][8] = { "none", "BCM2836", "GICv2", "GICv3" };

	return name[gic.version];
}

unsigned arch_irq_count(void)   { return lines; }

bool arch_irq_ok(unsigned line, unsigned trigger)
{
	unsigned cannot = gic.version == VERSION_bcm2836 ? IRQ_TRIGGER_low | IRQ_TRIGGER_edge : IRQ_TRIGGER_low;

	return line >= SHARED_FIRST && !(trigger & cannot);
}

/* To this core: by its affinity, or by its bit, which it reads from its own interrupts' targets. */
static void route(unsigned line)
{
	volatile uint8_t *target = (volatile uint8_t *)distributor(D_ITARGETSR);

	if (gic.version == 3)
		*(volatile uint64_t *)distributor(D_IROUTER + 8 * (uint64_t)line) = affinity();
	else
		target[line] = target[0];
}

void arch_irq_enable(unsigned line, unsigned trigger)
{
	uint32_t edge = (uint32_t)2 << line % 16 * 2;
	volatile uint32_t *configuration = distributor(D_ICFGR + line / 16 * 4);

	if (gic.version == VERSION_bcm2836) {
		bcm2836_unmask(line);
		return;
	}
	*configuration = trigger & IRQ_TRIGGER_edge ? *configuration | edge : *configuration & ~edge;
	((volatile uint8_t *)distributor(D_IPRIORITYR))[line] = PRIORITY_MIDDLE;
	route(line);
	*bits_of(D_ICPENDR, line) = bit_of(line);
	*bits_of(D_ISENABLER, line) = bit_of(line);
}

void arch_irq_disable(unsigned line)
{
	if (gic.version == VERSION_bcm2836) {
		bcm2836_mask(line);
		return;
	}
	*bits_of(D_ICENABLER, line) = bit_of(line);
	wait_for_writes();
	*bits_of(D_ICPENDR, line) = bit_of(line);
	*bits_of(D_ICACTIVER, line) = bit_of(line);
}

/*
 * Without a GICv3 the two of every interrupt are functions of their own: theirs is the other way, and what it calls would
 * make the first one keep a frame.
 */
static __attribute__((noinline)) bool acknowledge_without_v3(unsigned line)
{
	if (gic.version == 2)
		*word(gic.other, C_DIR) = line;
	else if (line >= SHARED_FIRST)
		bcm2836_unmask(line);
	return false;
}

bool arch_irq_acknowledge(unsigned line)
{
	if (__builtin_expect(gic.version != 3, 0))
		return acknowledge_without_v3(line);
	WRITE_SYSTEM(s3_0_c12_c11_1, line);                                     /* ICC_DIR_EL1 */
	return false;
}

/* The core's own are nobody's, and the timer's is acknowledged. */
static __attribute__((noinline)) uint32_t claimed_by_nobody(uint32_t line)
{
	if (line == clock_interrupt_number())
		arch_irq_acknowledge(line);
	return ARCH_IRQ_NONE;
}

static inline __attribute__((always_inline)) uint32_t claimed(uint32_t line)
{
	return line >= SHARED_FIRST && line < SPECIAL_FIRST ? line : claimed_by_nobody(line);
}

static __attribute__((noinline)) uint32_t claim_without_v3(void)
{
	uint32_t taken;

	if (gic.version != 2)
		return gic.version == VERSION_bcm2836 ? claimed(bcm2836_claim()) : ARCH_IRQ_NONE;
	taken = *word(gic.other, C_IAR);
	if ((taken & C_IAR_NUMBER) < SPECIAL_FIRST)
		*word(gic.other, C_EOIR) = taken;
	return claimed(taken & C_IAR_NUMBER);
}

uint32_t arch_irq_claim(void)
{
	uint32_t number;

	if (gic.version != 3)
		return claim_without_v3();
	number = (uint32_t)READ_SYSTEM(s3_0_c12_c12_0);                         /* ICC_IAR1_EL1 */
	__asm__ volatile("dsb sy" : : : "memory");
	if (number >= SPECIAL_FIRST)
		return ARCH_IRQ_NONE;
	WRITE_SYSTEM(s3_0_c12_c12_1, number);                                   /* ICC_EOIR1_EL1: the priority drops */
	return claimed(number);
}

bool arch_idle(void)
{
	__asm__ volatile("dsb sy\n\twfi" : : : "memory");
	return gic.version != 0;
}
