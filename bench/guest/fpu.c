/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the FPU adds to a round trip of 0 words to a passive server in another address space: nobody uses it, or the client
 * does, or the server, or both, with one instruction in each iteration.  Under the lazy policy one user keeps it, and two
 * take it from each other; under the eager one every user gets it anew each time, by a trap.
 */
#include "case.h"
#include "invocations.h"
#include "message.h"
#include "space.h"
#include "thread.h"

enum { PRIORITY = 100 };

static inline __attribute__((always_inline)) void client_loop(uint64_t endpoint, uint64_t iterations, bool fpu)
{
	for (uint64_t i = 0; i < iterations; i++) {
		if (fpu)
			fpu_touch();
		struct message message = MESSAGE(0);
		ipc_call(endpoint, &message);
	}
}

static inline __attribute__((always_inline)) void server_loop(uint64_t endpoint, bool fpu)
{
	struct message message;
	ipc_recv(endpoint, &message);
	for (;;) {
		if (fpu)
			fpu_touch();
		message = MESSAGE(0);
		ipc_reply_recv(endpoint, &message);
	}
}

static void client_plain(uint64_t endpoint, uint64_t iterations) { client_loop(endpoint, iterations, false); }
static void client_fpu(uint64_t endpoint, uint64_t iterations)   { client_loop(endpoint, iterations, true); }
static void server_plain(uint64_t endpoint)                      { server_loop(endpoint, false); }
static void server_fpu(uint64_t endpoint)                        { server_loop(endpoint, true); }

static const struct users {
	const char *parameters;
	bool client, server;
} users_list[] = {
	{ "words=0 space=other stub=inline fpu=none", false, false },
	{ "words=0 space=other stub=inline fpu=client", true, false },
	{ "words=0 space=other stub=inline fpu=server", false, true },
	{ "words=0 space=other stub=inline fpu=both", true, true },
};

/* Call and answer, and the traps of those that do not own the FPU when they touch it. */
static unsigned passages_of(const struct users *users)
{
	bool traps = boot->fpu == FPU_eager || (users->client && users->server);
	return 2 + (traps ? users->client + users->server : 0u);
}

static void round_trip_case(const struct users *users)
{
	uint64_t endpoint = pool_make(&case_pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	struct made_thread server = thread_make(&case_pool, BOOT_SLOT_cnode, space_clone(&case_pool),
		(uint64_t)(users->server ? server_fpu : server_plain), endpoint, PRIORITY, THREAD_active);
	must(thread_set_fpu(server.thread, users->server));
	must(thread_set_fpu(BOOT_SLOT_thread, users->client));
	must(thread_resume(server.thread));
	client_plain(endpoint, 1);
	must(sched_context_unbind(server.context));
	case_run(users->client ? client_fpu : client_plain, endpoint);
	must(thread_set_fpu(BOOT_SLOT_thread, 0));
}

void bench_fpu_round_trip(const char *name, const char *passages)
{
	(void)passages;
	for (unsigned i = 0; i < sizeof users_list / sizeof users_list[0]; i++) {
		const struct users *users = &users_list[i];
		if ((i && boot->fpu == FPU_none) || !case_begin_counted(name, passages_of(users), users->parameters))
			continue;
		round_trip_case(users);
		case_end();
	}
}
