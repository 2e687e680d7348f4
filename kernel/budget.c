/* SPDX-License-Identifier: BSD-2-Clause -- who pays for processor time (budget.h). */
#include "budget.h"
#include "arch.h"
#include "invoke.h"
#include "ipc.h"
#include "sched.h"
#include "timer.h"

/* No amount is worth an interrupt that lasts less; and none longer is needed, so that times do not overflow. */
enum { BUDGET_MIN_PER_SECOND = 100 * 1000, PERIOD_MAX_SECONDS = 1 << 20 };

static uint64_t minimum(void)
{
	uint64_t ticks = timer_hz() / BUDGET_MIN_PER_SECOND;

	return ticks ? ticks : 1;
}

static struct sched_context *context_of(struct deadline *refill)
{
	return (struct sched_context *)((char *)refill - offsetof(struct sched_context, refill));
}

static void make_dry(struct sched_context *context)
{
	if (context->holder)
		sched_remove(context->holder);
	deadline_insert(&core.dry, &context->refill, refills_time(&context->refills));
}

static void refill(struct sched_context *context)
{
	core.retime = true;
	deadline_remove(&core.dry, &context->refill);
	if (context->holder)
		sched_wake(context->holder);
}

/* Preempted when its turn was as good as over, it stands before its equals; the next turn is theirs. */
static void turn_over(struct thread *holder)
{
	if (!holder || !holder->ready)
		return;
	sched_remove(holder);
	sched_wake(holder);
}

/* What ran until now is paid for. */
static void charge(uint64_t now)
{
	struct sched_context *context = core.charged;
	uint64_t ticks = now - core.since;

	core.since = now;
	context->consumed += ticks;
	if (!refills_limited(&context->refills))
		return;
	core.retime = true;                      /* whoever is charged next ends at another time */
	if (refills_charge(&context->refills, ticks, minimum()))
		turn_over(context->holder);
	if (refills_time(&context->refills) > now)
		make_dry(context);
}

void budget_stop(void)
{
	if (core.charged)
		charge(arch_clock());
	core.charged = NULL;
}

void budget_charge_other(void)
{
	struct sched_context *next = core.context;
	uint64_t now = arch_clock();

	if (core.charged)
		charge(now);
	core.charged = next;
	core.since = now;
	if (refills_limited(&next->refills)) {
		core.retime = true;
		refills_begin(&next->refills, now);
	}
}

/* Only for what budget_switch() began, so that a context is charged by the same refill that it uses. */
static uint64_t end_of_charged(void)
{
	return core.charged && refills_limited(&core.charged->refills) ? core.since + refills_end(&core.charged->refills) -
		refills_time(&core.charged->refills) : CLOCK_NEVER;
}

uint64_t budget_next(void)
{
	uint64_t end = end_of_charged();

	return core.dry && core.dry->time < end ? core.dry->time : end;
}

/* The core's context, which the current thread holds, is spent: the thread's turn is over, or it has to wait. */
static void spent(uint64_t now)
{
	struct sched_context *context = core.charged;

	charge(now);
	core.charged = NULL;                     /* what is left begins anew */
	if (!budget_dry(context))
		sched_yield();
	else if (core.current)
		ipc_timeout(core.current, context->consumed);
}

void budget_deliver(uint64_t now)
{
	if (end_of_charged() <= now)
		spent(now);
	for (unsigned i = 0; i < BUDGET_RELEASES && core.dry && core.dry->time <= now; i++)
		refill(context_of(core.dry));
}

void budget_forget(struct sched_context *context)
{
	if (core.charged == context)
		budget_stop();
	core.retime = true;
	if (budget_dry(context))
		deadline_remove(&core.dry, &context->refill);
}

/* ---- methods ---- */

/*
 * Whoever ran on the context goes on with the new budget.  A context that was dry is so no more: who may configure it may
 * give it as much as it likes.
 */
enum error method_sched_context_configure(struct invocation *invocation)
{
	struct sched_context *context = capability_object(invocation->slot);
	uint64_t budget = invocation->word[0], period = invocation->word[1];

	if (budget > period || (budget == 0) != (period == 0))
		return ERR_bad_argument;
	if (budget && (!timer_exists() || budget < minimum() || period / PERIOD_MAX_SECONDS >= timer_hz()))
		return ERR_bad_argument;

	/* From here on nothing can fail. */
	budget_forget(context);
	refills_init(&context->refills, budget, period, arch_clock());
	if (context->holder)
		sched_wake(context->holder);
	return ERR_ok;
}

enum error method_sched_context_consumed(struct invocation *invocation)
{
	const struct sched_context *context = capability_object(invocation->slot);

	invocation->result[0] = context->consumed + (core.charged == context ? arch_clock() - core.since : 0);
	return ERR_ok;
}

enum error method_sched_context_yield_to(struct invocation *invocation)
{
	struct sched_context *context = capability_object(invocation->slot);

	if (!context->home)
		return ERR_not_bound;
	if (context->holder && sched_yield_to(context->holder))
		invocation->result[0] = 1;
	return ERR_ok;
}
