/* SPDX-License-Identifier: BSD-2-Clause -- words of bits that threads wait for (notification.h). */
#include "notification.h"
#include "endpoint.h"
#include "invoke.h"
#include "irq.h"
#include "sched.h"
#include "trace.h"

void notification_init(struct notification *notification)
{
	notification->first = NOBODY;
	notification->last = NOBODY;
}

/* After every change of first or bound. */
static void taker_update(struct notification *notification)
{
	notification->taker = notification->first != NOBODY ? notification->first : notification->bound;
}

/* ---- the queue ---- */

void notification_enqueue(struct notification *notification, struct thread *thread)
{
	thread->waits = waits_pack(notification, WAITS_notification);
	thread->next = NOBODY;
	if (notification->first != NOBODY) {
		thread->prev = notification->last;
		thread->prev->next = thread;
	} else {
		notification->first = thread;
		notification->taker = thread;
	}
	notification->last = thread;
}

void notification_remove(struct notification *notification, struct thread *thread)
{
	if (notification->first == thread)
		notification->first = thread->next;
	else
		thread->prev->next = thread->next;

	if (thread->next == NOBODY)
		notification->last = thread->prev;       /* undefined if the queue is empty now, and then not read */
	else
		thread->next->prev = thread->prev;
	thread->waits = 0;
	taker_update(notification);
}

/* ---- the bits ---- */

/* The bound thread's gate says whether bits are pending. */
static void gate_update(struct notification *notification)
{
	if (!notification->bound)
		return;
	if (notification->bits)
		gate_set(notification->bound, GATE_OF(notified));
	else
		gate_clear(notification->bound, GATE_OF(notified));
}

void notification_take(struct notification *notification, struct thread *thread)
{
	thread->registers.tag = tag_make(OPERATION_notified, 0, 0, 0);
	thread->registers.badge = notification->bits;
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		thread->registers.message[i] = 0;
	notification->bits = 0;
	gate_update(notification);
}

static bool receives(const struct thread *thread)
{
	return waits_kind(thread->waits) == WAITS_receive;
}

/* Gives pending bits to whoever can take them now, or marks the bound thread. */
static void offer(struct notification *notification)
{
	struct thread *thread = notification->first;

	if (thread != NOBODY) {
		notification_remove(notification, thread);
	} else if (notification->bound && receives(notification->bound)) {
		thread = notification->bound;
		endpoint_remove(thread_endpoint(thread), thread);
	} else {
		gate_update(notification);
		return;
	}
	notification_take(notification, thread);
	sched_wake(thread);
}

void notification_signal(struct notification *notification, uint64_t bits)
{
	if (!bits)
		return;
	trace(TRACE_signal, (uintptr_t)notification, bits);
	notification->bits |= bits;
	offer(notification);
}

struct thread *notification_hand_over(struct notification *notification, uint64_t bits)
{
	struct thread *thread = notification->taker;

	if (!thread || !sched_can_hand_over(thread))
		return NULL;
	if (thread != notification->first && !receives(thread))
		return NULL;

	/* From here on nothing can fail.  Somebody took the bits, so no others are pending. */
	trace(TRACE_signal, (uintptr_t)notification, bits);
	if (thread == notification->first) {
		notification->first = thread->next;
		taker_update(notification);
		thread->waits = 0;
	} else {
		endpoint_remove(thread_endpoint(thread), thread);
	}
	thread->registers.tag = tag_make(OPERATION_notified, 0, 0, 0);
	thread->registers.badge = bits;
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		thread->registers.message[i] = 0;
	sched_hand_over(thread);
	return thread;
}

/* ---- binding ---- */

void notification_unbind(struct notification *notification)
{
	gate_clear(notification->bound, GATE_OF(notified));
	notification->bound->bound = NULL;
	notification->bound = NULL;
	taker_update(notification);
}

enum progress notification_destroy_step(struct notification *notification)
{
	struct thread *thread = notification->first;

	if (thread != NOBODY) {
		notification_remove(notification, thread);
		thread_return_error(thread, ERR_cancelled);
		sched_wake(thread);
		return PROGRESS_more;
	}
	if (notification->handlers) {
		irq_unbind(notification->handlers);
		return PROGRESS_more;
	}
	if (notification->bound)
		notification_unbind(notification);
	return PROGRESS_done;
}

enum error method_thread_bind_notification(struct invocation *invocation)
{
	struct thread *thread = capability_object(invocation->slot);
	struct notification *notification;
	struct capability *slot;
	enum error error = argument_slot(invocation->caller, invocation->word[0], OBJECT_notification,
					 RIGHT_notification_wait, &slot);

	if (error != ERR_ok)
		return error;
	notification = capability_object(slot);
	if (thread->bound || notification->bound)
		return ERR_bound;

	thread->bound = notification;
	notification->bound = thread;
	taker_update(notification);
	if (notification_pending(notification))
		offer(notification);
	return ERR_ok;
}

enum error method_thread_unbind_notification(struct invocation *invocation)
{
	struct thread *thread = capability_object(invocation->slot);

	if (!thread->bound)
		return ERR_not_bound;
	notification_unbind(thread->bound);
	return ERR_ok;
}
