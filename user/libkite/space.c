/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Filling address spaces.  A frame is written through the window, while its capability is still mapped nowhere else, and
 * only then mapped executable: frame.map makes instructions written before it visible.
 */
#include "invocations.h"
#include "print.h"
#include "space.h"
#include "string.h"

/* Of program.ld. */
extern const char image_start[], image_text_end[], image_rodata_end[], image_end[];

/*
 * Enters a table for address at every level that lacks one.  A table that turns out to be there already is tried at
 * the next lower level, so that each is made only when needed; at most one is left over, and kept for the next time.
 */
static enum error tables_make(struct pool *from, uint64_t space, uint64_t address)
{
	uint64_t table = 0;
	for (uint64_t level = boot->table_levels - 1; level >= 1; level--) {
		if (!table)
			table = pool_make(from, OBJECT_page_table, SIZE_BITS_page_table);
		enum error error = page_table_map(table, space, address, level);
		if (error == ERR_ok)
			table = 0;
		else if (error != ERR_mapped)
			return error;
	}
	return ERR_ok;
}

enum error space_map(struct pool *from, uint64_t space, uint64_t frame, uint64_t address, uint64_t rights)
{
	enum error error = frame_map(frame, space, address, rights);
	if (error != ERR_no_table)
		return error;
	error = tables_make(from, space, address);
	return error ? error : frame_map(frame, space, address, rights);
}

static struct { uint64_t slot, address; } window;

void window_make(void)
{
	window.slot = pool_slots(&pool, 1);
	window.address = address_take(1);
	must(tables_make(&pool, BOOT_SLOT_space, window.address));
}

void *frame_open(uint64_t frame)
{
	if (!window.slot)
		window_make();
	must(cnode_copy(BOOT_SLOT_cnode, window.slot, frame, RIGHTS_all));
	must(frame_map(window.slot, BOOT_SLOT_space, window.address, MAP_read | MAP_write));
	return (void *)window.address;
}

void frame_close(void)
{
	must(cnode_delete(BOOT_SLOT_cnode, window.slot));
}

uint64_t space_add_page(struct pool *from, uint64_t space, uint64_t address, uint64_t rights, const void *contents, size_t bytes)
{
	uint64_t frame = pool_make(from, OBJECT_frame, SIZE_BITS_frame);
	if (bytes) {
		memcpy(frame_open(frame), contents, bytes);
		frame_close();
	}
	must(space_map(from, space, frame, address, rights));
	return frame;
}

static uint64_t image_rights(uint64_t address)
{
	if (address < (uint64_t)image_text_end)
		return MAP_read | MAP_execute;
	return address < (uint64_t)image_rodata_end ? MAP_read : MAP_read | MAP_write;
}

uint64_t space_clone(struct pool *from)
{
	uint64_t space = pool_make(from, OBJECT_space, SIZE_BITS_space);
	for (uint64_t address = (uint64_t)image_start; address < (uint64_t)image_end; address += PAGE_BYTES)
		space_add_page(from, space, address, image_rights(address), (const void *)address, PAGE_BYTES);
	return space;
}
