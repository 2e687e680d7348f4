/* SPDX-License-Identifier: BSD-2-Clause -- making objects from untyped memory (untyped.h). */
#include "untyped.h"
#include "arch.h"
#include "cnode.h"
#include "endpoint.h"
#include "invoke.h"
#include "notification.h"
#include "reply.h"
#include "space.h"
#include "thread.h"

bool untyped_size_ok(uint64_t kind, uint64_t size_bits)
{
	switch (kind) {
	case OBJECT_untyped:       return size_bits >= SIZE_BITS_untyped_min && size_bits <= SIZE_BITS_untyped_max;
	case OBJECT_cnode:         return size_bits >= SIZE_BITS_cnode_min && size_bits <= SIZE_BITS_cnode_max;
	case OBJECT_thread:        return size_bits == SIZE_BITS_thread;
	case OBJECT_endpoint:      return size_bits == SIZE_BITS_endpoint;
	case OBJECT_sched_context: return size_bits == SIZE_BITS_sched_context;
	case OBJECT_notification:  return size_bits == SIZE_BITS_notification;
	case OBJECT_reply:         return size_bits == SIZE_BITS_reply;
	case OBJECT_space:         return size_bits == SIZE_BITS_space;
	case OBJECT_page_table:    return size_bits == SIZE_BITS_page_table;
	case OBJECT_frame:         return size_bits == SIZE_BITS_frame || size_bits == SIZE_BITS_frame_large ||
					  size_bits == SIZE_BITS_frame_huge;
	default:                   return false;
	}
}

bool untyped_fits(uint64_t watermark, unsigned untyped_bits, unsigned size_bits, uint64_t count, uint64_t *start,
		  uint64_t *end)
{
	uint64_t size = (uint64_t)1 << size_bits;

	*start = (watermark + size - 1) & ~(size - 1);
	*end = *start + count * size;             /* no overflow: sizes end at 2^47, counts at 2^6 */
	return size_bits <= untyped_bits && *end <= (uint64_t)1 << untyped_bits;
}

uint64_t untyped_used(const struct capability *untyped)
{
	return capability_has_children(untyped) ? untyped->badge : 0;
}

/* What the arguments ask for, checked. */
struct request {
	enum object_kind kind;
	unsigned size_bits;
	uint64_t count, start, end;               /* offsets in the untyped */
	struct capability *cnode, *slots;         /* the CNode's capability; the first destination */
	uint8_t ceiling;                          /* of threads: their maker's */
};

static bool all_empty(const struct capability *slots, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		if (!capability_empty(&slots[i]))
			return false;
	return true;
}

static unsigned nesting_of(const struct capability *untyped, const struct capability *cnode)
{
	return (untyped->nesting > cnode->nesting ? untyped->nesting : cnode->nesting) + 1u;
}

/* The destination: a range of empty slots of a CNode. */
static enum error check_slots(struct invocation *invocation, struct request *request)
{
	uint64_t index = invocation->word[3], count = invocation->word[4];
	enum error error = argument_slot(invocation->caller, invocation->word[2], OBJECT_cnode, RIGHT_cnode_modify,
					 &request->cnode);

	if (error != ERR_ok)
		return error;
	if (count < 1 || count > RETYPE_COUNT_MAX || index >= cnode_slots(request->cnode) ||
	    count > cnode_slots(request->cnode) - index)
		return ERR_bad_argument;
	request->slots = cnode_slot(request->cnode, index);
	request->count = count;
	return all_empty(request->slots, count) ? ERR_ok : ERR_slot_taken;
}

static enum error check(struct invocation *invocation, struct request *request)
{
	struct capability *untyped = invocation->slot;
	uint64_t kind = invocation->word[0], size_bits = invocation->word[1];
	enum error error;

	if (!untyped_size_ok(kind, size_bits))
		return ERR_bad_argument;
	if (untyped->flags & CAPABILITY_device && kind != OBJECT_frame && kind != OBJECT_untyped)
		return ERR_bad_address;
	error = check_slots(invocation, request);
	if (error != ERR_ok)
		return error;
	if (untyped->depth == DEPTH_MAX || nesting_of(untyped, request->cnode) > NESTING_MAX)
		return ERR_too_deep;
	request->kind = (enum object_kind)kind;
	request->size_bits = (unsigned)size_bits;
	if (!untyped_fits(untyped_used(untyped), untyped->size_bits, request->size_bits, request->count, &request->start,
			  &request->end))
		return ERR_no_memory;
	return ERR_ok;
}

