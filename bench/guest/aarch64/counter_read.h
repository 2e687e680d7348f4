/* SPDX-License-Identifier: BSD-2-Clause
 *
 * aarch64's counters (PMUv3; DDI 0487, D13).  The kernel starts them, event counter 0 with INST_RETIRED, and lets user space
 * read them if its command line says kite.counters; else they fault.
 */
#pragma once
#include <stdint.h>

static inline uint64_t counter_cycles(void)
{
	uint64_t value;
	__asm__ volatile("isb; mrs %0, pmccntr_el0; isb" : "=r"(value) : : "memory");
	return value;
}

static inline uint64_t counter_event(void)
{
	uint64_t value;
	__asm__ volatile("isb; mrs %0, pmevcntr1_el0; isb" : "=r"(value) : : "memory");
	return value;
}

static inline uint64_t counter_instructions(void)
{
	uint64_t value;
	__asm__ volatile("isb; mrs %0, pmevcntr0_el0; isb" : "=r"(value) : : "memory");
	return value;
}
