/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The local APIC's timer (Intel SDM volume 3, section 11.5.4): it compares the time stamp counter itself (TSC deadline),
 * or else it counts down at a frequency of its own, which is measured against that counter.  A count is never longer than
 * what was asked for, but may be shorter, by the measurement or because it has 32 bits only; then it is started again.
 */
#include "apic.h"
#include "arch.h"
#include "clock.h"
#include "processor.h"
#include "registers.h"

enum { CPUID_TSC_DEADLINE = 24, MEASUREMENTS = 5, RATIO_BITS = 32, COUNT_MAX = 0x7fffffff };

static enum { NONE, DEADLINE, COUNT } means;
static uint64_t ratio;                            /* counts a tick of the TSC, times 2^RATIO_BITS */
static uint64_t deadline = CLOCK_NEVER;

uint64_t arch_clock(void) { return time_stamp(); }
bool arch_timer(void)     { return means != NONE; }

/* One measurement takes a millisecond. */
static uint64_t measure(uint64_t hz)
{
	uint64_t start = time_stamp(), ticks;

	local_apic_timer_count(UINT32_MAX);
	do
		ticks = time_stamp() - start;
	while (ticks < hz / 1000);
	return ((uint64_t)(UINT32_MAX - local_apic_timer_left()) << RATIO_BITS) / ticks;
}

/* The least of some: an emulator that loses the processor for a while counts too much, never too little. */
static uint64_t measured(uint64_t hz)
{
	uint64_t least = measure(hz);

	for (unsigned i = 1; i < MEASUREMENTS; i++) {
		uint64_t next = measure(hz);

		if (next < least)
			least = next;
	}
	local_apic_timer_count(0);
	return least;
}

BOOT_TEXT void clock_init(uint64_t hz)
{
	if (hz < 1000)
		return;
	if (cpuid(1, 0).ecx >> CPUID_TSC_DEADLINE & 1) {
		local_apic_timer_entry(LOCAL_TIMER_DEADLINE | VECTOR_TIMER);
		means = DEADLINE;
		return;
	}
	local_apic_timer_entry(LOCAL_TIMER_MASKED | VECTOR_TIMER);
	ratio = measured(hz);
	if (ratio == 0)
		return;
	local_apic_timer_entry(VECTOR_TIMER);
	means = COUNT;
}

/* At least 1, for 0 stops it. */
static void count_start(void)
{
	uint64_t now = time_stamp(), ticks = deadline > now ? deadline - now : 0;
	uint64_t counts = (uint64_t)((unsigned __int128)ticks * ratio >> RATIO_BITS);

	local_apic_timer_count(counts > COUNT_MAX ? COUNT_MAX : counts ? (uint32_t)counts : 1);
}

void arch_timer_set(uint64_t time)
{
	deadline = time;
	if (means == DEADLINE)                    /* 0 disarms it */
		msr_write(MSR_TSC_DEADLINE, time == CLOCK_NEVER ? 0 : time ? time : 1);
	else if (time == CLOCK_NEVER)
		local_apic_timer_count(0);
	else
		count_start();
}

void clock_interrupt(void)
{
	if (means == COUNT && deadline != CLOCK_NEVER && time_stamp() < deadline)
		count_start();
}
