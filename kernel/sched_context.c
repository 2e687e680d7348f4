/* SPDX-License-Identifier: BSD-2-Clause -- who holds the right to processor time (sched_context.h). */
#include "sched_context.h"
#include "budget.h"
#include "invoke.h"
#include "sched.h"

static void give(struct sched_context *context, struct thread *thread)
{
	thread->held = context;
	context->holder = thread;
	gate_set(thread, GATE_OF(holds));
}

static struct sched_context *take(struct thread *thread)
{
	struct sched_context *context = thread->held;

	sched_remove(thread);
	thread->held = NULL;
	context->holder = NULL;
	gate_clear(thread, GATE_OF(holds));
	return context;
}

void sched_context_put_down(void)
{
	struct sched_context *context = core.context;

	core.context = NULL;
	give(context, core.current);
}

void sched_context_pick_up(struct thread *thread)
{
	core.context = take(thread);
}

void sched_context_lend(struct thread *from, struct thread *to)
{
	if (from->held)
		give(take(from), to);
}

/* Whether a thread could go on with a context, now or when the reply object that it was saved in is answered. */
static bool could_use(const struct thread *thread)
{
	return !thread->held && (thread_runnable(thread) || thread_reply(thread));
}

/* Who can use a context whose home has it back: home itself, or the end of the calls that it waits for. */
static struct thread *end_of_calls(struct thread *home)
{
	struct thread *thread = home;

	for (unsigned depth = 0; depth < CALL_CHAIN_MAX; depth++) {
		if (!thread_awaits_reply(thread))
			return could_use(thread) ? thread : home;
		thread = thread_callee(thread);
	}
	return home;
}

void sched_context_go_home(struct thread *thread)
{
	struct sched_context *context = thread->held;
	struct thread *next;

	if (!context || context == thread->home)
		return;
	take(thread);
	if (!context->home)
		return;
	next = end_of_calls(context->home);
	if (next->held)                          /* home got another way to run; nobody needs this one now */
		return;
	give(context, next);
	sched_wake(next);
}

void sched_context_unbind(struct sched_context *context)
{
	struct thread *holder = context->holder;

	if (holder) {
		take(holder);
		if (thread_awaits_reply(holder))
			gate_set(holder, GATE_OF(bereft));
	}
	if (context->home)
		context->home->home = NULL;
	context->home = NULL;
}

enum progress sched_context_destroy_step(struct sched_context *context)
{
	sched_context_unbind(context);
	budget_forget(context);
	return PROGRESS_done;
}

enum error method_sched_context_bind(struct invocation *invocation)
{
	struct sched_context *context = capability_object(invocation->slot);
	struct capability *slot;
	struct thread *thread;
	enum error error = argument_slot(invocation->caller, invocation->word[0], OBJECT_thread, RIGHT_thread_control, &slot);

	if (error != ERR_ok)
		return error;
	thread = capability_object(slot);
	/* A thread that answers a call runs on the caller's context, or on none if that was taken away: a context of its own
	   would leave with the answer. */
	if (context->home || thread->home || thread->held || thread->caller != NOBODY)
		return ERR_bound;

	context->home = thread;
	thread->home = context;
	gate_clear(thread, GATE_OF(bereft));
	give(context, thread);
	sched_wake(thread);
	return ERR_ok;
}

enum error method_sched_context_unbind(struct invocation *invocation)
{
	struct sched_context *context = capability_object(invocation->slot);

	if (!context->home)
		return ERR_not_bound;
	sched_context_unbind(context);
	return ERR_ok;
}
