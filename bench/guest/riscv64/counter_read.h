/* SPDX-License-Identifier: BSD-2-Clause
 *
 * riscv64's counters (Zicntr).  The kernel always lets user space read them; whether the firmware does is seen by trying.
 */
#pragma once
#include <stdint.h>

static inline uint64_t counter_cycles(void)
{
	uint64_t value;
	__asm__ volatile("rdcycle %0" : "=r"(value) : : "memory");
	return value;
}

/* hpmcounter3, which the kernel does not let user space read: what it counts is for firmware to choose. */
static inline uint64_t counter_event(void)
{
	uint64_t value;
	__asm__ volatile("csrr %0, 0xc03" : "=r"(value) : : "memory");
	return value;
}

static inline uint64_t counter_instructions(void)
{
	uint64_t value;
	__asm__ volatile("rdinstret %0" : "=r"(value) : : "memory");
	return value;
}
