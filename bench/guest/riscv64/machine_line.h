/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A line that a program can raise: the goldfish RTC of QEMU's virt machine, whose alarm for a time that is over comes at
 * once.
 */
#pragma once
#include <stdint.h>

enum { LINE_PHYSICAL = 0x101000, LINE_NUMBER = 11 };
enum { RTC_ALARM_LOW = 2, RTC_ALARM_HIGH = 3, RTC_ENABLE = 4, RTC_QUIET = 7 };

typedef volatile uint32_t *line_device;

static inline void line_init(line_device device)
{
	device[RTC_QUIET] = 1;
	device[RTC_ALARM_HIGH] = 0;
	device[RTC_ENABLE] = 1;
}

static inline void line_raise(line_device device) { device[RTC_ALARM_LOW] = 1; }
static inline void line_quiet(line_device device) { device[RTC_QUIET] = 1; }
