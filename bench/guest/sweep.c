/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sweeps: a round trip of 0 words while something else grows.  What it may cost is said in docs/performance.md, and a test
 * holds it against that.  (How it grows with the message's length is in ipc.c's rows.)
 */
#include "case.h"
#include "invocations.h"
#include "message.h"
#include "space.h"
#include "thread.h"

enum { PRIORITY = 100, PRIORITY_ready = 50, PRIORITY_idle = 101, CHAIN_MAX = 16, GUARD_BITS = 1, GUARD = 1, CNODE_BITS = 2 };

/* n=... as a parameter, beside what does not change. */
#define SWEEP(n) { n, "words=0 space=other stub=inline n=" #n }
struct point {
	uint64_t n;
	const char *parameters;
};

static void client_loop(uint64_t endpoint, uint64_t iterations)
{
	for (uint64_t i = 0; i < iterations; i++) {
		struct message message = MESSAGE(0);
		ipc_call(endpoint, &message);
	}
}

static void server_loop(uint64_t endpoint)
{
	struct message message;
	ipc_recv(endpoint, &message);
	for (;;) {
		message = MESSAGE(0);
		ipc_reply_recv(endpoint, &message);
	}
}

static uint64_t endpoint_make(void) { return pool_make(&case_pool, OBJECT_endpoint, SIZE_BITS_endpoint); }

/* A passive server that waits; client names the same endpoint as endpoint. */
static void server_start(uint64_t space, uint64_t endpoint, uint64_t client)
{
	struct made_thread server = thread_start(&case_pool, space, server_loop, endpoint, PRIORITY, THREAD_active);
	client_loop(client, 1);
	must(sched_context_unbind(server.context));
}

static void round_trip(void)
{
	uint64_t endpoint = endpoint_make();
	server_start(space_clone(&case_pool), endpoint, endpoint);
	case_run(client_loop, endpoint);
}

static void idle(uint64_t endpoint)
{
	struct message message;
	ipc_recv(endpoint, &message);
}

/* n more threads that wait somewhere. */
static void threads_case(uint64_t n)
{
	uint64_t nowhere = endpoint_make();
	for (uint64_t i = 0; i < n; i++)
		thread_start(&case_pool, BOOT_SLOT_space, idle, nowhere, PRIORITY_idle, THREAD_active);
	round_trip();
}

/* n threads of lower priority that are ready all the time. */
static void ready_case(uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		thread_start(&case_pool, BOOT_SLOT_space, idle, 0, PRIORITY_ready, THREAD_active);
	round_trip();
}

/* n servers, each in an address space of its own, one after the other. */
static uint64_t spaces, servers[CHAIN_MAX];

static void spaces_loop(uint64_t unused, uint64_t iterations)
{
	(void)unused;
	for (uint64_t i = 0; i < iterations; i++)
		client_loop(servers[i % spaces], 1);
}

static void spaces_case(uint64_t n)
{
	spaces = n;
	for (uint64_t i = 0; i < n; i++) {
		servers[i] = endpoint_make();
		server_start(space_clone(&case_pool), servers[i], servers[i]);
	}
	case_run(spaces_loop, 0);
}

/* The endpoint behind n CNodes, the root among them, on both sides. */
static void depth_case(uint64_t n)
{
	uint64_t endpoint = endpoint_make(), root_bits = (uint64_t)__builtin_ctzll(boot->slots), address = endpoint;
	for (uint64_t level = 1; level < n; level++) {
		uint64_t plain = pool_make(&case_pool, OBJECT_cnode, CNODE_BITS + SIZE_BITS_slot), guarded = pool_slots(&case_pool, 1);
		must(cnode_mint(BOOT_SLOT_cnode, guarded, plain, RIGHT_cnode_modify, guard_make(GUARD_BITS, GUARD)));
		must(cnode_copy(plain, 1, level == 1 ? endpoint : servers[level - 1], RIGHTS_all));
		servers[level] = guarded;
		address = guarded;
	}
	/* The root names the last CNode, whose slot 1 is the one before it, and so on down to the endpoint. */
	for (uint64_t level = 1; level < n; level++)
		address |= (uint64_t)(1 << GUARD_BITS | GUARD) << (root_bits + (level - 1) * (CNODE_BITS + GUARD_BITS));
	server_start(space_clone(&case_pool), address, address);
	case_run(client_loop, address);
}

/* ---- a chain of n servers, each of which calls the next before it answers ---- */

static uint64_t chain[CHAIN_MAX + 1], chain_length;

static void chain_server(uint64_t place)
{
	struct message message;
	ipc_recv(chain[place], &message);
	for (;;) {
		if (place + 1 < chain_length)
			client_loop(chain[place + 1], 1);
		message = MESSAGE(0);
		ipc_reply_recv(chain[place], &message);
	}
}

static void chain_case(uint64_t n)
{
	struct made_thread server[CHAIN_MAX];
	chain_length = n;
	for (uint64_t i = 0; i < n; i++)
		chain[i] = endpoint_make();
	for (uint64_t i = 0; i < n; i++)
		server[i] = thread_start(&case_pool, BOOT_SLOT_space, chain_server, i, PRIORITY, THREAD_active);
	client_loop(chain[0], 1);
	for (uint64_t i = 0; i < n; i++)
		must(sched_context_unbind(server[i].context));
	case_run(client_loop, chain[0]);
}

static void sweep(const char *name, const struct point *points, unsigned count, void (*run)(uint64_t n), uint64_t passages)
{
	for (unsigned i = 0; i < count; i++) {
		if (!case_begin_counted(name, (unsigned)(passages ? passages : 2 * points[i].n), points[i].parameters))
			continue;
		run(points[i].n);
		case_end();
	}
}

static const struct point many[] = { SWEEP(1), SWEEP(8), SWEEP(64) };
static const struct point few[] = { SWEEP(1), SWEEP(2), SWEEP(8) };
static const struct point lengths[] = {
	{ 1, "words=0 stub=inline n=1" }, { 2, "words=0 stub=inline n=2" }, { 8, "words=0 stub=inline n=8" },
};
static const struct point levels[] = { SWEEP(1), SWEEP(2), SWEEP(3), SWEEP(4) };

void bench_sweep_threads(const char *name, const char *passages) { (void)passages; sweep(name, many, 3, threads_case, 2); }
void bench_sweep_ready(const char *name, const char *passages)   { (void)passages; sweep(name, many, 3, ready_case, 2); }
void bench_sweep_spaces(const char *name, const char *passages)  { (void)passages; sweep(name, few, 3, spaces_case, 2); }
void bench_sweep_depth(const char *name, const char *passages)   { (void)passages; sweep(name, levels, 4, depth_case, 2); }
void bench_sweep_chain(const char *name, const char *passages)   { (void)passages; sweep(name, lengths, 3, chain_case, 0); }
