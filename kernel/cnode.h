/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CNodes: arrays of slots, with nothing beside them.
 */
#pragma once
#include "capability.h"

static inline uint64_t cnode_slots(const struct capability *slot)
{
	return (uint64_t)1 << (slot->size_bits - SIZE_BITS_slot);
}

/* The slot of a CNode by index, or NULL; masked although it was compared (Spectre variant 1). */
static inline struct capability *cnode_slot(const struct capability *slot, uint64_t index)
{
	struct capability *slots = capability_object(slot);

	return index < cnode_slots(slot) ? &slots[index & (cnode_slots(slot) - 1)] : NULL;
}

enum { SEARCH_SLOTS = 128 };                     /* in one step, of all CNodes that lie in each other */

/*
 * For destroying: finds the first capability in the CNode whose first capability this is.  False: there is none, or it
 * is no such capability.  Searches no more slots than it is told, and counts them off there: true without content says
 * that more are to be searched.  From the first search on the capability has no rights, so that nothing new arrives in
 * what was searched.
 */
bool cnode_first_content(struct capability *slot, struct capability **content, unsigned *slots);
