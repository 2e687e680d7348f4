/* SPDX-License-Identifier: BSD-2-Clause -- the FPU of aarch64: q0 to q31, two words each, FPCR, FPSR. */
#pragma once
#include <stdint.h>

enum { FPU_WORDS = 66 };

/* What a word can hold, out of random bits: FPCR rounds to minus infinity or zero; FPSR has QC and flags. */
static inline uint64_t fpu_possible(unsigned i, uint64_t random)
{
	if (i < 64)
		return random;
	return i == 64 ? (random & 1 << 22) | 1 << 23 : (random & 0x0800001f) | 1;
}
static inline uint64_t fpu_clean(unsigned i) { (void)i; return 0; }

/* The bits of a word that are worth a comparison. */
static inline uint64_t fpu_mask(unsigned i) { return i < 64 ? ~(uint64_t)0 : 0x0fc0009f; }

/* One instruction that only uses the FPU; and one that is refused even to its owner (SVE). */
static inline void fpu_touch(void)           { __asm__ volatile(".inst 0x1e604000"); }      /* fmov d0, d0 */
static inline void instruction_refused(void) { __asm__ volatile(".inst 0x04bf5020"); }      /* rdvl x0, #1 */
