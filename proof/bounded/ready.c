/* SPDX-License-Identifier: BSD-2-Clause -- the map of ready priorities (kernel/sched.c). */
#include "harness.h"
#include "sched.c"

static struct thread thread, head;

static bool ready(unsigned priority) { return core.ready_map[priority / 64] >> priority % 64 & 1; }

/* What the limit of a map is; highest_of_the_map says that the search for it is right. */
static uint64_t right_limit(void)
{
	int highest = highest_of_map();

	return highest < 0 ? GATE_PRIORITY_MASK : (uint64_t)(GATE_PRIORITY_MASK - highest);
}

static void any_map(void)
{
	ANY(struct core, any);

	for (unsigned i = 0; i < PRIORITIES / 64; i++)
		core.ready_map[i] = any.ready_map[i];
	core.limit = right_limit();
}

/* A thread of any priority, and perhaps another in its queue. */
static unsigned any_thread(bool alone)
{
	ANY(uint8_t, low);
	unsigned priority;

	thread.gate = low;
	priority = thread_priority(&thread);
	core.ready[priority].first = core.ready[priority].last = alone ? NULL : &head;
	ASSUME(ready(priority) == !alone);
	return priority;
}

/* The search of four words finds the highest bit of 256. */
void highest_of_the_map(void)
{
	ANY(uint8_t, witness);
	int highest;

	any_map();
	highest = highest_of_map();
	HOLDS(highest >= -1 && highest < PRIORITIES);
	HOLDS(highest < 0 ? !ready(witness) : ready((unsigned)highest));
	HOLDS(!ready(witness) || witness <= highest);
	REACHED();
}

/* To enter a queue, at either end, keeps the limit right and touches the map at that priority alone. */
void enqueue_keeps_the_limit(void)
{
	ANY(uint8_t, witness);
	ANY(bool, alone);
	ANY(bool, first);
	bool before;
	unsigned priority;

	any_map();
	priority = any_thread(alone);
	before = ready(witness);
	enqueue(&thread, first);
	HOLDS(thread.ready && ready(priority) && core.limit == right_limit());
	HOLDS((first ? core.ready[priority].first : core.ready[priority].last) == &thread);
	HOLDS((first ? core.ready[priority].last : core.ready[priority].first) == (alone ? &thread : &head));
	HOLDS(witness == priority || ready(witness) == before);
	REACHED();
}

/* So does to leave it, from either end. */
void remove_keeps_the_limit(void)
{
	ANY(uint8_t, witness);
	ANY(bool, alone);
	ANY(bool, first);
	bool before;
	unsigned priority;

	any_map();
	priority = any_thread(alone);
	before = ready(witness);
	enqueue(&thread, first);
	sched_remove(&thread);
	HOLDS(!thread.ready && ready(priority) == !alone && core.limit == right_limit());
	HOLDS(core.ready[priority].first == (alone ? NULL : &head) && core.ready[priority].last == (alone ? NULL : &head));
	HOLDS(witness == priority || ready(witness) == before);
	REACHED();
}
