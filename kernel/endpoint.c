/* SPDX-License-Identifier: BSD-2-Clause -- queues of waiting threads (endpoint.h). */
#include "endpoint.h"
#include "sched.h"

enum { CANCEL_SENDERS = 16 };                   /* looked at in one step */

void endpoint_init(struct endpoint *endpoint)
{
	endpoint->receiver = NOBODY;
	endpoint->receiver_last = NOBODY;
	endpoint->sender = NOBODY;
	endpoint->sender_last = NOBODY;
}

/* The last of the waiting receivers: a queue of one has its only thread, since fast paths leave receiver_last alone. */
static struct thread *receiver_last(const struct endpoint *endpoint)
{
	return endpoint->receiver->next == NOBODY ? endpoint->receiver : endpoint->receiver_last;
}

void endpoint_enqueue_receiver(struct endpoint *endpoint, struct thread *thread)
{
	thread->waits = waits_pack(endpoint, WAITS_receive);
	thread->next = NOBODY;
	if (endpoint_has_receiver(endpoint)) {
		thread->prev = receiver_last(endpoint);
		thread->prev->next = thread;
		endpoint->receiver_last = thread;
	} else {
		endpoint->receiver = thread;
	}
}

void endpoint_enqueue_sender(struct endpoint *endpoint, struct thread *thread)
{
	thread->waits = waits_pack(endpoint, WAITS_send);
	thread->next = NOBODY;
	if (endpoint_has_sender(endpoint)) {
		thread->prev = endpoint->sender_last;
		thread->prev->next = thread;
	} else {
		endpoint->sender = thread;
		endpoint->receiver = SENDERS;
	}
	endpoint->sender_last = thread;
}

static void remove_receiver(struct endpoint *endpoint, struct thread *thread)
{
	if (endpoint->receiver == thread) {
		endpoint->receiver = thread->next;
		return;
	}
	thread->prev->next = thread->next;
	if (thread->next == NOBODY)
		endpoint->receiver_last = thread->prev;
	else
		thread->next->prev = thread->prev;
}

static void remove_sender(struct endpoint *endpoint, struct thread *thread)
{
	if (endpoint->cancel_next == thread)
		endpoint->cancel_next = thread->next == NOBODY ? NULL : thread->next;
	if (endpoint->sender == thread)
		endpoint->sender = thread->next;
	else
		thread->prev->next = thread->next;

	if (thread->next == NOBODY)
		endpoint->sender_last = thread->prev;      /* undefined if the queue is empty now, and then not read */
	else
		thread->next->prev = thread->prev;

	if (!endpoint_has_sender(endpoint))
		endpoint->receiver = NOBODY;
}

void endpoint_remove(struct endpoint *endpoint, struct thread *thread)
{
	if (waits_kind(thread->waits) == WAITS_receive)
		remove_receiver(endpoint, thread);
	else
		remove_sender(endpoint, thread);
	thread->waits = 0;
}

struct thread *endpoint_dequeue_receiver(struct endpoint *endpoint)
{
	struct thread *thread = endpoint->receiver;

	endpoint_remove(endpoint, thread);
	return thread;
}

struct thread *endpoint_dequeue_sender(struct endpoint *endpoint)
{
	struct thread *thread = endpoint->sender;

	endpoint_remove(endpoint, thread);
	return thread;
}

enum progress endpoint_destroy_step(struct endpoint *endpoint)
{
	struct thread *thread;

	if (endpoint_has_receiver(endpoint))
		thread = endpoint_dequeue_receiver(endpoint);
	else if (endpoint_has_sender(endpoint))
		thread = endpoint_dequeue_sender(endpoint);
	else
		return PROGRESS_done;

	thread_return_error(thread, ERR_cancelled);
	sched_wake(thread);
	return PROGRESS_more;
}

enum progress endpoint_cancel_step(struct endpoint *endpoint, uint64_t badge)
{
	bool goes_on = endpoint->cancel_next && endpoint->cancel_badge == badge;
	struct thread *thread = goes_on ? endpoint->cancel_next : endpoint->sender;

	for (unsigned i = 0; i < CANCEL_SENDERS && thread != NOBODY; i++) {
		struct thread *next = thread->next;

		if (thread->sent_badge == badge && !thread->in_fault) {
			endpoint_remove(endpoint, thread);
			thread_return_error(thread, ERR_cancelled);
			sched_wake(thread);
		}
		thread = next;
	}
	endpoint->cancel_next = thread == NOBODY ? NULL : thread;
	endpoint->cancel_badge = badge;
	return endpoint->cancel_next ? PROGRESS_more : PROGRESS_done;
}
