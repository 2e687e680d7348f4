/* SPDX-License-Identifier: BSD-2-Clause -- who waits for what time (timer.h). */
#include "timer.h"
#include "arch.h"
#include "budget.h"
#include "irq.h"

static struct {
	uint64_t hz;
	uint64_t line;                           /* when the interrupt line is due */
} timer = { 0, CLOCK_NEVER };

void timer_init(uint64_t hz)
{
	timer.hz = hz;
	core.timer = CLOCK_NEVER;
	if (timer_exists())
		arch_timer_set(CLOCK_NEVER);
}

uint64_t timer_hz(void) { return timer.hz; }

bool timer_exists(void)
{
	return timer.hz != 0 && arch_timer();
}

void timer_line_set(uint64_t time)
{
	timer.line = time;
	core.retime = true;
}

void timer_set(void)
{
	uint64_t budget = budget_next(), next = budget < timer.line ? budget : timer.line;

	core.retime = false;
	if (next == core.timer)
		return;
	core.timer = next;
	arch_timer_set(next);
}

void timer_deliver(void)
{
	uint64_t now;

	if (core.timer == CLOCK_NEVER)
		return;
	now = arch_clock();
	budget_deliver(now);
	if (timer.line <= now) {
		timer_line_set(CLOCK_NEVER);
		irq_timer_deliver();
	}
}
