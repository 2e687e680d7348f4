/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Page tables below the root.  A table of level L is entered in one of level L + 1; the root has level
 * ARCH_TABLE_LEVELS, and tables of level 1 hold 4 KiB pages.
 */
#pragma once
#include "space.h"

/* Enters the table: ERR_ok, bad_argument, bad_address, mapped or no_table. */
enum error page_table_map(struct capability *table, struct space *space, uint64_t address, uint64_t level);

/*
 * Takes the table out, if it is in one, and makes it empty.  What was mapped through it is so no longer, although the
 * capabilities of those pages and tables keep their records until they are unmapped.
 */
void page_table_release(struct capability *table);
