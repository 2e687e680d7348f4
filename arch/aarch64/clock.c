/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The virtual timer (DDI 0487, D12): it raises its interrupt for as long as the counter has reached the compare value, so
 * that setting another value takes the interrupt back.  start.S has set the offset to 0.
 */
#include "arch.h"
#include "clock.h"
#include "registers.h"

enum { CONTROL_ENABLE = 1 };

static unsigned number;

BOOT_TEXT void clock_init(unsigned interrupt) { number = interrupt; }
unsigned clock_interrupt_number(void)         { return number; }
bool arch_timer(void)               { return number != 0; }

/* The barrier: or it may be read before what comes before it. */
uint64_t arch_clock(void)
{
	__asm__ volatile("isb" : : : "memory");
	return READ_SYSTEM(cntvct_el0);
}

void arch_timer_set(uint64_t time)
{
	if (time == CLOCK_NEVER) {
		WRITE_SYSTEM(cntv_ctl_el0, 0);
	} else {
		WRITE_SYSTEM(cntv_cval_el0, time);
		WRITE_SYSTEM(cntv_ctl_el0, CONTROL_ENABLE);
	}
	__asm__ volatile("isb" : : : "memory");
}
