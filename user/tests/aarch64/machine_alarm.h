/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A device that interrupts: the PL031 (DDI 0224) of QEMU's virt machine, a clock that counts seconds.  Its line stays up
 * until it is told otherwise.
 */
#pragma once
#include <stdint.h>

enum { ALARM_PHYSICAL = 0x9010000, ALARM_LINE = 32 + 2, ALARM_STAYS = 1 };
enum { RTC_NOW = 0, RTC_MATCH = 1, RTC_MASK = 4, RTC_QUIET = 7 };

typedef volatile uint32_t *alarm_device;

static inline void alarm_quiet(alarm_device device) { device[RTC_QUIET] = 1; }

/* Raises the line in a while: at the end of this second. */
static inline void alarm_set(alarm_device device)
{
	device[RTC_MASK] = 1;
	device[RTC_MATCH] = device[RTC_NOW] + 1;
}
