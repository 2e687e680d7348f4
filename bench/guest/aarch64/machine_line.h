/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A line that a program can raise: the PL031 clock (DDI 0224) of QEMU's virt machine, which matches when it is set to
 * what it shall match.
 */
#pragma once
#include <stdint.h>

enum { LINE_PHYSICAL = 0x9010000, LINE_NUMBER = 32 + 2 };
enum { RTC_MATCH = 1, RTC_SET = 2, RTC_MASK = 4, RTC_QUIET = 7, RTC_TIME = 0x40000000 };

typedef volatile uint32_t *line_device;

static inline void line_init(line_device device)
{
	device[RTC_MATCH] = RTC_TIME;
	device[RTC_SET] = RTC_TIME / 2;
	device[RTC_QUIET] = 1;
	device[RTC_MASK] = 1;
}

static inline void line_raise(line_device device) { device[RTC_SET] = RTC_TIME; }
static inline void line_quiet(line_device device) { device[RTC_QUIET] = 1; }
