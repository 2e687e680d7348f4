/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Who runs next: 256 priorities, a queue for each, a bitmap over them; all in O(1).
 *
 * A thread is in a ready queue if and only if it is runnable, holds a sched context that is not dry (budget.h) and is not
 * the current thread.
 * While C runs, the current thread holds its context like any other (sched_enter puts the core's context down);
 * sched_leave picks up that of the thread chosen.
 */
#pragma once
#include "core.h"
#include "sched_context.h"

/* At the start of every C path: the current thread, and the context that the core ran on, which it now holds. */
void sched_enter(struct thread *current);

/* At the end: the thread to run; its context is the core's, its address space is loaded.  Stops if nobody can run. */
struct thread *sched_leave(void);

/*
 * From the current thread at once to one that waits no more: what sched_enter(), sched_wake() and sched_leave() do in this
 * order, for two plain threads, each on an unlimited context of its own or a lent one, of which the other is more
 * important than all that are ready.  Instead of these three, and only if it can.
 */
static inline bool sched_can_hand_over(const struct thread *to)
{
	uint64_t from = core.current->gate & ~GATE_OF(full), other = to->gate ^ GATE_OF(holds);

	return other < from && other < core.limit && from <= GATE_PRIORITY_MASK && !core.context->refills.budget &&
		!to->held->refills.budget;
}
void sched_hand_over(struct thread *to);

/* Lets a thread compete if it can: behind its equals, or before them (one that a message switches to directly). */
void sched_wake(struct thread *thread);
void sched_wake_first(struct thread *thread);

/* Takes it out of competition, because it lost its context or stopped. */
void sched_remove(struct thread *thread);

/* The current thread goes behind its equals when the system call ends. */
void sched_yield(void);

/* The same, and of its equals this thread comes first.  False, and nothing, if it is not ready, or less important. */
bool sched_yield_to(struct thread *thread);

/* Changes the priority, wherever the thread is. */
void sched_set_priority(struct thread *thread, unsigned priority);
