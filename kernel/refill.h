/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The arithmetic of a budget of processor time: a sporadic server (Sprunt, Sha and Lehoczky 1989; corrected by Stanovich et
 * al., "Defects of the POSIX sporadic server and how to correct them", 2010).  What was consumed from a time on comes
 * back one period after that time, so that no interval as long as a period ever sees more than the budget.
 *
 * A queue of refills, each an amount and the time from which it may be used.  Always: the amounts make up the budget;
 * each begins no sooner than the one before it could end; the last ends within a period of when the first begins.
 *
 * A budget as long as its period is always there: it is only the length of a turn (round robin).
 *
 * Pure functions: no clock, no machine.  Times and amounts are in ticks of the clock.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { REFILLS_MAX = 8 };

struct refill { uint64_t time, amount; };

struct refills {
	uint64_t budget, period;          /* budget 0: unlimited, and the rest is void */
	uint32_t first, count;            /* of the queue, which is a ring; 1 <= count */
	struct refill queue[REFILLS_MAX];
};

static inline bool refills_limited(const struct refills *refills)    { return refills->budget != 0; }
static inline bool refills_takes_turns(const struct refills *refills) { return refills->budget == refills->period; }

/* The whole budget at once, from now on. */
void refills_init(struct refills *refills, uint64_t budget, uint64_t period, uint64_t now);

/* When the next amount may be used. */
uint64_t refills_time(const struct refills *refills);

/* Begins to use what is due (refills_time() <= now); until when it lasts. */
void refills_begin(struct refills *refills, uint64_t now);
uint64_t refills_end(const struct refills *refills);

/*
 * Pays for ticks that were used since refills_begin().  More than was due is taken from what comes next, and so makes the
 * next amount come later; more than the whole budget is forgiven.  An amount below the minimum waits for the next one.
 * True: of turns, this one is over, and what is there now is the next one.
 */
bool refills_charge(struct refills *refills, uint64_t ticks, uint64_t minimum);

/* What is wrong, or NULL. */
const char *refills_check(const struct refills *refills);
