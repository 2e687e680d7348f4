/* SPDX-License-Identifier: BSD-2-Clause -- what the boot loader says, whichever it is. */
#pragma once
#include "arch.h"

enum { LOADER_PVH = 0x336ec578, LOADER_MULTIBOOT2 = 0x36d76289, COMMAND_LINE_MAX = 256 };

/*
 * Fills memory, archive and command_line, and the archive's place into reserved.  Everything is copied: the loader's
 * own structures may be overwritten afterwards.  Returns the physical address of ACPI's root pointer, or 0.
 * Stops if the number is no loader's that we know.
 */
uint64_t loader_read(uint64_t magic, uint64_t information, struct boot_info *info);

/* Appends to the list unless it is empty, and of memory, full: what has no room stays unused.  Too many reserved: a panic. */
void memory_add(struct boot_info *info, uint64_t start, uint64_t end);
void reserved_add(struct boot_info *info, uint64_t start, uint64_t end);
