/* SPDX-License-Identifier: BSD-2-Clause -- the ready queues (sched.h). */
#include "sched.h"
#include "arch.h"
#include "budget.h"
#include "fpu.h"
#include "irq.h"
#include "sched_context.h"
#include "timer.h"

static bool yielded;                     /* of the current system call; per core when there are more */

/* The highest priority in the map; -1: none.  Four words, so four steps. */
static int highest_of_map(void)
{
	for (int word = PRIORITIES / 64 - 1; word >= 0; word--)
		if (core.ready_map[word])
			return word * 64 + 63 - __builtin_clzll(core.ready_map[word]);
	return -1;
}

/* The same from what a fast path compares a gate word with (core.h): 255 stands for priority 0, and for none. */
static int highest_ready(void)
{
	return core.limit < GATE_PRIORITY_MASK || core.ready_map[0] & 1 ? (int)(GATE_PRIORITY_MASK - core.limit) : -1;
}

/* A queue became empty: the search is for the highest alone, for with any other the limit is what it was. */
static void limit_update(unsigned priority)
{
	int highest;

	if (GATE_PRIORITY_MASK - priority != core.limit)
		return;
	highest = highest_of_map();
	core.limit = highest < 0 ? GATE_PRIORITY_MASK : (uint64_t)(GATE_PRIORITY_MASK - highest);
}

static void enqueue(struct thread *thread, bool first)
{
	unsigned priority = thread_priority(thread);
	struct thread **head = &core.ready[priority].first, **tail = &core.ready[priority].last;

	thread->ready = 1;
	thread->prev = first ? NULL : *tail;
	thread->ready_next = first ? *head : NULL;
	if (thread->prev)
		thread->prev->ready_next = thread;
	else
		*head = thread;
	if (thread->ready_next)
		thread->ready_next->prev = thread;
	else
		*tail = thread;

	core.ready_map[priority / 64] |= (uint64_t)1 << priority % 64;
	if (GATE_PRIORITY_MASK - priority < core.limit)
		core.limit = GATE_PRIORITY_MASK - priority;
}

void sched_remove(struct thread *thread)
{
	unsigned priority = thread_priority(thread);

	if (!thread->ready)
		return;
	thread->ready = 0;
	if (thread->prev)
		thread->prev->ready_next = thread->ready_next;
	else
		core.ready[priority].first = thread->ready_next;
	if (thread->ready_next)
		thread->ready_next->prev = thread->prev;
	else
		core.ready[priority].last = thread->prev;

	if (core.ready[priority].first)
		return;
	core.ready_map[priority / 64] &= ~((uint64_t)1 << priority % 64);
	limit_update(priority);
}

/* Whether it has all that it takes to run. */
static bool can_run(const struct thread *thread)
{
	return thread_runnable(thread) && thread->held && !budget_dry(thread->held);
}

static void wake(struct thread *thread, bool first)
{
	if (can_run(thread) && !thread->ready && thread != core.current)
		enqueue(thread, first);
}

void sched_wake(struct thread *thread)       { wake(thread, false); }
void sched_wake_first(struct thread *thread) { wake(thread, true); }

void sched_yield(void)
{
	yielded = true;
}

bool sched_yield_to(struct thread *thread)
{
	if (!thread->ready || thread_priority(thread) < thread_priority(core.current))
		return false;
	sched_remove(thread);
	enqueue(thread, true);
	yielded = true;
	return true;
}

void sched_set_priority(struct thread *thread, unsigned priority)
{
	bool was_ready = thread->ready;

	sched_remove(thread);
	thread->gate = (thread->gate & ~(uint64_t)GATE_PRIORITY_MASK) | (GATE_PRIORITY_MASK - priority);
	if (was_ready)
		enqueue(thread, false);
}

void sched_enter(struct thread *current)
{
	core.current = current;
	yielded = false;
	if (core.context)
		sched_context_put_down();
}

/*
 * The current thread goes on: it can, it did not yield, and nobody ready is more important.  What the long way would do,
 * to put it before its equals and take it out again, changes nothing.
 */
static bool goes_on(const struct thread *thread)
{
	return thread && can_run(thread) && !thread->ready && !yielded &&
		(thread->gate & GATE_PRIORITY_MASK) <= core.limit;
}

/* The first of the most important, who is ready no more.  Stops the machine if nobody ever will be. */
static struct thread *choose(void)
{
	struct thread *thread = core.current;
	int priority;

	if (thread && can_run(thread) && !thread->ready)
		enqueue(thread, !yielded);

	core.current = NULL;                     /* so that an interrupt may wake whoever ran last */
	while ((priority = highest_ready()) < 0) {
		if (!irq_wait())
			kernel_panic("nothing can run, and no interrupt can change that");
	}
	thread = core.ready[priority].first;
	sched_remove(thread);
	core.current = thread;
	return thread;
}

/* Neither is limited, so the timer stays as it is; neither has the FPU, so that is off, and stays so. */
void sched_hand_over(struct thread *to)
{
	uint64_t now = arch_clock();
	struct thread *from = core.current;

	budget_hand_over(core.context, to->held, now);
	sched_context_exchange(from, to);
	enqueue(from, true);
	core.current = to;
	arch_space_activate(to->space);
}

struct thread *sched_leave(void)
{
	struct thread *thread = goes_on(core.current) ? core.current : choose();

	sched_context_pick_up(thread);
	budget_switch();
	fpu_switch(thread);
	if (thread->gate & GATE_OF(stale))
		thread_refresh(thread);
	arch_space_activate(thread->space);
	timer_program();
	return thread;
}
