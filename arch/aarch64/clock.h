/* SPDX-License-Identifier: BSD-2-Clause -- the generic timer, for boot.c and gic.c. */
#pragma once
#include <stdint.h>

/* The core's own interrupt that the virtual timer raises; gic_private_enable() has let it through. */
void clock_init(unsigned number);

/* Its number; 0: there is none. */
unsigned clock_interrupt_number(void);
