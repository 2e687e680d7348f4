/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages between threads (ipc.h).  Every function checks, marks the point from which nothing can fail, and commits.
 *
 * Lending: a message delivered to a receiver that holds no sched context brings the sender's along; a reply takes it
 * back to a caller that holds none; a receiver that waits with a lent one and owes nobody an answer sends it home.
 *
 * Send and receive through a notification's capability signal it and wait for it; send through a reply object's
 * capability answers the caller saved there.
 */
#include "ipc.h"
#include "arch.h"
#include "endpoint.h"
#include "message.h"
#include "notification.h"
#include "reply.h"
#include "sched.h"
#include "sched_context.h"
#include "trace.h"

/* The object of a kind that a slot names, if it has the right. */
static enum error object_of(const struct capability *slot, enum object_kind kind, enum right right, void **object)
{
	if (!slot || capability_empty(slot))
		return ERR_no_cap;
	if (capability_kind(slot) != kind)
		return ERR_wrong_kind;
	if (!capability_has(slot, right))
		return ERR_no_right;
	*object = capability_object(slot);
	return ERR_ok;
}

/* What a thread receives from: one of the two, the other is NULL. */
struct source {
	void *endpoint, *notification;
};

static bool names(const struct capability *slot, enum object_kind kind)
{
	return slot && capability_kind(slot) == kind;
}

static enum error source_of(const struct capability *slot, struct source *source)
{
	*source = (struct source){ NULL, NULL };
	if (names(slot, OBJECT_notification))
		return object_of(slot, OBJECT_notification, RIGHT_notification_wait, &source->notification);
	return object_of(slot, OBJECT_endpoint, RIGHT_endpoint_receive, &source->endpoint);
}

/* The notification whose pending bits end the receiving at once, or NULL: the source, or else the bound one. */
static struct notification *pending(const struct thread *current, const struct source *source)
{
	struct notification *notification = source->notification ? source->notification : current->bound;

	return notification && notification_pending(notification) ? notification : NULL;
}

/* ---- effects, which cannot fail ---- */

/* Hands a message over.  Both threads are out of the endpoint's queues; is_call says whether the sender waits for more. */
static void deliver(struct thread *from, struct thread *to, uint64_t badge, bool is_call)
{
	trace(TRACE_deliver, (uintptr_t)to, badge);
	if (from->in_fault)
		message_fault(from, to, badge);
	else
		message_move(from, to, badge);
	if (is_call) {
		to->caller = from;
		from->waits = waits_pack(to, WAITS_reply);
	}
	if (!to->held)
		sched_context_lend(from, to);
	else if (is_call && !from->held)                /* unbound while it was queued: the answer must not lend it one */
		gate_set(from, GATE_OF(bereft));
}

/*
 * A fault handler's answer, in from's registers, to a thread that waits no more: it goes on, or stays stopped.  Its
 * registers are a full context, in which nothing but pc and sp is ever written; or those of a system call, which may
 * return.
 */
static void resume_from_fault(const struct thread *from, struct thread *to)
{
	uint64_t label = tag_label(from->registers.tag);
	const uint64_t *word = from->registers.message;

	if (label == FAULT_ANSWER_move && arch_pc_ok(word[0])) {
		thread_fault_over(to, false);
		to->pc = word[0];
		to->sp = word[1];
	} else if (label == FAULT_ANSWER_return && to->gate & GATE_OF(refused)) {
		thread_fault_over(to, false);
		thread_return_words(to, word);
	} else {
		thread_fault_over(to, true);
		if (label != FAULT_ANSWER_retry)
			thread_stop(to, GATE_OF(faulted));
	}
}

/* Gives the answer in current's registers to its caller, and with it the context that the caller lent. */
static void answer(struct thread *current)
{
	struct thread *caller = current->caller;

	trace(TRACE_answer, (uintptr_t)caller, 0);
	if (!caller->in_fault)
		message_answer(current, caller);
	current->caller = NOBODY;
	caller->waits = 0;
	if (!caller->held && !(caller->gate & GATE_OF(bereft)))
		sched_context_lend(current, caller);
	gate_clear(caller, GATE_OF(bereft));
	if (caller->in_fault)
		resume_from_fault(current, caller);
	sched_wake_first(caller);
}

/* Whether a queued sender made a call: its tag says so, unless it faulted. */
static bool is_caller(const struct thread *sender)
{
	return sender->in_fault || tag_operation(sender->registers.tag) == SYS_call;
}

/* Takes the first sender's message, or waits for one. */
static void endpoint_take_or_wait(struct thread *current, struct endpoint *endpoint)
{
	struct thread *sender;

	if (!endpoint_has_sender(endpoint)) {
		endpoint_enqueue_receiver(endpoint, current);
		return;
	}
	sender = endpoint_dequeue_sender(endpoint);
	deliver(sender, current, sender->sent_badge, is_caller(sender));
	sched_wake(sender);                             /* unless it made a call: then it waits for the answer */
}

