/* SPDX-License-Identifier: BSD-2-Clause -- mapping frames (frame.h). */
#include "frame.h"
#include "invoke.h"
#include "space.h"

/* The level of the table whose entries map a frame whole. */
static unsigned level_of(const struct capability *slot)
{
	return (slot->size_bits - PAGE_BITS) / LEVEL_BITS;
}

/* The entry that maps it, or NULL: a page table above may have been taken out before. */
static uint64_t *entry_of(const struct capability *slot)
{
	uint64_t *entry = space_entry(slot->space, slot->badge, level_of(slot));

	if (entry && arch_entry_present(*entry) && !arch_entry_is_table(*entry, level_of(slot)) &&
	    arch_entry_physical(*entry) == arch_to_physical(capability_object(slot)))
		return entry;
	return NULL;
}

static void unmap(struct capability *slot)
{
	uint64_t *entry = entry_of(slot);

	if (entry) {
		arch_entry_write(entry, 0);
		space_tlb_invalidate_page(slot->space, slot->badge);
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

/* Rights that a mapping through this capability may have; a device's are uncached. */
static enum error check_rights(const struct capability *slot, uint64_t *rights)
{
	if (!(*rights & MAP_read) || *rights >> 4)
		return ERR_bad_argument;
	if (*rights & ~allowed(slot))
		return ERR_no_right;
	if (slot->flags & CAPABILITY_device)
		*rights |= MAP_uncached;
	return ERR_ok;
}

/*
 * Instructions that were written to a page are seen once it is mapped executable.  To go through a larger frame takes
 * too long for one step: whoever wrote instructions there says where (frame.unify), and all that anybody else left
 * there was cleared, and seen to be, when the frame was made (untyped.c).
 */
static void sync_page(const struct capability *slot, uint64_t rights)
{
	if (rights & MAP_execute && level_of(slot) == 0)
		arch_sync_instructions(capability_object(slot), PAGE_BYTES);
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
	if (!space_address_ok(address, slot->size_bits))
		return ERR_bad_address;
	error = level_of(slot) > arch_page_level_max() ? ERR_bad_argument : check_rights(slot, &rights);
	if (error != ERR_ok)
		return error;
	space = capability_object(space_slot);
	error = space_map_page(space, address, arch_to_physical(capability_object(slot)), (unsigned)rights, level_of(slot));
	if (error != ERR_ok)
		return error;
	sync_page(slot, rights);
	space_mapping_add(space, slot, address);
	return ERR_ok;
}

/* Taken out before it is entered anew: no TLB may see both where cache attributes differ (DDI 0487, D8.14.1). */
enum error method_frame_remap(struct invocation *invocation)
{
	struct capability *slot = invocation->slot;
	uint64_t rights = invocation->word[0], *entry;
	enum error error = check_rights(slot, &rights);

	if (error != ERR_ok)
		return error;
	if (slot->flags & CAPABILITY_buffer || !slot->space)
		return ERR_not_mapped;
	entry = entry_of(slot);
	if (!entry)
		return ERR_no_table;
	sync_page(slot, rights);
	arch_entry_write(entry, 0);
	space_tlb_invalidate_page(slot->space, slot->badge);
	arch_entry_write(entry, arch_entry_page(arch_to_physical(capability_object(slot)), (unsigned)rights, level_of(slot)));
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

/* ---- caches ---- */

enum { CACHE_STEP_BYTES = 16384 };                /* in one step: at most 1024 lines */
enum cache_operation { CACHE_clean, CACHE_clean_invalidate, CACHE_unify };

/* One step; the arguments count on, so that the call made again does what is left. */
static enum error cache_step(struct invocation *invocation, enum cache_operation operation)
{
	struct capability *slot = invocation->slot;
	uint64_t offset = invocation->word[0], bytes = invocation->word[1], size = (uint64_t)1 << slot->size_bits;
	uint64_t step = bytes < CACHE_STEP_BYTES ? bytes : CACHE_STEP_BYTES;
	const void *address;

	if (slot->flags & CAPABILITY_device)
		return ERR_bad_address;
	if (offset > size || bytes > size - offset)
		return ERR_bad_argument;
	address = (const char *)capability_object(slot) + offset;
	if (operation == CACHE_unify)
		arch_sync_instructions(address, step);
	else
		arch_cache_clean(address, step, operation == CACHE_clean_invalidate);
	invocation->word[0] = offset + step;
	invocation->word[1] = bytes - step;
	invocation->restart = bytes > step;
	return ERR_ok;
}

enum error method_frame_clean(struct invocation *invocation) { return cache_step(invocation, CACHE_clean); }
enum error method_frame_clean_invalidate(struct invocation *invocation) { return cache_step(invocation, CACHE_clean_invalidate); }
enum error method_frame_unify(struct invocation *invocation) { return cache_step(invocation, CACHE_unify); }