/*
 * Moves the watermark to where the objects will begin: past the gap of an alignment, or back to 0 when nothing made from
 * the untyped is left and its memory is dirty again.  What was cleared counts only from the watermark it was cleared at.
 */
static void move_watermark(struct capability *untyped, uint64_t start)
{
	if (untyped->badge == start)
		return;
	untyped->badge = start;
	untyped->cleared = start;
}

/* Clears a bounded part of what the objects will occupy; PROGRESS_done when it is all zero. */
static enum progress clear_step(struct capability *untyped, const struct request *request)
{
	uint64_t from = untyped->cleared > request->start ? untyped->cleared : request->start, to = from + CLEAR_BYTES;
	uint64_t *word = (uint64_t *)((char *)capability_object(untyped) + from);

	if (untyped->flags & CAPABILITY_device || request->kind == OBJECT_untyped || from >= request->end)
		return PROGRESS_done;
	if (to > request->end)
		to = request->end;
#pragma clang loop unroll_count(8)
	for (uint64_t i = 0; i < (to - from) / sizeof(*word); i++)
		word[i] = 0;
	if (request->kind == OBJECT_frame && request->size_bits > SIZE_BITS_frame)
		arch_sync_instructions(word, to - from);      /* frame.map does that for a page only (frame.c) */
	untyped->cleared = to;
	return PROGRESS_more;                             /* also at the end: making the objects is a step of its own */
}

static void make_thread(struct thread *thread, uint8_t ceiling)
{
	thread_init(thread);
	thread->ceiling = ceiling;
}

static void object_init(void *object, const struct request *request)
{
	enum object_kind kind = request->kind;

	if (kind == OBJECT_thread)
		make_thread(object, request->ceiling);
	else if (kind == OBJECT_endpoint)
		endpoint_init(object);
	else if (kind == OBJECT_notification)
		notification_init(object);
	else if (kind == OBJECT_reply)
		reply_init(object);
	else if (kind == OBJECT_space)
		space_init(object);
}

/* Code is not run from a device, and the kernel, which keeps instruction caches true, does not map devices. */
static uint32_t first_rights(const struct capability *untyped, enum object_kind kind)
{
	uint32_t device = untyped->flags & CAPABILITY_device ? RIGHT_frame_execute : 0u;

	return rights_of(kind) & ~device;
}

/* The objects and their capabilities, which are the same but for the object: RETYPE_COUNT_MAX of them are one step. */
static void make(struct capability *untyped, const struct request *request)
{
	char *object = (char *)capability_object(untyped) + request->start;
	struct capability value = {
		.rights = first_rights(untyped, request->kind), .nesting = (uint8_t)nesting_of(untyped, request->cnode),
		.size_bits = (uint8_t)request->size_bits,
		.flags = (uint8_t)(CAPABILITY_original | (untyped->flags & CAPABILITY_device)),
	};

	for (uint64_t i = 0; i < request->count; i++, object += (uint64_t)1 << request->size_bits) {
		object_init(object, request);
		value.object = object_pack(object, request->kind);
		capability_insert(&request->slots[i], untyped, &value);
	}
}

enum error method_untyped_retype(struct invocation *invocation)
{
	struct capability *untyped = invocation->slot;
	struct request request;
	enum error error = check(invocation, &request);

	if (error != ERR_ok)
		return error;
	/* From here on nothing can fail. */
	move_watermark(untyped, request.start);
	if (clear_step(untyped, &request) == PROGRESS_more) {
		invocation->restart = true;
		return ERR_ok;
	}
	untyped->badge = request.end;
	request.ceiling = invocation->caller->ceiling;
	make(untyped, &request);
	return ERR_ok;
}

enum error method_untyped_describe(struct invocation *invocation)
{
	struct capability *untyped = invocation->slot;

	invocation->result[0] = arch_to_physical(capability_object(untyped));
	invocation->result[1] = untyped->size_bits;
	invocation->result[2] = untyped_used(untyped);
	invocation->result[3] = (untyped->flags & CAPABILITY_device) != 0;
	return ERR_ok;
}
