/* SPDX-License-Identifier: BSD-2-Clause
 *
 * x86_64's counters.  The kernel lets user space read those of the performance unit if its command line says kite.counters;
 * else rdpmc faults.  Intel's fixed counters (SDM volume 3, 20.2.2) are numbered from 2^30; AMD's general ones from 0, and
 * the kernel makes the first two count the same.
 */
#pragma once
#include <stdint.h>

enum { FIXED = 1 << 30 };

static inline uint64_t rdpmc(uint32_t number)
{
	uint32_t low, high;
	__asm__ volatile("lfence; rdpmc; lfence" : "=a"(low), "=d"(high) : "c"(number) : "memory");
	return (uint64_t)high << 32 | low;
}

static inline void cpuid(uint32_t leaf, uint32_t *a, uint32_t *d)
{
	uint32_t b, c = 0;
	*a = leaf;
	__asm__ volatile("cpuid" : "+a"(*a), "=b"(b), "+c"(c), "=d"(*d));
}

/* As the kernel chooses them (arch/x86_64/counters.c). */
static inline uint32_t first_counter(void)
{
	static uint32_t first = 1;                     /* not known yet */
	uint32_t leaves, version = 0, fixed = 0;
	if (first == 1) {
		cpuid(0, &leaves, &fixed);
		if (leaves >= 10)
			cpuid(10, &version, &fixed);
		first = (version & 0xff) >= 2 && (fixed & 31) >= 2 ? FIXED : 0;
	}
	return first;
}

static inline uint64_t counter_instructions(void) { return rdpmc(first_counter()); }
static inline uint64_t counter_cycles(void)       { return rdpmc(first_counter() + 1); }
static inline uint64_t counter_event(void)        { return rdpmc(first_counter() == FIXED ? 0 : 2); }
