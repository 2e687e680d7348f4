/* SPDX-License-Identifier: BSD-2-Clause -- the interrupt controller, for boot.c. */
#pragma once
#include "arch.h"

/*
 * Where its registers are: the distributor; and of version 2 the processor interface, of version 3 the redistributors.  A
 * Raspberry Pi has none, but controllers of its own (bcm2836.h): the cores', and the peripherals'.
 */
enum { VERSION_none = 0, VERSION_bcm2836 = 1 };
struct gic_registers {
	unsigned version;                 /* 2 or 3, or one of the above */
	struct range distributor, other;
};

/* Masks everything, and lets the interface deliver; the registers are mapped. */
void gic_init(const struct gic_registers *registers);

/* Lets one of the core's own interrupts through, which lie below 32.  False: there is no controller. */
bool gic_private_enable(unsigned number);
