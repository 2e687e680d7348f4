/* SPDX-License-Identifier: BSD-2-Clause -- mapping frames (frame.h). */
#include "frame.h"
#include "invoke.h"
#include "space.h"

/* Takes the page out, if the entry is still this frame's: a page table above may have been taken out before. */
static void unmap(struct capability *slot)
{
	uint64_t *entry = space_entry(slot->space, slot->badge, 0);

	if (entry && arch_entry_present(*entry) &&
	    arch_entry_physical(*entry) == arch_to_physical(capability_object(slot))) {
		arch_entry_write(entry, 0);
		arch_tlb_invalidate_page(slot->badge, slot->space->tag);
	}
	space_mapping_remove(slot);
}

void frame_release(struct capability *slot)
{
	if (slot->flags & CAPABILITY_buffer)
		thread_buffer_clear(slot->thread);
	else if (slot->space)
		unmap(slot);
}

/* The capability's rights as those that a mapping may have; cache attributes are nobody's privilege. */
static uint64_t allowed(const struct capability *slot)
{
	return (capability_has(slot, RIGHT_frame_read) ? MAP_read : 0u) |
	       (capability_has(slot, RIGHT_frame_write) ? MAP_write : 0u) |
	       (capability_has(slot, RIGHT_frame_execute) ? MAP_execute : 0u) | MAP_uncached;
}

enum error method_frame_map(struct invocation *invocation)
{
	struct capability *slot = invocation->slot, *space_slot;
	uint64_t address = invocation->word[1], rights = invocation->word[2];
	struct space *space;
	enum error error = argument_slot(invocation->caller, invocation->word[0], OBJECT_space, RIGHT_space_map, &space_slot);

	if (error != ERR_ok)
		return error;
	if (slot->flags & CAPABILITY_buffer || slot->space)
		return ERR_mapped;
	if (!space_address_ok(address))
		return ERR_bad_address;
	if (!(rights & MAP_read) || rights >> 4)
		return ERR_bad_argument;
	if (rights & ~allowed(slot))
		return ERR_no_right;
	if (slot->flags & CAPABILITY_device)
		rights |= MAP_uncached;
	space = capability_object(space_slot);
	error = space_map_page(space, address, arch_to_physical(capability_object(slot)), (unsigned)rights);
	if (error != ERR_ok)
		return error;
	if (rights & MAP_execute)
		arch_sync_instructions(capability_object(slot), PAGE_BYTES);
	space_mapping_add(space, slot, address);
	return ERR_ok;
}

enum error method_frame_unmap(struct invocation *invocation)
{
	struct capability *slot = invocation->slot;

	if (!(slot->flags & CAPABILITY_buffer) && !slot->space)
		return ERR_not_mapped;
	frame_release(slot);
	return ERR_ok;
}
