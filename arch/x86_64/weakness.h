/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which faults of processors this one has, from its own words: a table that a host test reads as well.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "mitigation.h"

/* CPUID and IA32_ARCH_CAPABILITIES, as far as they matter here; zero where a leaf or the register is not there. */
struct processor_words {
	char vendor[13];
	unsigned family, model;
	uint32_t features_edx;                    /* leaf 7 */
	uint32_t extended_ebx, automatic_eax;     /* leaves 80000008h and 80000021h */
	uint64_t capabilities;
};

struct mitigations weakness_find(const struct processor_words *words);

/* How a processor is told, once, to keep what programs taught its branch predictor out of the kernel. */
enum restrict_branches { RESTRICT_not, RESTRICT_enhanced, RESTRICT_automatic };
enum restrict_branches weakness_restricts_branches(const struct processor_words *words);

/* processor.c: asks this processor. */
void weakness_read(struct processor_words *words);
