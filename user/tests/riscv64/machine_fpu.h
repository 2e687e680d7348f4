/* SPDX-License-Identifier: BSD-2-Clause -- the FPU of riscv64: f0 to f31, fcsr. */
#pragma once
#include <stdint.h>

enum { FPU_WORDS = 33 };

/* What a word can hold, out of random bits; and what it holds at first. */
static inline uint64_t fpu_possible(unsigned i, uint64_t random) { return i < 32 ? random : (random & 0x1f) | 0x60; }
static inline uint64_t fpu_clean(unsigned i)                     { (void)i; return 0; }

/* The bits of a word that are worth a comparison. */
static inline uint64_t fpu_mask(unsigned i) { (void)i; return ~(uint64_t)0; }

/* One instruction that only uses the FPU; and one that is refused even to its owner (vsetvli). */
static inline void fpu_touch(void)          { __asm__ volatile(".word 0x00302073"); }       /* frcsr zero: csrrs zero, fcsr, zero */
static inline void instruction_refused(void) { __asm__ volatile(".word 0x0c007057"); }      /* vsetvli zero, zero, e8 */
