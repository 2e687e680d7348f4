/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A device that interrupts by messages: the second comparator of the HPET ("IA-PC HPET Specification" 1.0a, sections
 * 2.3.4 to 2.3.9, "FSB interrupts"), if it says that it can (QEMU: hpet.msi=on).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { MESSENGER_PHYSICAL = 0xfed00000 };
enum { HPET_ENABLE = 2, HPET_COUNTER = 30, HPET_TIMER = 36, HPET_COMPARATOR = 37, HPET_MESSAGE = 38, HPET_INTERRUPT = 1 << 2,
       HPET_BY_MESSAGE = 1 << 14, HPET_CAN_MESSAGE = 1 << 15, HPET_TICKS = 10 * 1000 };

typedef volatile uint64_t *messenger_device;

static inline bool messenger_can(messenger_device device) { return device[HPET_TIMER] & HPET_CAN_MESSAGE; }

static inline void messenger_tell(messenger_device device, uint64_t address, uint64_t data)
{
	device[HPET_TIMER] = 0;
	device[HPET_COMPARATOR] = INT64_MAX;              /* not a time that is over */
	device[HPET_MESSAGE] = address << 32 | data;
	device[HPET_TIMER] = HPET_INTERRUPT | HPET_BY_MESSAGE;
	device[HPET_ENABLE] = 1;
}

/* Sends the message in a while (100 microseconds), once; whether it has, for some time. */
static inline void messenger_send(messenger_device device) { device[HPET_COMPARATOR] = device[HPET_COUNTER] + HPET_TICKS; }
static inline bool messenger_sent(messenger_device device) { return device[HPET_COUNTER] > device[HPET_COMPARATOR] + HPET_TICKS; }

static inline void messenger_quiet(messenger_device device) { device[HPET_TIMER] = 0; }
