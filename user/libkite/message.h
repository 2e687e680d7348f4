/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A message as C sees it, and the system calls that carry one.  Eight words always travel in registers; words[] that a
 * message does not use must be zero (MESSAGE() makes them so), or they would tell the receiver what was there before.
 *
 * Every system call exists with both kinds of stub: ipc_call() and its sisters are inline, and only what is live around
 * them gets saved; pass system_call_function to the *_by() forms, and a function call saves all callee-saved registers.
 */
#pragma once
#include <stdbool.h>
#include "abi.h"

struct message {
	uint64_t tag;
	uint64_t badge;                   /* in: the capability address; out: the badge */
	uint64_t word[MESSAGE_REGISTERS];
};
_Static_assert(sizeof(struct message) == 80, "ipc.S knows this layout");

#define MESSAGE(label, ...) ((struct message){ .tag = tag_make(0, (label), 0, 0), .word = { __VA_ARGS__ } })

/* The stubs: the system call that message->tag names, with message->badge as the capability address. */
void system_call_function(struct message *message);       /* ipc.S */
#include "machine.h"                                      /* system_call_inline() and what else the machine has */

/* The same, for every system call that transfers or awaits a message: what changes is the operation alone. */
static inline __attribute__((always_inline)) enum error ipc_operation(
	void (*stub)(struct message *), enum syscall operation, uint64_t capability, struct message *message)
{
	message->tag &= ~((uint64_t)TAG_OPERATION_MASK << TAG_OPERATION_SHIFT);
	message->tag |= (uint64_t)operation << TAG_OPERATION_SHIFT;
	message->badge = capability;
	stub(message);
	return tag_error(message->tag);
}

static inline enum error ipc_call(uint64_t endpoint, struct message *message)
{
	return ipc_operation(system_call_inline, SYS_call, endpoint, message);
}

static inline enum error ipc_send(uint64_t endpoint, struct message *message)
{
	return ipc_operation(system_call_inline, SYS_send, endpoint, message);
}

static inline enum error ipc_nb_send(uint64_t endpoint, struct message *message)
{
	return ipc_operation(system_call_inline, SYS_nb_send, endpoint, message);
}

/* Answers the caller with message, and waits for the next one, which is put there. */
static inline enum error ipc_reply_recv(uint64_t endpoint, struct message *message)
{
	return ipc_operation(system_call_inline, SYS_reply_recv, endpoint, message);
}

static inline enum error ipc_recv(uint64_t endpoint, struct message *message)
{
	*message = MESSAGE(0);
	return ipc_operation(system_call_inline, SYS_recv, endpoint, message);
}

static inline enum error ipc_nb_recv(uint64_t endpoint, struct message *message)
{
	*message = MESSAGE(0);
	return ipc_operation(system_call_inline, SYS_nb_recv, endpoint, message);
}

/* The same through a notification's capability: sets the bits of its badge; waits for bits, or polls them. */
static inline enum error notification_signal(uint64_t notification)
{
	struct message message = MESSAGE(0);
	return ipc_operation(system_call_inline, SYS_signal, notification, &message);
}

static inline enum error notification_wait(uint64_t notification, uint64_t *bits)
{
	struct message message;
	enum error error = ipc_recv(notification, &message);
	*bits = error == ERR_ok ? message.badge : 0;
	return error;
}

static inline enum error notification_poll(uint64_t notification, uint64_t *bits)
{
	struct message message;
	enum error error = ipc_nb_recv(notification, &message);
	*bits = error == ERR_ok ? message.badge : 0;
	return error;
}

/* Whether what a receive brought was no message, but the bits of the bound notification, in message->badge. */
static inline bool message_notified(const struct message *message)
{
	return tag_operation(message->tag) == OPERATION_notified;
}

/* The system calls that are not about an endpoint. */
static inline void system_yield(void)
{
	struct message message = MESSAGE(0);
	ipc_operation(system_call_inline, SYS_yield, 0, &message);
}
