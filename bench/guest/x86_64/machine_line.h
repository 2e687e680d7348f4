/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A line that a program can raise: a comparator of the HPET ("IA-PC HPET Specification" 1.0a, section 2.3), set to a time
 * that is over, which interrupts within 10 ns.  QEMU's q35 wires it to lines 16 to 23 of the I/O APIC.
 */
#pragma once
#include <stdint.h>

enum { LINE_PHYSICAL = 0xfed00000, LINE_NUMBER = 20 };
enum { HPET_ENABLE = 2, HPET_STATUS = 4, HPET_COUNTER = 30, HPET_TIMER = 32, HPET_COMPARATOR = 33, HPET_LEVEL = 1 << 1, HPET_INTERRUPT = 1 << 2, HPET_TICKS_SOON = 100 };

typedef volatile uint64_t *line_device;

static inline void line_init(line_device device)
{
	device[HPET_TIMER] = HPET_LEVEL | HPET_INTERRUPT | LINE_NUMBER << 9;
	device[HPET_COMPARATOR] = INT64_MAX;
	device[HPET_STATUS] = 1;
	device[HPET_ENABLE] = 1;
}

/* QEMU looks at the time when a program touches a device; the line is up by the end. */
static inline void line_raise(line_device device)
{
	uint64_t start = device[HPET_COUNTER];
	device[HPET_COMPARATOR] = 0;
	while (device[HPET_COUNTER] - start < HPET_TICKS_SOON)
		;
}

static inline void line_quiet(line_device device) { device[HPET_STATUS] = 1; }
