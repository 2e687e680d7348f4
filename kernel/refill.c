/* SPDX-License-Identifier: BSD-2-Clause -- the arithmetic of budgets (refill.h). */
#include <stddef.h>
#include "refill.h"

static const struct refill *at(const struct refills *refills, uint32_t index)
{
	return &refills->queue[(refills->first + index) % REFILLS_MAX];
}

static struct refill *head(struct refills *refills)
{
	return &refills->queue[refills->first % REFILLS_MAX];
}

static void pop(struct refills *refills)
{
	refills->first = (refills->first + 1) % REFILLS_MAX;
	refills->count--;
}

/* Behind the last.  It joins that where the two touch, or where there is no room: then that comes later, not this sooner. */
static void append(struct refills *refills, struct refill refill)
{
	struct refill *last = &refills->queue[(refills->first + refills->count - 1) % REFILLS_MAX];

	if (refills->count && (refills->count == REFILLS_MAX || last->time + last->amount >= refill.time)) {
		last->time = refill.time - last->amount;
		last->amount += refill.amount;
		return;
	}
	refills->queue[(refills->first + refills->count) % REFILLS_MAX] = refill;
	refills->count++;
}

void refills_init(struct refills *refills, uint64_t budget, uint64_t period, uint64_t now)
{
	*refills = (struct refills){ .budget = budget, .period = period, .count = 1, .queue = { { now, budget } } };
}

uint64_t refills_time(const struct refills *refills) { return at(refills, 0)->time; }
uint64_t refills_end(const struct refills *refills)  { return at(refills, 0)->time + at(refills, 0)->amount; }

/* What comes before this could be used up is part of it. */
void refills_begin(struct refills *refills, uint64_t now)
{
	struct refill due = *at(refills, 0);

	due.time = now;
	for (unsigned i = 1; i < REFILLS_MAX && refills->count > 1 && at(refills, 1)->time <= due.time + due.amount; i++) {
		due.amount += at(refills, 1)->amount;
		pop(refills);
	}
	*head(refills) = due;
}

/* Moves a part of the first amount to one period later. */
static void use(struct refills *refills, uint64_t ticks)
{
	struct refill *first = head(refills), used = { first->time + refills->period, ticks };

	first->time += ticks;
	first->amount -= ticks;
	if (first->amount == 0)
		pop(refills);
	append(refills, used);
}

static bool charge_turn(struct refills *refills, uint64_t ticks, uint64_t minimum)
{
	struct refill *turn = head(refills);

	turn->amount = turn->amount > ticks ? turn->amount - ticks : 0;
	if (turn->amount >= minimum)
		return false;
	turn->amount = refills->budget;
	return true;
}

bool refills_charge(struct refills *refills, uint64_t ticks, uint64_t minimum)
{
	uint32_t count = refills->count;

	if (refills_takes_turns(refills))
		return charge_turn(refills, ticks, minimum);
	if (ticks > refills->budget)
		ticks = refills->budget;
	for (uint32_t i = 0; i <= count && ticks; i++) {      /* each round but the last uses one up */
		uint64_t amount = head(refills)->amount, part = ticks < amount ? ticks : amount;

		use(refills, part);
		ticks -= part;
	}
	for (uint32_t i = 0; i < REFILLS_MAX && refills->count > 1 && head(refills)->amount < minimum; i++) {
		struct refill rest = *head(refills);

		pop(refills);
		head(refills)->time -= rest.amount;
		head(refills)->amount += rest.amount;
	}
	return false;
}

const char *refills_check(const struct refills *refills)
{
	uint64_t sum = 0;

	if (refills->count < 1 || refills->count > REFILLS_MAX || refills->first >= REFILLS_MAX)
		return "a budget has no refill, or too many";
	if (refills_takes_turns(refills))
		return at(refills, 0)->amount <= refills->budget ? NULL : "a turn is longer than it should be";
	for (uint32_t i = 0; i < refills->count; i++) {
		sum += at(refills, i)->amount;
		if (i && at(refills, i)->time < at(refills, i - 1)->time + at(refills, i - 1)->amount)
			return "a refill may be used before the one before it is used up";
	}
	if (sum != refills->budget)
		return "the refills do not make up the budget";
	if (at(refills, refills->count - 1)->time + at(refills, refills->count - 1)->amount > refills_time(refills) + refills->period)
		return "a refill comes later than a period from now";
	return NULL;
}
