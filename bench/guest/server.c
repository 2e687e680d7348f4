/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Round trips that are less plain than those of ipc.c: found through two CNodes, with a capability along, to a server with
 * a sched context of its own or of lower priority, answered through a reply object.  And a yield to an equal thread.
 */
#include "case.h"
#include "invocations.h"
#include "message.h"
#include "space.h"
#include "thread.h"

enum {
	PRIORITY = 100, PRIORITY_lower = 50, SECOND_BITS = 4, SECOND_SLOT = 3,
	GUARD_BITS = 1, GUARD = 1,
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

/* Starts a server in another address space; a passive one loses its context once it waits. */
static void server_start(void (*function)(uint64_t), uint64_t receives, uint64_t client, uint64_t priority, bool passive)
{
	struct made_thread server = thread_start(&case_pool, space_clone(&case_pool), function, receives, priority, THREAD_active);
	client_loop(client, 1);
	if (passive)
		must(sched_context_unbind(server.context));
}

void bench_server_active(const char *name, const char *passages)
{
	if (!case_begin(name, passages, "words=0 space=other stub=inline server=active"))
		return;
	uint64_t endpoint = pool_make(&case_pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	server_start(server_loop, endpoint, endpoint, PRIORITY, false);
	case_run(client_loop, endpoint);
	case_end();
}

void bench_server_lower(const char *name, const char *passages)
{
	if (!case_begin(name, passages, "words=0 space=other stub=inline server=lower"))
		return;
	uint64_t endpoint = pool_make(&case_pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	server_start(server_loop, endpoint, endpoint, PRIORITY_lower, true);
	case_run(client_loop, endpoint);
	case_end();
}

/* The address of a slot of a CNode that lies, with a guard of one bit, in a slot of the root. */
static uint64_t deep_address(uint64_t cnode, uint64_t slot)
{
	unsigned root_bits = (unsigned)__builtin_ctzll(boot->slots);
	return slot << (GUARD_BITS + root_bits) | (uint64_t)GUARD << root_bits | cnode;
}

void bench_server_deep(const char *name, const char *passages)
{
	if (!case_begin(name, passages, "words=0 space=other stub=inline depth=2"))
		return;
	uint64_t endpoint = pool_make(&case_pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	uint64_t plain = pool_make(&case_pool, OBJECT_cnode, SECOND_BITS + SIZE_BITS_slot), guarded = pool_slots(&case_pool, 1);
	must(cnode_mint(BOOT_SLOT_cnode, guarded, plain, RIGHT_cnode_modify, guard_make(GUARD_BITS, GUARD)));
	must(cnode_copy(plain, SECOND_SLOT, endpoint, RIGHT_endpoint_send | RIGHT_endpoint_receive));
	uint64_t deep = deep_address(guarded, SECOND_SLOT);
	server_start(server_loop, deep, deep, PRIORITY, true);
	case_run(client_loop, deep);
	case_end();
}

/* ---- a capability along ---- */

static uint64_t given, arrives;                         /* the same in all address spaces that are cloned later */

static void give_loop(uint64_t endpoint, uint64_t iterations)
{
	((struct ipc_buffer *)boot->buffer_address)->cap[0] = given;
	for (uint64_t i = 0; i < iterations; i++) {
		struct message message = { .tag = tag_make(SYS_call, 0, 1, 0), .badge = endpoint };
		system_call_inline(&message);
	}
}

/* The slot is emptied before the next one arrives. */
static void taking_server(uint64_t endpoint)
{
	struct message message;
	thread_buffer()->receive_slot[0] = arrives;
	ipc_recv(endpoint, &message);
	for (;;) {
		cnode_delete(BOOT_SLOT_cnode, arrives);
		message = MESSAGE(0);
		ipc_reply_recv(endpoint, &message);
	}
}

void bench_server_given(const char *name, const char *passages)
{
	(void)passages;
	if (!case_begin_counted(name, 3, "words=0 space=other stub=inline"))
		return;
	uint64_t endpoint = pool_make(&case_pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	given = pool_mint(&case_pool, endpoint, RIGHT_endpoint_send, 1);
	arrives = pool_slots(&case_pool, 1);
	server_start(taking_server, endpoint, endpoint, PRIORITY, true);
	case_run(give_loop, endpoint);
	case_end();
}

/* ---- a saved caller ---- */

static uint64_t reply;

static void saving_server(uint64_t endpoint)
{
	for (;;) {
		struct message message;
		ipc_recv(endpoint, &message);
		reply_save(reply);
		message = MESSAGE(0);
		ipc_send(reply, &message);
	}
}

/* call, save, answer, recv. */
void bench_server_saved(const char *name, const char *passages)
{
	(void)passages;
	if (!case_begin_counted(name, 4, "words=0 space=other stub=inline"))
		return;
	uint64_t endpoint = pool_make(&case_pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	reply = pool_make(&case_pool, OBJECT_reply, SIZE_BITS_reply);
	server_start(saving_server, endpoint, endpoint, PRIORITY, true);
	case_run(client_loop, endpoint);
	case_end();
}

/* ---- yield ---- */

static void yield_loop(uint64_t unused, uint64_t iterations)
{
	(void)unused;
	for (uint64_t i = 0; i < iterations; i++)
		system_yield();
}

static void yielder(uint64_t unused)
{
	for (;;)
		yield_loop(unused, 1);
}

/* To an equal thread in another space, and back. */
void bench_yield_equal(const char *name, const char *passages)
{
	if (!case_begin(name, passages, "space=other stub=inline"))
		return;
	thread_start(&case_pool, space_clone(&case_pool), yielder, 0, PRIORITY, THREAD_active);
	case_run(yield_loop, 0);
	case_end();
}

/* ---- yield to: each thread knows the other's sched context ---- */

static void yield_to_loop(uint64_t context, uint64_t iterations)
{
	for (uint64_t i = 0; i < iterations; i++) {
		struct message message = MESSAGE(METHOD_sched_context_yield_to);
		invoke(context, &message);
	}
}

static void yielder_to(uint64_t context)
{
	for (;;)
		yield_to_loop(context, 1);
}

/* To an equal thread in another space, and back. */
void bench_yield_to_equal(const char *name, const char *passages)
{
	if (!case_begin(name, passages, "space=other stub=function"))
		return;
	struct made_thread other = thread_start(&case_pool, space_clone(&case_pool), yielder_to, BOOT_SLOT_sched_context,
		PRIORITY, THREAD_active);
	case_run(yield_to_loop, other.context);
	case_end();
}
