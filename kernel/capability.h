/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Capabilities: one slot of a CNode is one 64-byte line, so that what a lookup needs arrives at once.
 *
 * The derivation tree is a list in preorder with depths (Fiasco's and Hedron's mapping databases do the same): the
 * descendants of a slot are the slots that follow it with a greater depth.  An object's first capability, made by
 * retype, is the ancestor of all others to that object, and a child of the untyped that the object was made from.
 * Deleting a capability deletes its descendants first; deleting the first one destroys the object.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi.h"

struct space;
struct thread;

struct capability {
	uint64_t object;                  /* pointer | kind in the alignment bits; 0: the slot is empty */
	uint64_t badge;                   /* endpoint: the badge; frame, page table: the address it is mapped at;
	                                     untyped: the watermark; cnode being destroyed: slots known to be empty */
	uint32_t rights;                  /* enum right; only rights of this kind */
	uint8_t depth;                    /* in the derivation tree */
	uint8_t nesting;                  /* untyped, cnode: how many untypeds and CNodes it was made from or within */
	uint8_t size_bits;                /* log2 of the object's bytes */
	uint8_t flags;                    /* enum capability_flag */
	struct capability *next, *prev;   /* derivation tree, preorder */
	union {
		struct space *space;      /* frame, page table: where it is mapped, or NULL */
		struct thread *thread;    /* frame with CAPABILITY_buffer: whose IPC buffer it is */
		struct thread *threads;   /* cnode: the threads that were configured through this capability */
		uint64_t cleared;         /* untyped: from the watermark to this offset it is known to be zero */
	};
	union {
		struct capability *space_next;    /* frame, page table: all that is mapped in that space */
		uint64_t guard;           /* cnode: guard_make() (abi.h); what an address must show to pass (cspace.c) */
	};
	struct capability *space_prev;
};
_Static_assert(sizeof(struct capability) == 1 << SIZE_BITS_slot, "a slot is one cache line");

enum capability_flag {
	CAPABILITY_original = 1,          /* made by retype: the object dies with it */
	CAPABILITY_device = 2,            /* untyped, frame: device memory */
	CAPABILITY_buffer = 4,            /* frame: bound as a thread's IPC buffer, hence not mapped through this capability */
};

enum { KIND_MASK = (1 << SIZE_BITS_slot) - 1, DEPTH_MAX = 255, NESTING_MAX = 64 };

/* The two functions that know how pointer and kind share a word. */
static inline uint64_t object_pack(const void *pointer, enum object_kind kind)
{
	return (uint64_t)(uintptr_t)pointer | (uint64_t)kind;
}

static inline void *object_pointer(uint64_t object)
{
	return (void *)(uintptr_t)(object & ~(uint64_t)KIND_MASK);
}

static inline enum object_kind capability_kind(const struct capability *slot)
{
	return (enum object_kind)(slot->object & KIND_MASK);
}

static inline void *capability_object(const struct capability *slot)
{
	return object_pointer(slot->object);
}

static inline bool capability_empty(const struct capability *slot) { return slot->object == 0; }
static inline bool capability_has(const struct capability *slot, enum right right)
{
	return (slot->rights & (uint32_t)right) != 0;
}

/* All rights that a kind has; what the first capability to an object is given. */
uint32_t rights_of(enum object_kind kind);

/*
 * Puts a new capability into an empty slot, as the newest child of parent (NULL: a root of the tree).
 * The caller has checked that parent->depth < DEPTH_MAX.
 */
void capability_insert(struct capability *slot, struct capability *parent, const struct capability *value);

/* What capability_derive() calls the badge: an endpoint's badge, a CNode's guard, else 0. */
static inline uint64_t capability_badge(const struct capability *slot)
{
	switch (capability_kind(slot)) {
	case OBJECT_endpoint: return slot->badge;
	case OBJECT_cnode:    return slot->guard;
	default:              return 0;
	}
}

/*
 * Puts a copy with fewer rights into an empty slot; it starts unmapped, and is no IPC buffer.
 * Errors: immovable (an untyped and a page table have one capability), too_deep.
 */
enum error capability_derive(struct capability *to, struct capability *from, uint64_t rights, uint64_t badge);

/* Whether anything is derived from the slot: copies, or objects made from an untyped. */
bool capability_has_children(const struct capability *slot);

/* Moves a capability, its place in the tree and its mapping to an empty slot; the old slot becomes empty. */
void capability_move(struct capability *to, struct capability *from);

/* What a bounded step of a long operation reports. */
enum progress { PROGRESS_done, PROGRESS_more };

/*
 * One bounded step (at most a constant number of loads and stores, plus one object's own bounded step) of deleting all
 * descendants of slot, and slot itself if self.  Each step leaves tree, objects and queues consistent; call it again
 * until PROGRESS_done.
 */
enum progress capability_delete_step(struct capability *slot, bool self);
