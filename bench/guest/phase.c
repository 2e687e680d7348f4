/* SPDX-License-Identifier: BSD-2-Clause
 *
 * On a board: what each half of a round trip takes, for nothing watches there from outside.  The server reads the counter as
 * soon as it runs, and its answer says what it read.  Both halves contain reading the counter once (counter/read).
 */
#include "case.h"
#include "counter.h"
#include "invocations.h"
#include "measure.h"
#include "message.h"
#include "space.h"
#include "thread.h"
#include "working_set.h"

enum { PRIORITY = 100 };

static uint64_t half[2][COUNTERS][SAMPLES_MAX];         /* to the server, and back */

#define COUNTER(identifier, name, unit, sentence)                                                       \
static void server_##identifier(uint64_t endpoint)                                                      \
{                                                                                                       \
	struct message message;                                                                         \
	ipc_recv(endpoint, &message);                                                                   \
	for (;;) {                                                                                      \
		message = MESSAGE(0, counter_##identifier());                                           \
		ipc_reply_recv(endpoint, &message);                                                     \
	}                                                                                               \
}                                                                                                       \
static void client_##identifier(uint64_t endpoint, uint64_t iterations)                                 \
{                                                                                                       \
	for (uint64_t i = 0; i < iterations; i++) {                                                     \
		struct message message = MESSAGE(0);                                                    \
		working_set_touch();                                                                    \
		uint64_t before = counter_##identifier();                                               \
		ipc_call(endpoint, &message);                                                           \
		uint64_t after = counter_##identifier();                                                \
		half[0][COUNTER_##identifier][i] = message.word[0] - before;                            \
		half[1][COUNTER_##identifier][i] = after - message.word[0];                             \
	}                                                                                               \
}
#include "counter.def"
#undef COUNTER

static void take(enum counter counter, bool other, void (*server)(uint64_t endpoint), void (*client)(uint64_t endpoint, uint64_t iterations))
{
	if (!counter_there(counter))
		return;
	uint64_t endpoint = pool_make(&case_pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	uint64_t space = other ? space_clone(&case_pool) : BOOT_SLOT_space;
	struct made_thread made = thread_start(&case_pool, space, server, endpoint, PRIORITY, THREAD_active);
	client(endpoint, 1);
	must(sched_context_unbind(made.context));
	client(endpoint, measure_samples());            /* warms what the next one measures */
	client(endpoint, measure_samples());
}

static void halves(const char *name, const char *parameters, bool other, unsigned which)
{
	if (!case_begin(name, "", parameters))
		return;
#define COUNTER(identifier, counter, unit, sentence) take(COUNTER_##identifier, other, server_##identifier, client_##identifier);
#include "counter.def"
#undef COUNTER
	measure_taken(half[which]);
	case_end();
}

void bench_phases(void)
{
	static const char *const parameters[] = { "words=0 space=same stub=inline", "words=0 space=other stub=inline" };
	for (unsigned other = 0; other < 2; other++) {
		halves("ipc/call", parameters[other], other, 0);
		halves("ipc/reply_recv", parameters[other], other, 1);
	}
}
