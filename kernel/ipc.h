/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages between threads: the meaning of call, send, recv, reply_recv and the non-blocking kinds.
 *
 * This is the specification of the fast paths in fastpath/: where they apply, they leave the same state.
 * Each function works on the current thread, whose message is in its saved registers, and sets its result.
 */
#pragma once
#include "thread.h"

struct endpoint;

void ipc_send(struct thread *current, struct capability *slot, bool call, bool block);
void ipc_signal(struct thread *current, const struct capability *slot);
void ipc_recv(struct thread *current, struct capability *slot, bool block);
void ipc_reply_recv(struct thread *current, struct capability *slot);

/* Calls the fault handler of the current thread, whose registers are a full context.  False: it has none. */
bool ipc_fault(struct thread *current);

/* The same with the timeout handler: the context that it runs on is spent, of which so many ticks were consumed ever. */
bool ipc_timeout(struct thread *current, uint64_t consumed);
