/* SPDX-License-Identifier: BSD-2-Clause
 *
 * In large pages, so that what it empties is caches and not, before all else, the TLB.
 */
#include "working_set.h"
#include "invocations.h"
#include "print.h"
#include "runtime.h"

enum { LINE_BYTES = 64, KIB_MAX = 64 << 10 };
#define FRAME_BYTES ((uint64_t)1 << SIZE_BITS_frame_large)

static uint64_t begin, end;

/* Maps a large frame, making the tables that are missing above it. */
static void map(uint64_t frame, uint64_t address)
{
	uint64_t table = 0;
	for (uint64_t level = boot->table_levels - 1; level >= 2; level--) {
		if (!table)
			table = pool_make(&pool, OBJECT_page_table, SIZE_BITS_page_table);
		enum error error = page_table_map(table, BOOT_SLOT_space, address, level);
		must_be(error == ERR_ok || error == ERR_mapped);
		if (error == ERR_ok)
			table = 0;
	}
	must(frame_map(frame, BOOT_SLOT_space, address, MAP_read | MAP_write));
}

void working_set_make(uint64_t kib)
{
	must_be(kib <= KIB_MAX);
	if (!kib)
		return;
	uint64_t bytes = kib << 10, frames = (bytes + FRAME_BYTES - 1) / FRAME_BYTES;
	begin = (address_take((frames + 1) * FRAME_BYTES / PAGE_BYTES) + FRAME_BYTES - 1) & -FRAME_BYTES;
	end = begin + bytes;
	for (uint64_t i = 0; i < frames; i++)
		map(pool_make(&pool, OBJECT_frame, SIZE_BITS_frame_large), begin + i * FRAME_BYTES);
}

uint64_t working_set_kib(void) { return (end - begin) >> 10; }

void working_set_touch(void)
{
	for (uint64_t address = begin; address < end; address += LINE_BYTES)
		(*(volatile uint64_t *)address)++;
}
