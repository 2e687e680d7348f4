/* SPDX-License-Identifier: BSD-2-Clause -- the invariant (invariant.h). */
#include "invariant.h"
#include "budget.h"
#include "cnode.h"
#include "endpoint.h"
#include "fpu.h"
#include "irq.h"
#include "notification.h"
#include "reply.h"
#include "sched_context.h"
#include "space.h"

/* A rule: what must hold, and what is wrong if it does not. */
#define RULE(condition, sentence) \
	do { \
		if (!(condition)) \
			return sentence; \
	} while (0)

static bool implies(bool a, bool b) { return !a || b; }

/* ---- capabilities ---- */

static bool aligned(const void *object, unsigned size_bits)
{
	return object && ((uint64_t)(uintptr_t)object & (((uint64_t)1 << size_bits) - 1)) == 0;
}

static const char *tree(const struct capability *slot)
{
	RULE(implies(slot->prev, slot->prev && slot->prev->next == slot), "a slot's predecessor does not point back");
	RULE(implies(slot->next, slot->next && slot->next->prev == slot), "a slot's successor does not point back");
	RULE((slot->depth == 0) == (slot->prev == NULL), "a slot is a root and has a predecessor, or neither");
	RULE(implies(slot->prev, slot->prev && slot->depth <= slot->prev->depth + 1), "a slot is deeper than a child can be");
	RULE(implies(slot->depth && !(slot->flags & CAPABILITY_original), slot->prev && !capability_empty(slot->prev)),
	     "a copy follows an empty slot");
	return NULL;
}

static const char *mapping(const struct capability *slot)
{
	RULE(!(slot->flags & CAPABILITY_buffer), "a capability is mapped and an IPC buffer at once");
	RULE(implies(capability_kind(slot) == OBJECT_frame, space_address_ok(slot->badge, slot->size_bits)),
	     "a frame is mapped at an address that it may not have");
	RULE(slot->space_prev ? slot->space_prev->space_next == slot : slot->space->mappings == slot,
	     "a mapping's predecessor does not point to it");
	RULE(implies(slot->space_next, slot->space_next && slot->space_next->space_prev == slot),
	     "a mapping's successor does not point back");
	RULE(implies(slot->space_next, slot->space_next && slot->space_next->space == slot->space),
	     "a list of mappings mixes two address spaces");
	return NULL;
}

static const char *endpoint_queues(const struct endpoint *endpoint)
{
	RULE((endpoint->receiver == SENDERS) == endpoint_has_sender(endpoint), "an endpoint's mark of senders is wrong");
	RULE(!endpoint_has_receiver(endpoint) || endpoint->receiver->waits == waits_pack(endpoint, WAITS_receive),
	     "an endpoint's first receiver waits elsewhere");
	RULE(!endpoint_has_sender(endpoint) || endpoint->sender->waits == waits_pack(endpoint, WAITS_send),
	     "an endpoint's first sender waits elsewhere");
	return NULL;
}

static const char *notification(const struct notification *notification)
{
	RULE(notification->taker == (notification->first != NOBODY ? notification->first : notification->bound),
	     "who takes a notification's bits is not its first waiter, nor the bound thread");
	RULE(notification->first == NOBODY || thread_notification(notification->first) == notification,
	     "the first who waits for a notification waits elsewhere");
	return NULL;
}

static const char *uses(const struct capability *slot)
{
	enum object_kind kind = capability_kind(slot);

	if (kind == OBJECT_endpoint)
		return endpoint_queues(capability_object(slot));
	if (kind == OBJECT_notification)
		return notification(capability_object(slot));

	if (slot->flags & CAPABILITY_buffer) {
		RULE(slot->thread, "an IPC buffer is nobody's");
		RULE(slot->thread->buffer_slot == slot, "an IPC buffer's thread does not point back");
		return NULL;
	}
	if ((kind == OBJECT_frame || kind == OBJECT_page_table) && slot->space)
		return mapping(slot);
	RULE(implies(kind == OBJECT_cnode, guard_value(slot->guard) >> guard_bits(slot->guard) == 0),
	     "a guard is longer than it says");
	if (kind == OBJECT_cnode && slot->threads)
		RULE(slot->threads->cnode_link == &slot->threads, "a CNode's first thread does not point back");
	return NULL;
}

