/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Notifications: one line with a word of bits.  Who signals sets bits and never waits; who waits takes all of them.  A
 * notification may be bound to one thread, whose receiving at an endpoint then ends with the bits, too.
 *
 * Bits are pending only while nobody can take them: they go to the first of those who wait, else to the bound thread if
 * it receives at an endpoint, else they stay.  While they stay, the bound thread has GATE_notified, so that no fast path
 * lets it wait without looking (traps.md: check the bits before blocking).
 */
#pragma once
#include "core.h"

struct notification {
	uint64_t bits;
	struct thread *taker;             /* who may take bits: the first who waits, or else bound; what a signal looks at */
	struct thread *first;             /* the first who waits, or NOBODY */
	struct thread *last;              /* valid while first != NOBODY */
	struct thread *bound;             /* bound->bound points back; NULL: nobody */
	struct irq_handler *handlers;     /* the interrupt handlers that set bits here; handlers->link points back */
};
_Static_assert(sizeof(struct notification) <= 1 << SIZE_BITS_notification, "a notification fits its object size");

void notification_init(struct notification *notification);

/*
 * Sets bits, and hands them over if somebody can take them; what interrupt delivery calls.  No bits: does nothing.
 * A thread that is woken and has no sched context runs when it gets one: a signal lends none.
 */
void notification_signal(struct notification *notification, uint64_t bits);

/*
 * The same at once, for the case of a signal that matters most: who takes the bits is more important than the current
 * thread and all that are ready, and nothing is unusual about either.  That is the current thread then (sched_hand_over);
 * NULL: it is not so, and nothing has changed.
 */
struct thread *notification_hand_over(struct notification *notification, uint64_t bits);

static inline bool notification_pending(const struct notification *notification) { return notification->bits != 0; }

/* Gives all pending bits to a thread that waits nowhere, as the result of its system call. */
void notification_take(struct notification *notification, struct thread *thread);

/* Appends a thread that is about to wait; no bits are pending.  Takes it out again, in O(1). */
void notification_enqueue(struct notification *notification, struct thread *thread);
void notification_remove(struct notification *notification, struct thread *thread);

/* Ends the binding that there is. */
void notification_unbind(struct notification *notification);

/* One step of destroying: wakes one waiter with ERR_cancelled, if there is one; then unbinds, one a step. */
enum progress notification_destroy_step(struct notification *notification);
