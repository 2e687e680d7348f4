/* SPDX-License-Identifier: BSD-2-Clause -- budgets: the arithmetic, times in order, and who waits when a context is spent. */
#include "budget.h"
#include "core.h"
#include "timer.h"
#include "world.h"
#include <stdlib.h>
#include <string.h>

/* ---- the arithmetic ---- */

enum { BUDGET = 100, PERIOD = 1000, MINIMUM = 4, HISTORY = 20000 };

static uint8_t used_at[HISTORY + PERIOD];         /* of each tick, whether it was consumed */

/* No window as long as a period sees more than the budget. */
static void check_windows(uint64_t end)
{
	unsigned sum = 0;

	for (uint64_t i = 0; i < end; i++) {
		sum += used_at[i];
		if (i >= PERIOD)
			sum -= used_at[i - PERIOD];
		CHECK(sum <= BUDGET);
	}
}

/* Runs and rests at random, never beyond what is due. */
void test_refills_windows(void)
{
	struct refills refills;

	for (unsigned round = 0; round < 200; round++) {
		uint64_t now = 0, total = 0;

		srand(round);
		memset(used_at, 0, sizeof(used_at));
		refills_init(&refills, BUDGET, PERIOD, now);
		while (now < HISTORY - PERIOD) {
			uint64_t ticks, most;

			now += (uint64_t)rand() % (rand() % 8 ? 30 : 1500);
			if (now >= HISTORY - PERIOD || refills_time(&refills) > now)
				continue;
			refills_begin(&refills, now);
			most = refills_end(&refills) - now;
			CHECK(most >= MINIMUM && most <= BUDGET);
			ticks = rand() % 3 ? 1 + (uint64_t)rand() % most : most;
			for (uint64_t i = 0; i < ticks; i++)
				used_at[now + i] = 1;
			now += ticks;
			total += ticks;
			refills_charge(&refills, ticks, MINIMUM);
			CHECK(refills_check(&refills) == NULL);
		}
		check_windows(now);
		CHECK(total > BUDGET);
	}
}

/* Who always runs as much as it may gets the whole budget in every period. */
void test_refills_full(void)
{
	struct refills refills;

	refills_init(&refills, BUDGET, PERIOD, 0);
	for (uint64_t period = 0; period < 50; period++) {
		EQUAL(refills_time(&refills), period * PERIOD);
		refills_begin(&refills, period * PERIOD);
		EQUAL(refills_end(&refills), period * PERIOD + BUDGET);
		refills_charge(&refills, BUDGET, MINIMUM);
	}
}

/* An interrupt that came late: what was consumed too much comes off what comes next. */
void test_refills_late(void)
{
	struct refills refills;

	refills_init(&refills, BUDGET, PERIOD, 0);
	refills_begin(&refills, 0);
	refills_charge(&refills, 60, MINIMUM);
	CHECK(refills_check(&refills) == NULL);
	refills_begin(&refills, 500);                     /* 40 are left; 60 come at 1000 */
	EQUAL(refills_end(&refills), 540);
	refills_charge(&refills, 50, MINIMUM);
	CHECK(refills_check(&refills) == NULL);
	EQUAL(refills_time(&refills), 1010);
	refills_charge(&refills, 1000 * BUDGET, MINIMUM);
	CHECK(refills_check(&refills) == NULL);           /* forgiven */
	CHECK(refills_time(&refills) <= 1010 + PERIOD);
}

void test_refills_turns(void)
{
	struct refills refills;

	refills_init(&refills, BUDGET, BUDGET, 0);
	refills_begin(&refills, 0);
	refills_charge(&refills, 30, MINIMUM);
	EQUAL(refills_end(&refills) - refills_time(&refills), 70);
	refills_charge(&refills, 70, MINIMUM);
	EQUAL(refills_end(&refills) - refills_time(&refills), BUDGET);
	CHECK(refills_check(&refills) == NULL);
}

/* ---- times in order ---- */

