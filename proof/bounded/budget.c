/* SPDX-License-Identifier: BSD-2-Clause -- the arithmetic of budgets (kernel/refill.c). */
#include "harness.h"
#include "refill.c"

enum { TIME_BITS = 62 };                          /* of ticks: a hundred years of a clock of one GHz */

/* Any state of a budget that the invariant allows, with times that a clock can have. */
static struct refills any_refills(void)
{
	ANY(struct refills, refills);

	ASSUME(refills.budget > 0 && refills.period >= refills.budget && refills.period < (uint64_t)1 << (TIME_BITS - 2));
	for (unsigned i = 0; i < REFILLS_MAX; i++)
		ASSUME(refills.queue[i].time < (uint64_t)1 << (TIME_BITS - 1) && refills.queue[i].amount <= refills.budget);
	ASSUME(refills_check(&refills) == NULL);
	return refills;
}

/* To begin keeps what is always true of a budget. */
void refills_begin_keeps(void)
{
	struct refills refills = any_refills();
	ANY(uint64_t, now);

	ASSUME(!refills_takes_turns(&refills));
	ASSUME(now >= refills_time(&refills) && now < (uint64_t)1 << (TIME_BITS - 1));
	refills_begin(&refills, now);
	HOLDS(refills_check(&refills) == NULL);
	HOLDS(refills_time(&refills) == now);
	REACHED();
}
