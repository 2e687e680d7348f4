/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every register of the FPU, as words: fpu.S of each architecture writes and reads them, machine_fpu.h says what they are.
 * FPU code is in these files alone; the compiler makes none.
 */
#pragma once
#include "machine_fpu.h"

struct fpu_words {
	uint64_t word[FPU_WORDS];
} __attribute__((aligned(16)));

void fpu_write(const struct fpu_words *words);
void fpu_read(struct fpu_words *words);
