/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sched contexts: the right to processor time.  Each has a home, the thread that it is bound to, and at any time at most
 * one holder.  A thread without one of its own is passive: it runs on what its callers lend it.
 *
 * The core's context is held by the current thread without a record of it (thread.h says why); when C enters it is put
 * down, and from then on holder and held say who has what.  What a context may consume, and has, is budget.h's.
 */
#pragma once
#include "core.h"
#include "deadline.h"
#include "refill.h"

struct sched_context {
	struct thread *home;              /* bound to it, or NULL; home->home points back */
	struct thread *holder;            /* holder->held points back; NULL: on the core, or nobody's */
	struct refills refills;           /* changed by budget.c alone, like what follows */
	struct deadline refill;           /* queued while it is dry: when it may be used again */
	uint64_t consumed;                /* ticks, up to core.since if it is core.charged */
};
_Static_assert(sizeof(struct sched_context) <= 1 << SIZE_BITS_sched_context, "it fits its object size");

/* Longest chain of calls down which a context that comes home is passed on; a longer one waits for its unwinding. */
enum { CALL_CHAIN_MAX = 256 };

/* Moves the core's context to the current thread's hand, and that of a thread to the core. */
void sched_context_put_down(void);
void sched_context_pick_up(struct thread *thread);

/* Puts the core's context down for the current thread, and picks up that of one that is not ready. */
static inline void sched_context_exchange(struct thread *from, struct thread *to)
{
	from->held = core.context;
	from->held->holder = from;
	gate_set(from, GATE_OF(holds));
	core.context = to->held;
	core.context->holder = NULL;
	to->held = NULL;
	gate_clear(to, GATE_OF(holds));
}

/* Moves the context that one thread holds, if any, to another that holds none. */
void sched_context_lend(struct thread *from, struct thread *to);

/*
 * Takes a lent context from a thread and gives it to its home, or, if home waits for an answer, to whoever at the end
 * of that chain of calls could run with it.  Does nothing if the thread holds none but its own.
 */
void sched_context_go_home(struct thread *thread);

/* Unbinds; whoever holds it stops running.  Also the one step of destroying. */
void sched_context_unbind(struct sched_context *context);
enum progress sched_context_destroy_step(struct sched_context *context);
