/* SPDX-License-Identifier: BSD-2-Clause -- slots and the derivation tree (capability.h). */
#include "capability.h"
#include "cnode.h"
#include "object.h"
#include "space.h"
#include "thread.h"

uint32_t rights_of(enum object_kind kind)
{
	uint32_t rights = 0;

#define RIGHT(of, bit, name, summary) rights |= kind == OBJECT_##of ? RIGHT_##of##_##name : 0u;
#include "right.def"
#undef RIGHT
	return rights;
}

void capability_insert(struct capability *slot, struct capability *parent, const struct capability *value)
{
	*slot = *value;
	slot->depth = parent ? (uint8_t)(parent->depth + 1) : 0;
	slot->prev = parent;
	slot->next = parent ? parent->next : NULL;
	if (slot->next)
		slot->next->prev = slot;
	if (parent)
		parent->next = slot;
}

enum error capability_derive(struct capability *to, struct capability *from, uint64_t rights, uint64_t badge)
{
	struct capability copy = {
		.object = from->object, .rights = from->rights & (uint32_t)(rights & UINT32_MAX),
		.nesting = from->nesting, .size_bits = from->size_bits, .flags = from->flags & CAPABILITY_device,
	};

	/*
	 * An untyped's watermark is in its capability.  A page table in two places would leave pages in one's TLB that the
	 * other unmaps; at two levels, user memory would be read as a table.
	 */
	if (capability_kind(from) == OBJECT_untyped || capability_kind(from) == OBJECT_page_table)
		return ERR_immovable;
	if (from->depth == DEPTH_MAX)
		return ERR_too_deep;
	if (capability_kind(from) == OBJECT_cnode)
		copy.guard = badge;
	else
		copy.badge = badge;
	capability_insert(to, from, &copy);
	return ERR_ok;
}

bool capability_has_children(const struct capability *slot)
{
	return slot->next && slot->next->depth > slot->depth;
}

/* Those who point to a slot from outside the tree: its mapping's neighbours, a thread's buffer, a list of threads. */
static void repoint(struct capability *to)
{
	if (to->flags & CAPABILITY_buffer)
		to->thread->buffer_slot = to;
	else if (capability_kind(to) == OBJECT_cnode && to->threads)
		to->threads->cnode_link = &to->threads;
	else if ((capability_kind(to) == OBJECT_frame || capability_kind(to) == OBJECT_page_table) && to->space)
		space_mapping_moved(to);
}

void capability_move(struct capability *to, struct capability *from)
{
	*to = *from;
	if (to->prev)
		to->prev->next = to;
	if (to->next)
		to->next->prev = to;
	*from = (struct capability){ 0 };
	repoint(to);
}

void capability_remove(struct capability *slot)
{
	if (slot->prev)
		slot->prev->next = slot->next;
	if (slot->next)
		slot->next->prev = slot->prev;
	*slot = (struct capability){ 0 };
}

/* The end of the chain of first children; at most DEPTH_MAX steps. */
static struct capability *first_leaf(struct capability *slot)
{
	while (capability_has_children(slot))
		slot = slot->next;
	return slot;
}

/*
 * What must go before slot can: the first leaf of its descendants, and if that is the first capability of a CNode with
 * something in it, the same of that.  Everything on this way was made later and is nested deeper than what stands
 * before it, for untypeds and CNodes do not move; so the way ends, after at most NESTING_MAX rounds.
 * NULL: a bounded part of the CNodes was searched, and more is to be searched.
 */
static struct capability *first_to_go(struct capability *slot, bool self)
{
	struct capability *leaf = first_leaf(slot), *content;
	unsigned slots = SEARCH_SLOTS;           /* that may still be searched, of all CNodes on the way */

	while ((leaf != slot || self) && cnode_first_content(leaf, &content, &slots)) {
		if (!content)
			return NULL;
		leaf = first_leaf(content);
	}
	return leaf;
}

enum progress capability_delete_step(struct capability *slot, bool self)
{
	struct capability *leaf;

	if (capability_empty(slot))
		return PROGRESS_done;
	leaf = first_to_go(slot, self);
	if (!leaf)
		return PROGRESS_more;
	if (leaf == slot && !self)
		return PROGRESS_done;
	if (object_destroy_step(leaf) == PROGRESS_more)
		return PROGRESS_more;
	capability_remove(leaf);
	return leaf == slot ? PROGRESS_done : PROGRESS_more;
}
