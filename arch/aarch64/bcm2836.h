/* SPDX-License-Identifier: BSD-2-Clause -- the Raspberry Pi's interrupt controllers, for gic.c. */
#pragma once
#include "arch.h"

/* Masks everything; the registers are mapped: those of the cores, and those of the peripherals. */
void bcm2836_init(struct range local, struct range peripherals);

/* Lets the virtual timer of this core through. */
void bcm2836_timer_enable(void);

/* A pending line, now masked; the virtual timer is BCM2836_TIMER; BCM2836_NONE: there is none. */
enum { BCM2836_TIMER = 27, BCM2836_LINE_FIRST = 32, BCM2836_LINE_END = 96, BCM2836_NONE = 1023 };
uint32_t bcm2836_claim(void);

void bcm2836_unmask(unsigned line);
void bcm2836_mask(unsigned line);
