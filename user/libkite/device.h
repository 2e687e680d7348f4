/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Memory of devices, from the untypeds of it that the first task has.
 */
#pragma once
#include <stdint.h>

/* A frame of the page of device memory that holds a physical address: its slot, or 0 if no untyped has it (any more). */
uint64_t device_frame(uint64_t physical);

/* The slot of an untyped of device memory of which nothing is taken; 0: there is none. */
uint64_t device_unused(void);
