/* SPDX-License-Identifier: BSD-2-Clause
 *
 * x86_64's counters.  The kernel lets user space read those of the performance unit if its command line says kite.counters;
 * else rdpmc faults.  Intel's fixed counters (SDM volume 3, 20.2.2) are numbered from 2^30; AMD's general ones from 0, and
 * the kernel makes the first two count the same.
 */
#pragma once
#include <stdint.h>

enum { FIXED = 1 << 30, AMD = 0x68747541u };            /* "Auth", the first word of AMD's name in CPUID leaf 0 */

static inline uint64_t rdpmc(uint32_t number)
{
	uint32_t low, high;
	__asm__ volatile("lfence; rdpmc; lfence" : "=a"(low), "=d"(high) : "c"(number) : "memory");
	return (uint64_t)high << 32 | low;
}

static inline uint32_t first_counter(void)
{
	static uint32_t first = 1;                     /* not known yet */
	if (first == 1) {
		uint32_t a = 0, b, c = 0, d;
		__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
		first = b == AMD ? 0 : FIXED;
	}
	return first;
}

static inline uint64_t counter_instructions(void) { return rdpmc(first_counter()); }
static inline uint64_t counter_cycles(void)       { return rdpmc(first_counter() + 1); }
