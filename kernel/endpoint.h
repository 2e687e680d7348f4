/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Endpoints: one line; who waits there is one word.
 */
#pragma once
#include "core.h"

struct endpoint {
	struct thread *receiver;          /* the first waiting receiver; NOBODY: nobody waits; SENDERS: see sender */
	struct thread *receiver_last;     /* valid only while receiver->next != NOBODY: a fast path does not maintain it */
	struct thread *sender;            /* the first waiting sender, or NOBODY */
	struct thread *sender_last;       /* valid while sender != NOBODY */
	struct thread *cancel_next;       /* a waiting sender, where cancelling goes on, or NULL: at the first */
	uint64_t cancel_badge;            /* what is being cancelled, while cancel_next */
};
_Static_assert(sizeof(struct endpoint) <= 1 << SIZE_BITS_endpoint, "an endpoint fits its object size");

void endpoint_init(struct endpoint *endpoint);

/* Appends a thread that is about to wait; sets its waits word. */
void endpoint_enqueue_receiver(struct endpoint *endpoint, struct thread *thread);
void endpoint_enqueue_sender(struct endpoint *endpoint, struct thread *thread);

/* Takes the first waiting receiver or sender out and clears its waits word; there is one. */
struct thread *endpoint_dequeue_receiver(struct endpoint *endpoint);
struct thread *endpoint_dequeue_sender(struct endpoint *endpoint);

/* Takes out a thread from wherever it waits in the endpoint, in O(1). */
void endpoint_remove(struct endpoint *endpoint, struct thread *thread);

static inline bool endpoint_has_receiver(const struct endpoint *endpoint)
{
	return endpoint->receiver != NOBODY && endpoint->receiver != SENDERS;
}

static inline bool endpoint_has_sender(const struct endpoint *endpoint) { return endpoint->sender != NOBODY; }

/* One step of destroying: wakes one waiter with ERR_cancelled, if there is one. */
enum progress endpoint_destroy_step(struct endpoint *endpoint);

/*
 * One step of cancelling the senders with a badge: looks at a bounded number of them, wakes those with ERR_cancelled.
 * A fault that queues for its handler is no system call, and stays.  Of two badges that are cancelled by turns, each
 * begins anew.
 */
enum progress endpoint_cancel_step(struct endpoint *endpoint, uint64_t badge);
