/* SPDX-License-Identifier: BSD-2-Clause -- the interrupt controller, for boot.c. */
#pragma once
#include "fdt.h"
#include "arch.h"

/* Finds the PLIC and this hart's context in the tree.  Its registers, which must stay in the direct map; empty: none. */
struct range plic_find(const struct fdt *fdt, uint64_t hart);

/* Disables and masks every line; the registers are mapped. */
void plic_init(void);
