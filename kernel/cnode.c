/* SPDX-License-Identifier: BSD-2-Clause -- CNodes and their methods (cnode.h). */
#include "cnode.h"
#include "invoke.h"

enum { SEARCH_SLOTS = 128 };                     /* in one step */

bool cnode_first_content(struct capability *slot, struct capability **content, enum progress *progress)
{
	struct capability *slots = capability_object(slot);
	uint64_t end;

	if (capability_kind(slot) != OBJECT_cnode || !(slot->flags & CAPABILITY_original) || slot->threads)
		return false;                    /* threads lose their CSpace first: object_destroy_step */
	slot->rights = 0;
	end = slot->badge + SEARCH_SLOTS < cnode_slots(slot) ? slot->badge + SEARCH_SLOTS : cnode_slots(slot);
	for (; slot->badge < end; slot->badge++) {
		if (capability_empty(&slots[slot->badge]))
			continue;
		*content = &slots[slot->badge];
		*progress = PROGRESS_done;
		return true;
	}
	*progress = PROGRESS_more;
	return slot->badge < cnode_slots(slot);
}

/* The empty slot that the first argument names, and the capability of the second. */
static enum error copy_slots(struct invocation *invocation, struct capability **to, struct capability **from)
{
	*to = cnode_slot(invocation->slot, invocation->word[0]);
	*from = cspace_lookup(invocation->caller, invocation->word[1]);
	if (!*to)
		return ERR_bad_argument;
	if (!*from || capability_empty(*from))
		return ERR_no_cap;
	return capability_empty(*to) ? ERR_ok : ERR_slot_taken;
}

enum error method_cnode_copy(struct invocation *invocation)
{
	struct capability *to, *from;
	enum error error = copy_slots(invocation, &to, &from);

	if (error != ERR_ok)
		return error;
	return capability_derive(to, from, invocation->word[2], capability_copy_badge(from));
}

enum error method_cnode_mint(struct invocation *invocation)
{
	struct capability *to, *from;
	enum error error = copy_slots(invocation, &to, &from);

	if (error != ERR_ok)
		return error;
	if (!capability_badged(from))
		return ERR_wrong_kind;
	if (from->badge)
		return ERR_bad_argument;
	return capability_derive(to, from, invocation->word[2], invocation->word[3]);
}

enum error method_cnode_move(struct invocation *invocation)
{
	struct capability *to, *from;
	enum error error = copy_slots(invocation, &to, &from);

	if (error != ERR_ok)
		return error;
	if (capability_kind(from) == OBJECT_untyped ||
	    (capability_kind(from) == OBJECT_cnode && from->flags & CAPABILITY_original))
		return ERR_immovable;
	capability_move(to, from);
	return ERR_ok;
}

/* One step; the system call is made again until nothing is left. */
static enum error delete(struct invocation *invocation, bool self)
{
	struct capability *slot = cnode_slot(invocation->slot, invocation->word[0]);

	if (!slot)
		return ERR_bad_argument;
	invocation->restart = capability_delete_step(slot, self) == PROGRESS_more;
	return ERR_ok;
}

enum error method_cnode_delete(struct invocation *invocation) { return delete(invocation, true); }
enum error method_cnode_revoke(struct invocation *invocation) { return delete(invocation, false); }
