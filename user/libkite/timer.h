/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A client's side of the timer server (servers/timer_server.c).  timer is a capability to its endpoint.
 */
#pragma once
#include "message.h"

enum timer_call {
#define TIMER_CALL(number, name, sentence) TIMER_CALL_##name = (number),
#include "timer.def"
#undef TIMER_CALL
};

/* Waits until the clock has reached this time; false: the server waits for too many already. */
static inline bool timer_sleep(uint64_t timer, uint64_t time)
{
	struct message message = MESSAGE(TIMER_CALL_sleep, time);
	return ipc_call(timer, &message) == ERR_ok && tag_label(message.tag) == 0;
}

/* Has a notification signalled at this time; the capability may only need the right to signal.  Needs an IPC buffer. */
static inline bool timer_alarm(uint64_t timer, struct ipc_buffer *buffer, uint64_t notification, uint64_t time)
{
	struct message message = MESSAGE(0, time);
	buffer->cap[0] = notification;
	message.tag = tag_make(0, TIMER_CALL_alarm, 1, 0);
	return ipc_call(timer, &message) == ERR_ok && tag_label(message.tag) == 0;
}

/* Forgets the alarms that were set through capabilities with the same badge. */
static inline void timer_cancel(uint64_t timer)
{
	struct message message = MESSAGE(TIMER_CALL_cancel);
	ipc_call(timer, &message);
}
