/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CSpaces of more than one CNode.  A capability address is read from its low end:
 *
 *   ... | index, guard | index, guard | index in the root CNode
 *         level 2        level 1        level 0
 *
 * Each CNode takes the bits of its index (the root no others), those below it first the guard that their capability
 * asks for.  The address ends where nothing but zeros is left, however far that is, and names the slot found last.  So
 * an address that the root alone resolves is the index there (thread.h), as the fast paths have it, and no two addresses
 * take the same way.  What would take index 0 behind an empty guard has no address: a CNode that is to be used to the
 * full has a guard other than zero.
 *
 * Looking into a CNode needs the right to modify it, for capabilities that arrive are put there; and a CNode that is
 * being destroyed has lost that (cnode.h).
 */
#include "cnode.h"
#include "thread.h"

enum { CSPACE_LEVELS_MAX = 4, ADDRESS_BITS = 64 };

/* The bits of an address that are left when some were read. */
static uint64_t shift(uint64_t address, unsigned bits)
{
	return bits < ADDRESS_BITS ? address >> bits : 0;
}

/* The slot that the low bits of an address name in a CNode, or NULL; index and bits read are what is masked. */
static struct capability *level(const struct capability *cnode, uint64_t *address)
{
	unsigned index_bits = cnode->size_bits - SIZE_BITS_slot, bits;
	struct capability *slots = capability_object(cnode);
	uint64_t guard = cnode->guard, index;

	if (capability_kind(cnode) != OBJECT_cnode || !capability_has(cnode, RIGHT_cnode_modify))
		return NULL;
	bits = guard_bits(guard);
	if ((*address & (((uint64_t)1 << bits) - 1)) != guard_value(guard))
		return NULL;
	index = shift(*address, bits) & (cnode_slots(cnode) - 1);
	*address = shift(*address, bits + index_bits);
	return &slots[index];
}

struct capability *cspace_lookup_deep(const struct thread *thread, uint64_t address)
{
	struct capability *slot = &thread->cnode[address & thread->cnode_mask];

	address = shift(address, (unsigned)__builtin_popcountll(thread->cnode_mask));
	for (unsigned depth = 1; address && slot && depth < CSPACE_LEVELS_MAX; depth++)
		slot = level(slot, &address);
	return address ? NULL : slot;
}
