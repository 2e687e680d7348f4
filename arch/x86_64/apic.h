/* SPDX-License-Identifier: BSD-2-Clause -- interrupt controllers: the local APIC, and the I/O APICs beside it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct acpi;

/*
 * Switches on the local APIC; false: the processor has none.  Its registers are mapped, if they are memory.
 * as_memory: not as x2APIC, unless the firmware has switched that on already, or there is no address.
 */
bool local_apic_init(uint32_t physical, bool as_memory);
bool local_apic_is_x2(void);
uint32_t local_apic_id(void);
void local_apic_end(void);                        /* of the interrupt that was taken */

/* The timer: which entry of the local vector table it has, and its count, which goes down to 0 and interrupts then. */
enum { LOCAL_TIMER_MASKED = 1 << 16, LOCAL_TIMER_DEADLINE = 2 << 17 };
void local_apic_timer_entry(uint32_t entry);
void local_apic_timer_count(uint32_t count);
uint32_t local_apic_timer_left(void);

/* Masks all pins; without a local APIC there are none.  Their registers are mapped. */
void io_apic_init(const struct acpi *acpi);

/* The vector of the last interrupt, until it is claimed; 0: none. */
extern uint64_t interrupt_vector;

/* entry.S: waits, with interrupts on for that moment only, for one, whose vector it leaves in interrupt_vector. */
void idle_wait(void);
