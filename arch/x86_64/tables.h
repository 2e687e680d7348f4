/* SPDX-License-Identifier: BSD-2-Clause -- the kernel's own page tables, for boot.c. */
#pragma once
#include "arch.h"

/*
 * Builds and loads the final tables: the kernel's image, each part with its own rights, and the direct map of all RAM
 * and, uncached, of one page for each of some devices.
 * Takes pages behind the image for them, and adds them and the image to info->reserved; sets info->mapped_end.
 */
void tables_init(struct boot_info *info, const uint64_t device[], unsigned devices);