const char *invariant_capability(const struct capability *slot)
{
	const char *broken;

	if (capability_empty(slot)) {
		RULE(!slot->next && !slot->prev && !slot->space && !slot->rights && !slot->badge && !slot->guard, "an empty slot is not all zero");
		return NULL;
	}
	RULE(rights_of(capability_kind(slot)) != 0, "a capability is of no kind");
	RULE((slot->rights & ~rights_of(capability_kind(slot))) == 0, "a capability has a right of another kind");
	RULE(aligned(capability_object(slot), slot->size_bits), "an object is not aligned to its size");
	RULE(implies(slot->flags & CAPABILITY_buffer, capability_kind(slot) == OBJECT_frame), "an IPC buffer is no frame");
	RULE(implies(slot->flags & CAPABILITY_device, capability_kind(slot) == OBJECT_frame ||
		     capability_kind(slot) == OBJECT_untyped), "an object lies in device memory");
	if (capability_kind(slot) == OBJECT_untyped) {
		RULE(slot->flags & CAPABILITY_original, "an untyped has a second capability");
		RULE(slot->badge <= (uint64_t)1 << slot->size_bits, "a watermark lies beyond its untyped");
	}
	broken = tree(slot);
	return broken ? broken : uses(slot);
}

/* ---- interrupts ---- */

static const char *interrupt(const struct irq_handler *handler)
{
	const struct notification *notification = handler->notification;

	RULE(implies(notification, handler->claimed && handler->bits), "an interrupt line is bound and nobody's, or sets no bits");
	RULE(implies(notification, notification && *handler->link == handler), "an interrupt handler is off its notification's list");
	RULE(implies(handler->next, handler->next && handler->next->link == &handler->next && handler->next->notification == notification),
	     "the next handler of a notification does not point back");
	RULE(implies(handler->delivered, notification), "an interrupt was delivered to nobody");
	return NULL;
}

/* ---- threads ---- */

static const char *waiting(const struct thread *thread)
{
	const struct endpoint *endpoint = thread_endpoint(thread);

	if (thread_awaits_reply(thread)) {
		RULE(thread_callee(thread)->caller == thread, "a thread awaits the answer of one that does not know it");
	} else if (endpoint && waits_kind(thread->waits) == WAITS_receive) {
		RULE(endpoint_has_receiver(endpoint), "a receiver waits where none is queued");
		RULE(endpoint->receiver == thread || thread->prev->next == thread, "a waiting receiver is not in the queue");
		RULE(thread->caller == NOBODY, "a thread waits for messages and owes an answer");
	} else if (endpoint) {
		const struct thread *cancelled = endpoint->cancel_next;

		RULE(implies(cancelled, cancelled && cancelled->waits == thread->waits), "cancelling goes on at no waiting sender");
		RULE(endpoint->receiver == SENDERS, "a sender waits, and the endpoint does not say so");
		RULE(endpoint->sender == thread || thread->prev->next == thread, "a waiting sender is not in the queue");
		RULE(thread->next != NOBODY || endpoint->sender_last == thread, "the last waiting sender is not the last");
	}
	RULE(implies(thread_reply(thread) != NULL, thread_reply(thread) && thread_reply(thread)->caller == thread),
	     "a saved caller is not the one in its reply object");
	if (thread_notification(thread)) {
		const struct notification *notification = thread_notification(thread);

		RULE(notification->first == thread || thread->prev->next == thread, "who waits for a notification is not in its queue");
		RULE(thread->next != NOBODY || notification->last == thread, "the last who waits for a notification is not the last");
		RULE(!notification->bits, "bits are pending and a thread waits for them");
	}
	RULE(!(endpoint || thread_notification(thread)) || thread->next == NOBODY || thread->next->waits == thread->waits,
	     "who stands behind a waiting thread waits elsewhere");
	RULE(thread->caller == NOBODY || thread->caller->waits == waits_pack(thread, WAITS_reply),
	     "a thread's caller awaits something else");
	return NULL;
}

