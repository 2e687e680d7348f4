/* SPDX-License-Identifier: BSD-2-Clause -- a clock that a unit test moves, and its timer (host.h). */
#include "arch.h"
#include "host.h"

uint64_t arch_clock(void) { return host.clock; }
bool arch_timer(void)     { return !host.no_timer; }

void arch_timer_set(uint64_t time)
{
	host.timer = time;
	host.timer_writes++;
}
