/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Memory while the kernel starts: takes what the first task needs from the RAM that the machine described, and hands
 * out the rest as aligned powers of two.
 */
#pragma once
#include <stdbool.h>
#include "arch.h"

/* Subtracts what is reserved from what there is.  Stops if nothing is left. */
void boot_memory_init(const struct boot_info *info);

/* Cleared memory of 2^size_bits bytes, aligned to its size; kernel address.  Stops if there is none. */
void *boot_memory_take(unsigned size_bits);

/* Calls give for every piece of RAM left and of the boot text, largest possible pieces, and for every device range that is page aligned. */
void boot_memory_give_rest(const struct boot_info *info, void (*give)(uint64_t physical, unsigned size_bits, bool device));
