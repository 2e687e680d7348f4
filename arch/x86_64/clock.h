/* SPDX-License-Identifier: BSD-2-Clause -- interrupts by the clock, for boot.c and the interrupt controllers' driver. */
#pragma once
#include <stdint.h>

/* Lets the local APIC, which was found, interrupt by the time stamp counter, whose frequency this is. */
void clock_init(uint64_t hz);

/* The timer's interrupt came: where it is counted, perhaps too early. */
void clock_interrupt(void);
