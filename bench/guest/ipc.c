/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Round trips between the first thread and a passive server, in the same or another address space.  The server has a
 * CSpace of its own with nothing in it but the endpoint, and answers every message with one as long.
 *
 * The loops are made once for every number of words and both kinds of stub, so that all but the message is constant.
 * Words beyond the eighth lie in the IPC buffers, where they were written once: copying them is the kernel's work.
 */
#include "case.h"
#include "invocations.h"
#include "message.h"
#include "space.h"
#include "thread.h"

/* Numbers of words, as in design and baselines. */
#define WORDS_LIST(X) X(0) X(1) X(4) X(8) X(9) X(64) X(120)
#define STUB_LIST(X, words) X(words, inline) X(words, function)

enum { PRIORITY = 100, SERVER_BADGE = 7, SERVER_SLOT_endpoint = 1, SERVER_SLOT_BITS = 4 };

static inline __attribute__((always_inline)) uint64_t words_extra(uint64_t words)
{
	return words > MESSAGE_REGISTERS ? words - MESSAGE_REGISTERS : 0;
}

/* A whole message of so many words, the rest of the registers zero. */
static inline __attribute__((always_inline)) struct message message_make(
	enum syscall operation, uint64_t capability, uint64_t words)
{
	struct message message = { .tag = tag_make(operation, 0, 0, words_extra(words)), .badge = capability };
	for (uint64_t i = 0; i < MESSAGE_REGISTERS; i++)
		message.word[i] = i < words ? i + 1 : 0;
	return message;
}

#define CLIENT_LOOP(words, stub)                                                                        \
static void client_##words##_##stub(uint64_t endpoint, uint64_t iterations)                             \
{                                                                                                       \
	for (uint64_t i = 0; i < iterations; i++) {                                                     \
		struct message message = message_make(SYS_call, endpoint, words);                       \
		system_call_##stub(&message);                                                           \
	}                                                                                               \
}
#define SERVER_LOOP(words, stub)                                                                        \
static void server_##words##_##stub(uint64_t endpoint)                                                  \
{                                                                                                       \
	struct message message = message_make(SYS_recv, endpoint, 0);                                   \
	system_call_##stub(&message);                                                                   \
	for (;;) {                                                                                      \
		message = message_make(SYS_reply_recv, endpoint, words);                                \
		system_call_##stub(&message);                                                           \
	}                                                                                               \
}
#define LOOPS_OF(words) STUB_LIST(CLIENT_LOOP, words) STUB_LIST(SERVER_LOOP, words)
WORDS_LIST(LOOPS_OF)

static const struct round_trip {
	uint64_t words;
	const char *parameters[2];        /* same space, other space */
	void (*client)(uint64_t endpoint, uint64_t iterations);
	void (*server)(uint64_t endpoint);
} round_trips[] = {
#define ROUND_TRIP(words, stub) { words,                                                                \
	{ "words=" #words " space=same stub=" #stub, "words=" #words " space=other stub=" #stub },      \
	client_##words##_##stub, server_##words##_##stub },
#define ROUND_TRIPS_OF(words) STUB_LIST(ROUND_TRIP, words)
WORDS_LIST(ROUND_TRIPS_OF)
};

/* A CSpace with the right to receive on the endpoint, and nothing else. */
static uint64_t server_cspace(uint64_t endpoint)
{
	uint64_t cnode = pool_make(&case_pool, OBJECT_cnode, SERVER_SLOT_BITS + SIZE_BITS_slot);
	must(cnode_copy(cnode, SERVER_SLOT_endpoint, endpoint, RIGHT_endpoint_receive));
	return cnode;
}

/* One round trip, to see that the message comes through: the answer has as many words as were sent, and the same. */
static void check_answer(uint64_t endpoint, uint64_t words)
{
	struct message message = message_make(SYS_call, endpoint, words), sent = message;
	system_call_inline(&message);
	must_be(tag_error(message.tag) == ERR_ok);
	must_be(tag_length(message.tag) == words_extra(words));
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		must_be(message.word[i] == sent.word[i]);
}

/* Starts the server on a context of its own, and takes that away when it waits: from then on it runs on its client's. */
static void server_start(const struct round_trip *trip, uint64_t endpoint, uint64_t client, uint64_t space)
{
	struct made_thread server = thread_make(&case_pool, server_cspace(endpoint), space, (uint64_t)trip->server,
		SERVER_SLOT_endpoint, PRIORITY, THREAD_active);
	must(thread_resume(server.thread));
	check_answer(client, trip->words);
	must(sched_context_unbind(server.context));
	check_answer(client, trip->words);
}

static void round_trip_case(const struct round_trip *trip, bool other)
{
	uint64_t endpoint = pool_make(&case_pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	uint64_t client = pool_mint(&case_pool, endpoint, RIGHT_endpoint_send, SERVER_BADGE);
	uint64_t space = other ? space_clone(&case_pool) : BOOT_SLOT_space;
	server_start(trip, endpoint, client, space);
	case_run(trip->client, client);
}

void bench_ipc_round_trip(const char *name, const char *passages)
{
	for (unsigned i = 0; i < 2 * sizeof round_trips / sizeof round_trips[0]; i++) {
		const struct round_trip *trip = &round_trips[i / 2];
		bool other = i % 2;
		if (!case_begin(name, passages, trip->parameters[other]))
			continue;
		round_trip_case(trip, other);
		case_end();
	}
}
