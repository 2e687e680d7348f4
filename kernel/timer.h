/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The core's clock and its one timer, which serves all that wait for a time: budgets (budget.h), and user space, through
 * the timer's interrupt line (irq.h).  The machine's timer is written only when the earliest of these times is another than it was: a core on
 * which nobody waits for a time never writes it.
 */
#pragma once
#include "arch.h"
#include "core.h"

/* The clock's frequency, 0 if nobody knows it; sets the timer to never. */
void timer_init(uint64_t hz);

uint64_t timer_hz(void);

/* Whether there is one.  Without it nobody can wait for a time. */
bool timer_exists(void);

/* When the timer's interrupt line is due; CLOCK_NEVER: not. */
void timer_line_set(uint64_t time);

/* Sets the machine's timer to the earliest of all times.  At the end of every C path, before user space or waiting. */
void timer_set(void);
static inline void timer_program(void)
{
	if (core.retime)
		timer_set();
}

/* At an interrupt: does what is due, if something is. */
void timer_deliver(void);
static inline bool timer_due(void) { return core.timer != CLOCK_NEVER && core.timer <= arch_clock(); }
