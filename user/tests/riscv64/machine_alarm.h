/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A device that interrupts: the goldfish RTC of QEMU's virt machine, which counts nanoseconds.  Its line stays up until
 * it is told otherwise; the PLIC has no triggers to choose.  QEMU's PLIC does not see that a line is still up
 * after its interrupt was completed (ALARM_STAYS 0).
 */
#pragma once
#include <stdint.h>

enum { ALARM_PHYSICAL = 0x101000, ALARM_LINE = 11, ALARM_STAYS = 0, ALARM_WAIT_NS = 5 * 1000 * 1000 };
enum { RTC_LOW = 0, RTC_HIGH = 1, RTC_ALARM_LOW = 2, RTC_ALARM_HIGH = 3, RTC_ENABLE = 4, RTC_CLEAR_ALARM = 5, RTC_QUIET = 7 };

typedef volatile uint32_t *alarm_device;

static inline void alarm_quiet(alarm_device device)
{
	device[RTC_CLEAR_ALARM] = 1;
	device[RTC_QUIET] = 1;
}

/* Raises the line in a while. */
static inline void alarm_set(alarm_device device)
{
	uint64_t now = device[RTC_LOW];
	now = (now | (uint64_t)device[RTC_HIGH] << 32) + ALARM_WAIT_NS;
	device[RTC_ENABLE] = 1;
	device[RTC_ALARM_HIGH] = (uint32_t)(now >> 32);
	device[RTC_ALARM_LOW] = (uint32_t)now;
}
