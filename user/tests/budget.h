/* SPDX-License-Identifier: BSD-2-Clause -- what the tests of budgets share (budget.c). */
#pragma once
#include "test.h"

/* Around a test that waits for refills, which the thread that reports that nothing can run would else end.  Skips it on a
   machine without a timer. */
void budget_begin(void);
void budget_end(void);

/* The same, for a test whose times are right only if the machine is never held up: it is skipped where the clock does not
   count instructions, but runs on while the machine waits for its host. */
void budget_begin_exact(void);

/* What was ever consumed on a sched context. */
uint64_t consumed(uint64_t context);

/* Runs until a time; lets others run until then, on the timer's line, for which the first thread alone may wait. */
void spin_until(uint64_t time);
void sleep_until(uint64_t time);

/* Never waits; counts in a word of the shared page. */
void spin(uint64_t number);

/* A thread with a budget that does not run yet; and one that runs, and spins. */
struct made_thread with_budget(void (*function)(uint64_t argument), uint64_t argument, uint64_t priority, uint64_t budget,
	uint64_t period);
struct made_thread spinner(uint64_t number, uint64_t priority, uint64_t budget, uint64_t period);
