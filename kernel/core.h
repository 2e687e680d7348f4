/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a processor core has of its own, and the two threads that are none.
 *
 * There is one core now.  When there are more, assembly reaches the structure through the current thread or a
 * core's own entry stub, and C through core_this(); nothing else in kernel/ is shared and mutable without saying how.
 */
#pragma once
#include "thread.h"

struct sched_context;
struct deadline;

struct core {
	struct thread *current;           /* valid inside C; x86_64's entry also finds the current thread by it */
	uint64_t limit;                   /* greatest gate word of a thread that may be switched to directly:
	                                     255 - highest ready priority, or 255 if none is ready */
	struct sched_context *context;    /* what the current thread runs on; unchanged by fast paths */
	struct sched_context *charged;    /* who pays for the time since then (budget.h); NULL: nobody */
	uint64_t since;
	struct deadline *dry;             /* contexts that wait for a refill */
	bool retime;                      /* the earliest of all times may be another one than it was (timer.h) */
	uint64_t timer;                   /* what the machine's timer is set to (timer.h), or CLOCK_NEVER */
	struct thread *fpu_owner;         /* whose registers the FPU holds (fpu.h), or NULL */
	uint64_t ready_map[PRIORITIES / 64];             /* bit p: somebody of priority p is ready */
	struct { struct thread *first, *last; } ready[PRIORITIES];
	bool fpu_enabled;                 /* between C paths: whether the current thread is the owner */
	struct thread *threads, *threads_last;           /* all threads, for the invariant, the hash and a debugger */
};
extern struct core core;

/*
 * Marks of an empty place, so that fast paths need no test for NULL: their gate is always set.
 * NOBODY: no caller; no receiver waits; the end of a queue of waiters.  SENDERS: no receiver waits, but senders do.
 */
extern struct thread nobody, senders;
#define NOBODY  (&nobody)
#define SENDERS (&senders)
