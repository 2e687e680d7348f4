/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A thread for each counter reads it twice with work in between and tells the first thread, which is its fault handler
 * too: whether an answer or a fault comes says whether there is such a counter, and the answer whether it counts.
 */
#include "counter.h"
#include "invocations.h"
#include "print.h"
#include "runtime.h"
#include "thread.h"

enum { PRIORITY = 99, LABEL_ANSWER = 1, WORK = 1000 };

const char *const counter_name[COUNTERS] = {
#define COUNTER(identifier, name, unit, sentence) name,
#include "counter.def"
#undef COUNTER
};

static bool there[COUNTERS];

bool counter_there(enum counter counter) { return there[counter]; }

static void work(void)
{
	for (volatile unsigned i = 0; i < WORK; i++)
		;
}

#define COUNTER(identifier, name, unit, sentence)                                                       \
static void try_##identifier(uint64_t endpoint)                                                         \
{                                                                                                       \
	uint64_t before = counter_##identifier();                                                       \
	work();                                                                                         \
	struct message message = MESSAGE(LABEL_ANSWER, counter_##identifier() - before);                \
	ipc_call(endpoint, &message);                                                                   \
}
#include "counter.def"
#undef COUNTER

static bool counts(void (*try)(uint64_t endpoint))
{
	struct message message;
	uint64_t endpoint = pool_make(&pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	uint64_t client = pool_mint(&pool, endpoint, RIGHT_endpoint_send, 1), faults = pool_mint(&pool, endpoint, RIGHT_endpoint_send, 2);
	struct made_thread made = thread_start(&pool, BOOT_SLOT_space, try, client, PRIORITY, THREAD_active);
	must(thread_set_fault_handler(made.thread, faults));
	must(ipc_recv(endpoint, &message));
	must(thread_suspend(made.thread));
	return message.badge == 1 && message.word[0] != 0;
}

void counter_probe(void)
{
#define COUNTER(identifier, name, unit, sentence) there[COUNTER_##identifier] = counts(try_##identifier);
#include "counter.def"
#undef COUNTER
}