/* Hands the message to a receiver, or waits for one. */
static void send(struct thread *current, struct endpoint *endpoint, uint64_t badge, bool is_call)
{
	struct thread *receiver;

	if (!endpoint_has_receiver(endpoint)) {
		current->sent_badge = badge;
		endpoint_enqueue_sender(endpoint, current);
		return;
	}
	receiver = endpoint_dequeue_receiver(endpoint);
	deliver(current, receiver, badge, is_call);
	if (is_call)
		sched_wake_first(receiver);
	else
		sched_wake(receiver);
}

/*
 * Takes pending bits, and then it does not wait and keeps what it runs on; or else takes a message or waits.  A thread
 * that owes an answer may wait for a notification, on its caller's context.
 */
static void take_or_wait(struct thread *current, const struct source *source)
{
	struct notification *notification = pending(current, source);

	if (notification) {
		notification_take(notification, current);
		return;
	}
	if (current->caller == NOBODY)
		sched_context_go_home(current);         /* it owes nobody an answer: a lent context is not its any more */
	if (source->notification)
		notification_enqueue(source->notification, current);
	else
		endpoint_take_or_wait(current, source->endpoint);
}

/* ---- system calls ---- */

void ipc_signal(struct thread *current, const struct capability *slot)
{
	void *notification;
	enum error error = object_of(slot, OBJECT_notification, RIGHT_notification_signal, &notification);

	if (error == ERR_ok && (tag_length(current->registers.tag) || tag_caps(current->registers.tag)))
		error = ERR_bad_length;
	if (error == ERR_ok)
		notification_signal(notification, slot->badge);
	else
		thread_return_error(current, error);
}

/*
 * The answer to a saved caller.  It does not take a context along: the caller has its own, or gets it when whoever still
 * runs on it waits (sched_context_go_home).
 */
static void answer_saved(struct thread *current, const struct capability *slot)
{
	void *object;
	struct reply *reply;
	struct thread *caller;
	enum error error = object_of(slot, OBJECT_reply, RIGHT_reply_answer, &object);

	if (error == ERR_ok)
		error = message_check(current, true);
	if (error == ERR_ok && !reply_holds(object))
		error = ERR_no_caller;
	if (error != ERR_ok) {
		thread_return_error(current, error);
		return;
	}

	/* From here on nothing can fail. */
	reply = object;
	caller = reply_release(reply);
	trace(TRACE_answer, (uintptr_t)caller, 0);
	if (caller->in_fault)
		resume_from_fault(current, caller);
	else
		message_answer(current, caller);
	sched_wake(caller);
}

void ipc_send(struct thread *current, struct capability *slot, bool call, bool block)
{
	void *endpoint;
	enum error error;

	if (names(slot, OBJECT_notification) && !call) {
		ipc_signal(current, slot);
		return;
	}
	if (names(slot, OBJECT_reply) && !call) {
		answer_saved(current, slot);
		return;
	}
	error = object_of(slot, OBJECT_endpoint, RIGHT_endpoint_send, &endpoint);
	if (error == ERR_ok)
		error = message_check(current, capability_has(slot, RIGHT_endpoint_grant));
	if (error == ERR_ok && !block && !endpoint_has_receiver(endpoint))
		error = ERR_would_block;
	if (error != ERR_ok) {
		thread_return_error(current, error);
		return;
	}

	/* From here on nothing can fail. */
	send(current, endpoint, slot->badge, call);
}

static bool call_handler(struct thread *current, const struct capability *slot)
{
	if (capability_empty(slot))
		return false;
	current->in_fault = 1;
	send(current, capability_object(slot), slot->badge, true);
	return true;
}

bool ipc_fault(struct thread *current)
{
	return call_handler(current, &current->fault_handler);
}

bool ipc_timeout(struct thread *current, uint64_t consumed)
{
	current->fault_kind = FAULT_timeout;
	current->fault_address = current->pc;
	current->fault_code = consumed;
	return call_handler(current, &current->timeout_handler);
}

void ipc_recv(struct thread *current, struct capability *slot, bool block)
{
	struct source source;
	enum error error = source_of(slot, &source);

	if (error == ERR_ok && source.endpoint && current->caller != NOBODY)
		error = ERR_unanswered;
	if (error == ERR_ok && !block && !pending(current, &source) &&
	    !(source.endpoint && endpoint_has_sender(source.endpoint)))
		error = ERR_would_block;
	if (error != ERR_ok) {
		thread_return_error(current, error);
		return;
	}
	take_or_wait(current, &source);
}

void ipc_reply_recv(struct thread *current, struct capability *slot)
{
	struct source source;
	enum error error = source_of(slot, &source);

	if (error == ERR_ok && current->caller != NOBODY)
		error = message_check(current, true);
	if (error != ERR_ok) {
		thread_return_error(current, error);
		return;
	}

	/* From here on nothing can fail. */
	if (current->caller != NOBODY)
		answer(current);
	take_or_wait(current, &source);
}
