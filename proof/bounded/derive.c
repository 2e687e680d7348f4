/* SPDX-License-Identifier: BSD-2-Clause -- rights, badges and the derivation tree (kernel/capability.c). */
#include "harness.h"
#include "capability.c"

static struct capability from, to, other;

/* An empty slot, and a capability with or without a neighbour behind it in the tree. */
static void any_two(void)
{
	ANY(struct capability, capability);
	ANY(bool, last);
	ANY(uint8_t, depth);

	from = capability;
	from.next = last ? NULL : &other;
	from.prev = NULL;
	other = (struct capability){ .depth = depth, .prev = &from };
	to = (struct capability){ 0 };
	ASSUME(!capability_empty(&from));
}

/* A derived capability has no right more, the same object, and only what it may inherit; an error changes nothing. */
void derive_gives_no_more(void)
{
	ANY(uint64_t, rights);
	ANY(uint64_t, badge);
	struct capability before;
	enum error error;

	any_two();
	before = from;
	error = capability_derive(&to, &from, rights, badge);
	if (error != ERR_ok) {
		HOLDS(capability_empty(&to) && to.next == NULL && to.prev == NULL);
		HOLDS(from.next == before.next);
		HOLDS(capability_kind(&from) == OBJECT_untyped || capability_kind(&from) == OBJECT_page_table ||
		      from.depth == DEPTH_MAX);
	} else {
		HOLDS(capability_kind(&from) != OBJECT_untyped && capability_kind(&from) != OBJECT_page_table);
		HOLDS(to.object == before.object && (to.rights & ~before.rights) == 0 && (to.rights & ~rights) == 0);
		HOLDS(to.rights == (before.rights & rights));
		HOLDS((to.flags & ~CAPABILITY_device) == 0 && (to.flags & CAPABILITY_device) == (before.flags & CAPABILITY_device));
		HOLDS(to.size_bits == before.size_bits && to.nesting == before.nesting);
		HOLDS(to.space == NULL && to.space_prev == NULL);
		HOLDS(capability_kind(&from) == OBJECT_cnode ? to.guard == badge && to.badge == 0 : to.badge == badge && to.guard == 0);
		HOLDS(to.depth == from.depth + 1);
		HOLDS(capability_has_children(&from));
	}
	HOLDS(from.object == before.object && from.rights == before.rights && from.badge == before.badge);
	REACHED();
}

/* The list stays one: who stood behind the parent stands behind the child. */
void derive_keeps_the_list(void)
{
	ANY(uint64_t, rights);
	struct capability *behind;

	any_two();
	behind = from.next;
	if (capability_derive(&to, &from, rights, 0) == ERR_ok) {
		HOLDS(from.next == &to && to.prev == &from && to.next == behind);
		HOLDS(!behind || behind->prev == &to);
	}
	REACHED();
}

/* To take out what was just derived leaves what was there before. */
void remove_undoes_derive(void)
{
	struct capability *behind;

	any_two();
	behind = from.next;
	if (capability_derive(&to, &from, RIGHTS_all, 0) == ERR_ok) {
		capability_remove(&to);
		HOLDS(capability_empty(&to) && to.next == NULL && to.prev == NULL);
	}
	HOLDS(from.next == behind && (!behind || behind->prev == &from));
	REACHED();
}
