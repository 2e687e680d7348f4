/* SPDX-License-Identifier: BSD-2-Clause -- capability addresses (kernel/cspace.c). */
#include "harness.h"
#include "cspace.c"

enum { SLOTS_MAX = 1 << (SIZE_BITS_cnode_max - SIZE_BITS_slot) };
static struct capability slots[SLOTS_MAX];

/* Any capability to a CNode of any size, as the invariant has them. */
static struct capability any_cnode(void)
{
	ANY(struct capability, cnode);
	ANY(unsigned, kind);
	ASSUME(kind <= KIND_MASK);
	ASSUME(cnode.size_bits >= SIZE_BITS_cnode_min && cnode.size_bits <= SIZE_BITS_cnode_max);
	ASSUME(guard_bits(cnode.guard) <= GUARD_BITS_MAX);
	ASSUME(guard_value(cnode.guard) < (uint64_t)1 << guard_bits(cnode.guard));
	cnode.object = object_pack(slots, (enum object_kind)kind);
	return cnode;
}

/* A step finds the slot of the index that the address names, or none; what it leaves with what it took is the address. */
void lookup_step(void)
{
	struct capability cnode = any_cnode();
	ANY(uint64_t, address);
	uint64_t rest = address, index, guard;
	struct capability *slot = level(&cnode, &rest);
	unsigned bits = guard_bits(cnode.guard), index_bits = cnode.size_bits - SIZE_BITS_slot;

	guard = address & (((uint64_t)1 << bits) - 1);
	if (!slot) {
		HOLDS(rest == address);
		HOLDS(capability_kind(&cnode) != OBJECT_cnode || !(cnode.rights & RIGHT_cnode_modify) ||
		      guard != guard_value(cnode.guard));
	} else {
		index = (uint64_t)(slot - slots);
		HOLDS(index < (uint64_t)1 << index_bits);
		HOLDS(guard == guard_value(cnode.guard));
		HOLDS(capability_kind(&cnode) == OBJECT_cnode && cnode.rights & RIGHT_cnode_modify);
		HOLDS(((unsigned __int128)rest << (bits + index_bits) | (unsigned __int128)index << bits | guard) == address);
	}
	REACHED();
}

static struct capability first[4], second[4];

static struct capability any_small(struct capability *of)
{
	ANY(struct capability, small);
	ANY(unsigned, kind);
	ASSUME(kind <= KIND_MASK);
	ASSUME(guard_bits(small.guard) <= GUARD_BITS_MAX);
	small.size_bits = SIZE_BITS_slot + 2;
	small.object = object_pack(of, (enum object_kind)kind);
	return small;
}

/* However two CNodes hold each other and themselves, a lookup ends, and at a slot of one of them. */
void lookup_ends(void)
{
	struct thread thread = { .cnode = first, .cnode_mask = 3 };
	struct capability *slot;
	ANY(uint64_t, address);
	ANY(bool, which);

	for (unsigned i = 0; i < 4; i++) {
		first[i] = any_small(which ? first : second);
		second[i] = any_small(i & 1 ? first : second);
	}
	slot = cspace_lookup(&thread, address);
	HOLDS(!slot || __CPROVER_same_object(slot, first) || __CPROVER_same_object(slot, second));
	HOLDS(!slot || __CPROVER_POINTER_OFFSET(slot) < sizeof(first));
	HOLDS(address > 3 || slot == &first[address]);
	REACHED();
}
