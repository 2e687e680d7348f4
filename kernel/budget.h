/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Who pays for processor time.  The clock is read where C changes the context that the core runs on, and nowhere else: fast
 * paths do not change it.  A context whose budget is spent is dry: its holder, whoever that is, does not compete until the
 * refill is due.  An unlimited context, as each is at first, is never dry and needs no timer.
 */
#pragma once
#include <stdbool.h>
#include "arch.h"
#include "core.h"
#include "sched_context.h"

/* At the end of a C path: from now on the core's context pays.  Before waiting: nobody does. */
void budget_charge_other(void);
void budget_stop(void);
static inline void budget_switch(void)
{
	if (core.context != core.charged)
		budget_charge_other();
}

/* The same from one unlimited context, which pays, to another. */
static inline void budget_hand_over(struct sched_context *from, struct sched_context *to, uint64_t now)
{
	from->consumed += now - core.since;
	core.since = now;
	core.charged = to;
}

/* Whether a context has to wait for a refill. */
static inline bool budget_dry(const struct sched_context *context) { return context->refill.queued; }

/* When something is to be done next: the core's context will be spent, or a refill is due. */
uint64_t budget_next(void);

/* Does what is due, before sched_leave(); at most BUDGET_RELEASES refills a call. */
enum { BUDGET_RELEASES = 8 };
void budget_deliver(uint64_t now);

/* It is going to be destroyed. */
void budget_forget(struct sched_context *context);
