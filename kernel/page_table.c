/* SPDX-License-Identifier: BSD-2-Clause -- mapping page tables (page_table.h). */
#include "page_table.h"
#include "invoke.h"
#include "space.h"

/* The entry that points to this very table, or NULL: one above may have been taken out before. */
static uint64_t *entry_of(const struct capability *slot)
{
	for (unsigned level = ARCH_TABLE_LEVELS - 1; level >= 1; level--) {
		uint64_t *entry = space_entry(slot->space, slot->badge, level);

		if (!entry)
			return NULL;
		if (arch_entry_present(*entry) && arch_entry_is_table(*entry, level) &&
		    arch_entry_physical(*entry) == arch_to_physical(capability_object(slot)))
			return entry;
	}
	return NULL;
}

void page_table_release(struct capability *slot)
{
	uint64_t *entry;

	if (!slot->space)
		return;
	entry = entry_of(slot);
	if (entry) {
		arch_entry_write(entry, 0);
		space_tlb_invalidate(slot->space);              /* all that was mapped below, and what the walker cached */
	}
	space_mapping_remove(slot);
}

/* The last is written with the machine's barrier: no table walker may see the table entered and its old entries. */
static void clear(uint64_t *table)
{
#pragma clang loop unroll_count(8)
	for (unsigned i = 0; i < TABLE_ENTRIES - 1; i++)
		table[i] = 0;
	arch_entry_write(&table[TABLE_ENTRIES - 1], 0);
}

enum error method_page_table_map(struct invocation *invocation)
{
	struct capability *slot = invocation->slot, *space_slot;
	uint64_t address = invocation->word[1], level = invocation->word[2], *entry;
	struct space *space;
	enum error error = argument_slot(invocation->caller, invocation->word[0], OBJECT_space, RIGHT_space_map, &space_slot);

	if (error != ERR_ok)
		return error;
	if (slot->space)
		return ERR_mapped;
	if (level < 1 || level >= ARCH_TABLE_LEVELS)
		return ERR_bad_argument;
	if (!space_address_ok(address, PAGE_BITS))
		return ERR_bad_address;
	space = capability_object(space_slot);
	entry = space_entry(space, address, (unsigned)level);
	if (!entry)
		return space_why_no_entry(space, address);
	if (arch_entry_present(*entry))
		return ERR_mapped;

	/* What was mapped through it elsewhere may be another's memory by now: nobody could find those entries to clear. */
	clear(capability_object(slot));
	arch_entry_write(entry, arch_entry_table(arch_to_physical(capability_object(slot))));
	space_mapping_add(space, slot, address);
	return ERR_ok;
}

enum error method_page_table_unmap(struct invocation *invocation)
{
	if (!invocation->slot->space)
		return ERR_not_mapped;
	page_table_release(invocation->slot);
	return ERR_ok;
}
