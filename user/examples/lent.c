/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A lent sched context.  The server has none of its own: it cannot run by itself, and works on the time of whoever calls
 * it, which goes back with the answer.
 */
#include "invocations.h"
#include "print.h"
#include "thread.h"

enum { PRIORITY = 150 };

static uint64_t endpoint;

static void square(uint64_t unused)
{
	struct message message;

	(void)unused;
	must(ipc_recv(endpoint, &message));
	for (;;) {
		message = MESSAGE(0, message.word[0] * message.word[0]);
		must(ipc_reply_recv(endpoint, &message));
	}
}

void program(void)
{
	endpoint = pool_make(&pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	/* Its priority is above this thread's, so it waits for its first message when this returns. */
	struct made_thread server = thread_start(&pool, BOOT_SLOT_space, square, 0, PRIORITY, THREAD_active);
	must(sched_context_unbind(server.context));
	print("the server has no time of its own\n");
	for (uint64_t number = 7; number < 10; number++) {
		struct message message = MESSAGE(0, number);
		must(ipc_call(endpoint, &message));
		print("on ours it found that %lu squared is %lu\n", number, message.word[0]);
	}
	must(thread_suspend(server.thread));
	print("unbinding again: %s\n", error_sentence(sched_context_unbind(server.context)));
}
