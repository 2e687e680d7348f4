/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A device that interrupts: channel 0 of the PC's 8254 timer, through I/O ports.  In mode 0 its line goes down when a
 * count is set, and up when that is counted down, and stays there: good for level and for edge.  It cannot be silenced;
 * the longest count takes 55 ms.
 */
#pragma once
#include "invocations.h"
#include "print.h"
#include "runtime.h"

enum { ALARM_PHYSICAL = 0, ALARM_LINE = 2, ALARM_COUNT = 5965, ALARM_STAYS = 1 };          /* 5 ms; ISA's interrupt 0 is line 2 */
enum { TIMER_PORT = 0x40, TIMER_MODE_PORT = 0x43, TIMER_ONE_SHOT = 0x30 };

typedef volatile uint32_t *alarm_device;

static inline void alarm_count(unsigned count)
{
	must(io_ports_out(BOOT_SLOT_io_ports, TIMER_MODE_PORT, 1, TIMER_ONE_SHOT));
	must(io_ports_out(BOOT_SLOT_io_ports, TIMER_PORT, 1, count & 0xff));
	must(io_ports_out(BOOT_SLOT_io_ports, TIMER_PORT, 1, count >> 8));
}

static inline void alarm_quiet(alarm_device device)
{
	(void)device;
	alarm_count(0);
}

/* Raises the line in a while. */
static inline void alarm_set(alarm_device device)
{
	(void)device;
	alarm_count(ALARM_COUNT);
}