static const char *running(const struct thread *thread)
{
	bool holds = (thread->gate & GATE_OF(holds)) != 0;
	bool off = (thread->gate & (GATE_OF(stopped) | GATE_OF(faulted) | GATE_OF(unready))) != 0;

	RULE((thread->gate & 0xffffff00) == 0, "a gate word has bits between the gates and the priority");
	RULE(holds == (thread->held != NULL), "the gate holds disagrees with what the thread holds");
	RULE(implies(thread->held, thread->held && thread->held->holder == thread), "a held context does not know its holder");
	RULE(implies(thread->home, thread->home && thread->home->home == thread), "a context does not know its home");
	RULE(implies(off, thread->waits == 0 && thread->caller == NOBODY), "a stopped thread waits or owes an answer");
	RULE(implies(thread->gate & GATE_OF(bereft), thread_awaits_reply(thread) && !thread->held),
	     "a bereft thread awaits no answer, or holds a context");
	RULE((thread->ready != 0) == (thread_runnable(thread) && thread->held && !budget_dry(thread->held) && thread != core.current),
	     "a thread is ready and cannot run, or can run and is not ready");
	return NULL;
}

static const char *fault(const struct thread *thread)
{
	const struct capability *handler = &thread->fault_handler;
	unsigned kind = waits_kind(thread->waits);

	RULE(implies(thread->in_fault, thread->waits && (kind == WAITS_reply || kind == WAITS_send || kind == WAITS_saved)),
	     "a thread in a fault waits for no handler");
	RULE(implies(!capability_empty(handler), capability_kind(handler) == OBJECT_endpoint), "a fault handler is no endpoint");
	RULE(implies(thread->gate & GATE_OF(refused), thread->in_fault), "a thread's system call was refused, and it does not wait");
	RULE(implies(thread->in_fault, thread->gate & (GATE_OF(full) | GATE_OF(refused))),
	     "a thread waits for its fault handler without its registers");
	RULE(capability_empty(&thread->timeout_handler) || capability_kind(&thread->timeout_handler) == OBJECT_endpoint,
	     "a timeout handler is no endpoint");
	return capability_empty(handler) ? NULL : invariant_capability(handler);
}

static const char *caches(const struct thread *thread)
{
	const struct capability *buffer = thread->buffer_slot;
	bool stale = (thread->gate & GATE_OF(stale)) != 0;

	RULE(((thread->gate & GATE_OF(unready)) == 0) == (thread->cnode && thread->space_object),
	     "the gate unready disagrees with CSpace and address space");
	RULE(thread->space == (thread->space_object && !stale ? thread->space_object->value : 0),
	     "a cached address-space value is stale");
	RULE(implies(stale, thread->space_object), "a thread is stale and has no address space");
	RULE(implies(thread->space_object && !stale, thread->space_object && thread->space_object->value &&
		     thread->space_object->fresh[thread->fresh % SPACE_FRESH_MAX] == thread), "an address space does not know who caches its value");
	RULE(implies(thread->space_object, thread->space_object && space_tag_ok(thread->space_object)),
	     "an address space has a tag that is not its own");
	RULE(implies(thread->cnode, thread->cnode && *thread->cnode_link == thread), "a thread is off its CNode's list");
	RULE(implies(thread->space_object, thread->space_object && *thread->space_link == thread),
	     "a thread is off its address space's list");
	if (!buffer)
		return NULL;
	RULE(buffer->flags & CAPABILITY_buffer && buffer->thread == thread, "an IPC buffer's capability does not point back");
	RULE((uint64_t)((char *)thread->buffer - (char *)capability_object(buffer)) >> buffer->size_bits == 0,
	     "an IPC buffer lies outside its frame");
	return NULL;
}

/* Of the context that is bound to it, wherever that is. */
static const char *budget(const struct thread *thread)
{
	const struct sched_context *context = thread->home;
	const struct deadline *refill = context ? &context->refill : NULL;

	if (!context)
		return NULL;
	RULE(implies(refill->queued, refills_limited(&context->refills)), "a context without a limit waits for a refill");
	RULE(implies(refill->queued, refill->time == refills_time(&context->refills)), "a context waits for another refill than its next");
	RULE(implies(refill->queued, refill->up ? refill->up->left == refill || refill->up->right == refill : core.dry == refill),
	     "a context waits for a refill, and is not among those that do");
	RULE(implies(refill->queued && refill->up, refill->queued && refill->up && refill->up->time <= refill->time),
	     "refills are out of order");
	return refills_limited(&context->refills) ? refills_check(&context->refills) : NULL;
}