enum { DEADLINES = 300 };

static unsigned spine(const struct deadline *deadline)
{
	unsigned length = 0;

	for (; deadline; deadline = deadline->right)
		length++;
	return length;
}

void test_deadlines(void)
{
	static struct deadline deadline[DEADLINES];
	struct deadline *root = NULL;
	unsigned queued = 0;

	srand(1);
	for (unsigned step = 0; step < 50000; step++) {
		struct deadline *one = &deadline[rand() % DEADLINES];
		uint64_t least = UINT64_MAX;

		if (one->queued) {
			deadline_remove(&root, one);
			queued--;
		} else {
			deadline_insert(&root, one, (uint64_t)rand() % 1000);
			queued++;
		}
		for (unsigned i = 0; i < DEADLINES; i++)
			if (deadline[i].queued && deadline[i].time < least)
				least = deadline[i].time;
		CHECK((root != NULL) == (queued != 0));
		if (root) {
			EQUAL(root->time, least);
			CHECK(root->up == NULL && spine(root) <= 9);      /* log2(300 + 1) */
		}
	}
}

/* ---- who waits ---- */

enum { LOW = 20, LOW_CONTEXT, SECOND, SECOND_CONTEXT };
static struct thread *low, *second;

static void begin(uint64_t budget, uint64_t period)
{
	world_init();
	timer_init(1000 * 1000);
	low = make_thread(LOW, 10);
	make(OBJECT_sched_context, LOW_CONTEXT, 0);
	second = make_thread(SECOND, 10);
	make(OBJECT_sched_context, SECOND_CONTEXT, 0);
	EXPECT(bad_argument, LOW_CONTEXT, sched_context, configure, 9, 1000);      /* below 10 us */
	EXPECT(ok, LOW_CONTEXT, sched_context, configure, budget, period);
	EXPECT(ok, SECOND_CONTEXT, sched_context, configure, budget, period);
	EXPECT(ok, LOW_CONTEXT, sched_context, bind, LOW);
	EXPECT(ok, SECOND_CONTEXT, sched_context, bind, SECOND);
	make(OBJECT_endpoint, SLOT_free, 0);
}

static struct thread *interrupt(uint64_t time)
{
	host.clock = time;
	return kernel_interrupt(core.current);
}

void test_budget_spent(void)
{
	begin(100, 1000);
	CHECK(system_call(tag_make(SYS_recv, 0, 0, 0), SLOT_free) == low);      /* the world's first thread waits */
	EQUAL(host.timer, 100);
	CHECK(interrupt(60) == low);                                            /* a device's: nothing is over */
	EQUAL(host.timer, 100);
	CHECK(interrupt(100) == second);
	EQUAL(host.timer, 200);
	host.idle_line = 0;
	CHECK(interrupt(200) == low);                                           /* both wait; time goes on to 1000 */
	EQUAL(host.clock, 1000);
	EQUAL(host.timer, 1100);
	CHECK(interrupt(1100) == second);
}

/* Unlimited: the timer is never written, and what was consumed is known all the same. */
void test_budget_unlimited(void)
{
	unsigned writes;

	begin(0, 0);
	writes = host.timer_writes;
	CHECK(system_call(tag_make(SYS_recv, 0, 0, 0), SLOT_free) == low);
	host.clock = 500;
	CHECK(system_call(tag_make(SYS_yield, 0, 0, 0), 0) == second);
	host.clock = 700;
	CHECK(system_call(tag_make(SYS_yield, 0, 0, 0), 0) == low);
	EQUAL(host.timer_writes, writes);
	EQUAL(low->home->consumed, 500);
	EQUAL(second->home->consumed, 200);
}

void test_budget_turns(void)
{
	begin(100, 100);
	CHECK(system_call(tag_make(SYS_recv, 0, 0, 0), SLOT_free) == low);
	for (uint64_t turn = 1; turn < 6; turn++)
		CHECK(interrupt(turn * 100) == (turn % 2 ? second : low));
}
