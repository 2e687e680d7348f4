/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The FPU of x86_64: an FXSAVE area of 64 words (Intel SDM volume 1, table 10-2), then the upper halves of the ymm
 * registers, two words each, zero where there is no AVX.
 */
#pragma once
#include <stdint.h>

enum { FPU_WORDS = 96 };

/* The system enabled AVX: CPUID OSXSAVE and AVX, and XCR0. */
static inline int fpu_has_avx(void)
{
	uint32_t a = 1, b, c = 0, d, low, high;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	if ((c >> 27 & 3) != 3)
		return 0;
	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (low & 6) == 6;
}

/* The bits of a word that are worth a comparison: not the last instruction's addresses, nor what is reserved. */
static inline uint64_t fpu_mask(unsigned i)
{
	if (i == 0)
		return 0x000000ffffffffff;        /* x87's control, status, tags */
	if (i == 3)
		return 0x00000000ffffffff;        /* MXCSR */
	if (i < 4 || (i >= 52 && i < 64))
		return 0;
	return i < 20 && i % 2 ? 0xffff : ~(uint64_t)0;       /* x87 registers have 80 bits */
}

/* What a word can hold, out of random bits; and what it holds at first. */
static inline uint64_t fpu_possible(unsigned i, uint64_t random)
{
	if (i == 0)
		return 0xff0000007f | (random & 0xc00);         /* all x87 registers in use; some rounding */
	if (i == 3)
		return 0x1f80 | (random & 0x603f) | 1;
	if (i >= 64 && !fpu_has_avx())
		return 0;
	return random & fpu_mask(i);
}
static inline uint64_t fpu_clean(unsigned i)
{
	return i == 0 ? 0x37f : i == 3 ? 0x1f80 : 0;
}

/* One instruction that only uses the FPU; and one that is refused even to its owner: 0 / 0, that exception unmasked (by
   x87, since QEMU's emulation has no exceptions of SSE). */
static inline void fpu_touch(void) { __asm__ volatile(".byte 0x66, 0x0f, 0x6f, 0xc0"); }      /* movdqa %xmm0, %xmm0 */
static inline void instruction_refused(void)
{
	const uint16_t control = 0x37e;

	__asm__ volatile("fninit; fldcw %0; fldz; fldz; fdivp; fwait" : : "m"(control) : "memory");
}