static const char *fpu(const struct thread *thread)
{
	bool owner = core.fpu_owner == thread;

	RULE(((thread->gate & GATE_OF(fpu)) != 0) == owner, "the gate fpu disagrees with who owns the FPU");
	RULE(implies(owner, thread->fpu_used), "a thread owns the FPU and has no registers there");
	RULE(implies(thread->fpu_used, thread->fpu_allowed), "a thread has registers of the FPU, which it may not use");
	return NULL;
}

static const char *notified(const struct thread *thread)
{
	bool pending = thread->bound && thread->bound->bits;

	RULE(implies(thread->bound, thread->bound && thread->bound->bound == thread), "a bound notification does not point back");
	RULE(((thread->gate & GATE_OF(notified)) != 0) == pending, "the gate notified disagrees with the bound notification");
	RULE(implies(pending, waits_kind(thread->waits) != WAITS_receive), "a thread waits although its bound notification has bits");
	return NULL;
}

const char *invariant_thread(const struct thread *thread)
{
	const char *broken = waiting(thread);

	if (!broken)
		broken = notified(thread);
	if (!broken)
		broken = running(thread);
	if (!broken)
		broken = budget(thread);
	if (!broken)
		broken = fpu(thread);
	if (!broken)
		broken = fault(thread);
	return broken ? broken : caches(thread);
}

/* ---- the core ---- */

const char *invariant_core(void)
{
	int highest = -1;

	for (int priority = 0; priority < PRIORITIES; priority++) {
		const struct thread *first = core.ready[priority].first;
		bool marked = core.ready_map[priority / 64] >> priority % 64 & 1;

		RULE(marked == (first != NULL), "the ready map disagrees with a queue");
		RULE((first == NULL) == (core.ready[priority].last == NULL), "a ready queue has one end");
		RULE(implies(first, first && !first->prev), "somebody stands before the first of a ready queue");
		RULE(implies(first, first && first->ready && thread_priority(first) == (unsigned)priority),
		     "a ready queue begins with a thread that does not belong there");
		if (first)
			highest = priority;
	}
	RULE(core.limit == (uint64_t)(highest < 0 ? GATE_PRIORITY_MASK : GATE_PRIORITY_MASK - highest),
	     "the limit is not that of the highest ready priority");
	RULE(core.current && thread_runnable(core.current) && !core.current->held && !core.current->ready,
	     "the current thread cannot run, or holds a context beside the core's");
	RULE(core.context && !budget_dry(core.context), "the core runs on a context that is spent");
	RULE(!core.retime, "the timer may be set to a time that nobody waits for");
	RULE(core.charged == core.context, "somebody else pays than whoever runs");
	RULE(core.context && !core.context->holder, "the core has no context, or somebody holds it");
	RULE(core.fpu_enabled == (core.fpu_owner == core.current), "the FPU is off for its owner, or on for another thread");
	RULE(implies(core.fpu_owner && fpu_policy() == FPU_eager, core.fpu_enabled), "the registers of a thread that left are in the FPU");
	RULE(highest < 0 || thread_priority(core.current) >= (unsigned)highest, "a ready thread has a higher priority");
	return NULL;
}

static const char *some_slots(const struct thread *thread, uint64_t turn)
{
	const char *broken = NULL;

	for (uint64_t i = 0; thread->cnode && i < INVARIANT_SLOTS && i <= thread->cnode_mask && !broken; i++)
		broken = invariant_capability(&thread->cnode[(turn * INVARIANT_SLOTS + i) & thread->cnode_mask]);
	return broken;
}

const char *invariant_check(void)
{
	static uint64_t turn;
	const char *broken = invariant_core();
	unsigned count = 0;

	turn++;
	for (unsigned i = 0; i < INVARIANT_SLOTS && !broken; i++)
		broken = interrupt(&irq_handlers[(turn * INVARIANT_SLOTS + i) % (IRQ_LINES_MAX + 1)]);
	for (const struct thread *thread = core.threads; thread && !broken; thread = thread->all_next) {
		if (count++ == INVARIANT_THREADS_MAX)
			break;
		broken = invariant_thread(thread);
		if (!broken)
			broken = some_slots(thread, turn);
	}
	return broken;
}
