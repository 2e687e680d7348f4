/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages between threads (ipc.h).  Every function checks, marks the point from which nothing can fail, and commits.
 *
 * Lending: a message delivered to a receiver that holds no sched context brings the sender's along; a reply takes it
 * back to a caller that holds none; a receiver that waits with a lent one and owes nobody an answer sends it home.
 */
#include "ipc.h"
#include "endpoint.h"
#include "message.h"
#include "sched.h"
#include "sched_context.h"

/* The endpoint that a slot names, if it has the right. */
static enum error endpoint_of(const struct capability *slot, enum right right, struct endpoint **endpoint)
{
	if (!slot || capability_empty(slot))
		return ERR_no_cap;
	if (capability_kind(slot) != OBJECT_endpoint)
		return ERR_wrong_kind;
	if (!capability_has(slot, right))
		return ERR_no_right;
	*endpoint = capability_object(slot);
	return ERR_ok;
}

/* ---- effects, which cannot fail ---- */

/* Hands a message over.  Both threads are out of the endpoint's queues; is_call says whether the sender waits for more. */
static void deliver(struct thread *from, struct thread *to, uint64_t badge, bool is_call)
{
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

/* Gives the answer in current's registers to its caller, and with it the context that the caller lent. */
static void answer(struct thread *current)
{
	struct thread *caller = current->caller;

	message_move(current, caller, 0);
	current->caller = NOBODY;
	caller->waits = 0;
	if (!caller->held && !(caller->gate & GATE_OF(bereft)))
		sched_context_lend(current, caller);
	gate_clear(caller, GATE_OF(bereft));
	sched_wake_first(caller);
}

/* Whether a queued sender made a call: its tag says so. */
static bool is_caller(const struct thread *sender)
{
	return tag_operation(sender->registers.tag) == SYS_call;
}

/* Takes the first sender's message, or waits for one. */
static void take_or_wait(struct thread *current, struct endpoint *endpoint)
{
	struct thread *sender;

	sched_context_go_home(current);                 /* it owes nobody an answer: a lent context is not its any more */
	if (!endpoint_has_sender(endpoint)) {
		endpoint_enqueue_receiver(endpoint, current);
		return;
	}
	sender = endpoint_dequeue_sender(endpoint);
	deliver(sender, current, sender->sent_badge, is_caller(sender));
	sched_wake(sender);                             /* unless it made a call: then it waits for the answer */
}

/* ---- system calls ---- */

void ipc_send(struct thread *current, struct capability *slot, bool call, bool block)
{
	struct endpoint *endpoint;
	struct thread *receiver;
	enum error error = endpoint_of(slot, RIGHT_endpoint_send, &endpoint);

	if (error == ERR_ok)
		error = message_check(current, capability_has(slot, RIGHT_endpoint_grant));
	if (error == ERR_ok && !block && !endpoint_has_receiver(endpoint))
		error = ERR_would_block;
	if (error != ERR_ok) {
		thread_return_error(current, error);
		return;
	}

	/* From here on nothing can fail. */
	if (!endpoint_has_receiver(endpoint)) {
		current->sent_badge = slot->badge;
		endpoint_enqueue_sender(endpoint, current);
		return;
	}
	receiver = endpoint_dequeue_receiver(endpoint);
	deliver(current, receiver, slot->badge, call);
	if (call)
		sched_wake_first(receiver);
	else
		sched_wake(receiver);
}

void ipc_recv(struct thread *current, struct capability *slot, bool block)
{
	struct endpoint *endpoint;
	enum error error = endpoint_of(slot, RIGHT_endpoint_receive, &endpoint);

	if (error == ERR_ok && current->caller != NOBODY)
		error = ERR_unanswered;
	if (error == ERR_ok && !block && !endpoint_has_sender(endpoint))
		error = ERR_would_block;
	if (error != ERR_ok) {
		thread_return_error(current, error);
		return;
	}
	take_or_wait(current, endpoint);
}

void ipc_reply_recv(struct thread *current, struct capability *slot)
{
	struct endpoint *endpoint;
	enum error error = endpoint_of(slot, RIGHT_endpoint_receive, &endpoint);

	if (error == ERR_ok && current->caller != NOBODY)
		error = message_check(current, true);
	if (error != ERR_ok) {
		thread_return_error(current, error);
		return;
	}

	/* From here on nothing can fail. */
	if (current->caller != NOBODY)
		answer(current);
	take_or_wait(current, endpoint);
}
