/* SPDX-License-Identifier: BSD-2-Clause -- address spaces (space.h); their tags are space_tag.c's. */
#include "space.h"
#include "thread.h"

void space_init(struct space *space)
{
	arch_root_init(space->root);
}

uint64_t *space_entry(struct space *space, uint64_t address, unsigned level)
{
	uint64_t *table = space->root;

	for (unsigned at = ARCH_TABLE_LEVELS - 1; ; at--) {
		uint64_t *entry = &table[address >> (PAGE_BITS + at * LEVEL_BITS) & (TABLE_ENTRIES - 1)];

		if (at == level)
			return entry;
		if (!arch_entry_present(*entry) || !arch_entry_is_table(*entry, at))
			return NULL;
		table = arch_to_virtual(arch_entry_physical(*entry));
	}
}

enum error space_why_no_entry(struct space *space, uint64_t address)
{
	for (unsigned level = ARCH_TABLE_LEVELS - 1; level >= 1; level--) {
		const uint64_t *entry = space_entry(space, address, level);

		if (entry && arch_entry_present(*entry) && !arch_entry_is_table(*entry, level))
			return ERR_mapped;
	}
	return ERR_no_table;
}

enum error space_map_page(struct space *space, uint64_t address, uint64_t physical, unsigned map_rights, unsigned level)
{
	uint64_t *entry = space_entry(space, address, level);

	if (!entry)
		return space_why_no_entry(space, address);
	if (arch_entry_present(*entry))
		return ERR_mapped;
	arch_entry_write(entry, arch_entry_page(physical, map_rights, level));
	return ERR_ok;
}

enum error space_map_table(struct space *space, uint64_t address, uint64_t physical)
{
	for (unsigned level = ARCH_TABLE_LEVELS - 1; level >= 1; level--) {
		uint64_t *entry = space_entry(space, address, level);

		if (!arch_entry_present(*entry)) {
			arch_entry_write(entry, arch_entry_table(physical));
			return ERR_ok;
		}
	}
	return ERR_mapped;
}

void space_mapping_add(struct space *space, struct capability *slot, uint64_t address)
{
	slot->space = space;
	slot->badge = address;
	slot->space_prev = NULL;
	slot->space_next = space->mappings;
	if (space->mappings)
		space->mappings->space_prev = slot;
	space->mappings = slot;
}

void space_mapping_remove(struct capability *slot)
{
	if (slot->space_prev)
		slot->space_prev->space_next = slot->space_next;
	else
		slot->space->mappings = slot->space_next;
	if (slot->space_next)
		slot->space_next->space_prev = slot->space_prev;
	slot->space = NULL;
	slot->space_next = slot->space_prev = NULL;
	slot->badge = 0;
}

void space_mapping_moved(struct capability *slot)
{
	if (slot->space_prev)
		slot->space_prev->space_next = slot;
	else
		slot->space->mappings = slot;
	if (slot->space_next)
		slot->space_next->space_prev = slot;
}

enum progress space_destroy_step(struct space *space)
{
	if (space->threads) {
		thread_space_clear(space->threads);
		return PROGRESS_more;
	}
	if (space->mappings) {                          /* its tables go with it: nothing to unmap, only to forget */
		space_mapping_remove(space->mappings);
		return PROGRESS_more;
	}
	space_tag_drop(space);
	return PROGRESS_done;
}
