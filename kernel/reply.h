/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reply objects: each holds one caller for a later answer, so that a server can take further calls meanwhile, or let
 * another thread answer.  The caller's waits word points back (WAITS_saved).
 */
#pragma once
#include "core.h"

struct reply {
	struct thread *caller;            /* or NOBODY; caller->waits points back */
};
_Static_assert(sizeof(struct reply) <= 1 << SIZE_BITS_reply, "a reply object fits its object size");

void reply_init(struct reply *reply);

static inline bool reply_holds(const struct reply *reply) { return reply->caller != NOBODY; }

/* Empties it: the caller, which now waits for nothing. */
struct thread *reply_release(struct reply *reply);

/* Empties it because its caller waits no more. */
void reply_forget(struct reply *reply);

/* One step of destroying: its caller gets ERR_server_gone. */
enum progress reply_destroy_step(struct reply *reply);
