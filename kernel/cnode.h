/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CNodes: a power-of-two array of capability slots, and nothing else; what describes one is in its capabilities.
 */
#pragma once
#include "capability.h"

static inline uint64_t cnode_slots(const struct capability *cnode)
{
	return (uint64_t)1 << (cnode->size_bits - SIZE_BITS_slot);
}

/* A slot of the CNode that a capability names, or NULL if it has no such slot. */
static inline struct capability *cnode_slot(const struct capability *cnode, uint64_t index)
{
	return index < cnode_slots(cnode) ? (struct capability *)capability_object(cnode) + index : NULL;
}

/*
 * One bounded step of looking for something in a CNode that dies, from the cursor of its original capability on; the
 * original itself is passed over, should it lie in its own CNode.  PROGRESS_done: *content is what was found, or NULL if
 * the CNode is empty.
 */
enum progress cnode_content_step(struct capability *original, struct capability **content);
