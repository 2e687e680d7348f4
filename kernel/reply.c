/* SPDX-License-Identifier: BSD-2-Clause -- callers saved for a later answer (reply.h). */
#include "reply.h"
#include "invoke.h"
#include "sched.h"

void reply_init(struct reply *reply)
{
	reply->caller = NOBODY;
}

struct thread *reply_release(struct reply *reply)
{
	struct thread *caller = reply->caller;

	reply->caller = NOBODY;
	caller->waits = 0;
	return caller;
}

void reply_forget(struct reply *reply)
{
	(void)reply_release(reply);
}

enum progress reply_destroy_step(struct reply *reply)
{
	struct thread *caller;

	if (!reply_holds(reply))
		return PROGRESS_done;
	caller = reply_release(reply);
	thread_return_error(caller, ERR_server_gone);
	sched_wake(caller);
	return PROGRESS_done;
}

/*
 * The server keeps what it runs on, perhaps its caller's context, until it waits.  An answer through a reply object
 * lends nothing, so that a caller that lost its context needs no mark of it.
 */
enum error method_reply_save(struct invocation *invocation)
{
	struct reply *reply = capability_object(invocation->slot);
	struct thread *server = invocation->caller, *caller = server->caller;

	if (caller == NOBODY)
		return ERR_no_caller;
	if (reply_holds(reply))
		return ERR_unanswered;
	server->caller = NOBODY;
	reply->caller = caller;
	caller->waits = waits_pack(reply, WAITS_saved);
	gate_clear(caller, GATE_OF(bereft));
	return ERR_ok;
}
