/* SPDX-License-Identifier: BSD-2-Clause -- CNodes and their methods (cnode.h). */
#include "cnode.h"
#include "endpoint.h"
#include "invoke.h"

bool cnode_first_content(struct capability *slot, struct capability **content, unsigned *slots)
{
	struct capability *contents = capability_object(slot);

	if (capability_kind(slot) != OBJECT_cnode || !(slot->flags & CAPABILITY_original) || slot->threads)
		return false;                    /* threads lose their CSpace first: object_destroy_step */
	slot->rights = 0;
	*content = NULL;
	for (; slot->badge < cnode_slots(slot); slot->badge++) {
		if (!capability_empty(&contents[slot->badge])) {
			*content = &contents[slot->badge];
			return true;
		}
		if (*slots == 0)
			return true;
		--*slots;
	}
	return false;
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

/* Guard bits beyond the guard's width would never match. */
static bool guard_ok(uint64_t guard)
{
	return guard_bits(guard) <= GUARD_BITS_MAX && guard_value(guard) >> guard_bits(guard) == 0;
}

/* An untyped's watermark, and the way that deleting goes through CNodes (first_to_go), depend on where they are. */
static bool is_immovable(const struct capability *slot)
{
	return capability_kind(slot) == OBJECT_untyped ||
	       (capability_kind(slot) == OBJECT_cnode && slot->flags & CAPABILITY_original);
}

enum error method_cnode_copy(struct invocation *invocation)
{
	struct capability *to, *from;
	enum error error = copy_slots(invocation, &to, &from);

	if (error != ERR_ok)
		return error;
	return capability_derive(to, from, invocation->word[2], capability_badge(from));
}

enum error method_cnode_mint(struct invocation *invocation)
{
	struct capability *to, *from;
	enum error error = copy_slots(invocation, &to, &from);

	if (error != ERR_ok)
		return error;
	if (!capability_badged(from) && capability_kind(from) != OBJECT_cnode)
		return ERR_wrong_kind;
	if (capability_badged(from) ? from->badge != 0 : !guard_ok(invocation->word[3]))
		return ERR_bad_argument;
	return capability_derive(to, from, invocation->word[2], invocation->word[3]);
}

enum error method_cnode_move(struct invocation *invocation)
{
	struct capability *to, *from;
	enum error error = copy_slots(invocation, &to, &from);

	if (error != ERR_ok)
		return error;
	if (is_immovable(from))
		return ERR_immovable;
	capability_move(to, from);
	return ERR_ok;
}

/* Whether something stands on the rights of a capability of its own, and not on those of its moment. */
static bool rights_in_use(const struct capability *slot)
{
	return capability_kind(slot) == OBJECT_frame && (slot->flags & CAPABILITY_buffer || slot->space);
}

static enum error mutate_check(const struct invocation *invocation, const struct capability *to,
			       const struct capability *from)
{
	uint64_t guard = invocation->word[3];

	if (capability_kind(from) == OBJECT_cnode ? !guard_ok(guard) : guard != 0)
		return ERR_bad_argument;
	if (to != from && is_immovable(from))
		return ERR_immovable;
	return from->rights & ~invocation->word[2] && rights_in_use(from) ? ERR_mapped : ERR_ok;
}

enum error method_cnode_mutate(struct invocation *invocation)
{
	struct capability *to, *from;
	enum error error = copy_slots(invocation, &to, &from);

	if (error == ERR_slot_taken && to == from)
		error = ERR_ok;                  /* it changes where it is */
	if (error == ERR_ok)
		error = mutate_check(invocation, to, from);
	if (error != ERR_ok)
		return error;
	if (to != from)
		capability_move(to, from);
	to->rights &= (uint32_t)invocation->word[2];
	if (capability_kind(to) == OBJECT_cnode)
		to->guard = invocation->word[3];
	return ERR_ok;
}

/* Pivot goes to the slot, source to where pivot was; an exchange if the slot is source's own. */
enum error method_cnode_rotate(struct invocation *invocation)
{
	struct capability *to = cnode_slot(invocation->slot, invocation->word[0]);
	struct capability *pivot = cspace_lookup(invocation->caller, invocation->word[1]);
	struct capability *source = cspace_lookup(invocation->caller, invocation->word[2]), between = { 0 };

	if (!to)
		return ERR_bad_argument;
	if (!pivot || capability_empty(pivot) || !source || capability_empty(source))
		return ERR_no_cap;
	if (pivot == source || pivot == to)
		return ERR_bad_argument;
	if (to != source && !capability_empty(to))
		return ERR_slot_taken;
	if (is_immovable(pivot) || is_immovable(source))
		return ERR_immovable;
	capability_move(&between, pivot);
	capability_move(pivot, source);
	capability_move(to, &between);
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

/* One step, as above. */
enum error method_cnode_cancel_badged(struct invocation *invocation)
{
	struct capability *slot = cnode_slot(invocation->slot, invocation->word[0]);

	if (!slot)
		return ERR_bad_argument;
	if (capability_empty(slot))
		return ERR_no_cap;
	if (capability_kind(slot) != OBJECT_endpoint)
		return ERR_wrong_kind;
	invocation->restart = endpoint_cancel_step(capability_object(slot), slot->badge) == PROGRESS_more;
	return ERR_ok;
}
