/* SPDX-License-Identifier: BSD-2-Clause -- the cases of cases.def. */
#include "cases.h"
#include "cnode.h"
#include "core.h"
#include "deadline.h"
#include "endpoint.h"
#include "sched.h"
#include "world.h"
#include <stdio.h>
#include <stdlib.h>

enum { A = 20, B, C, MANY = 32, COPIES = 64, THREADS = 16, TIMES = 64, INNER_BITS = 6, LOW = 10 };

static struct thread *thread[THREADS];
static struct endpoint *endpoint;
static uint64_t address;

/* The compiler must believe that the value is used. */
static inline void use(const void *value) { __asm__ volatile("" : : "r"(value) : "memory"); }

_Noreturn void test_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
	exit(1);
}

void test_equal(const char *file, int line, const char *what, uint64_t actual, uint64_t expected)
{
	if (actual != expected)
		test_fail(file, line, what);
}

static void floor_prepare(void) { }
static void floor_run(uint64_t times)
{
	for (uint64_t i = 0; i < times; i++)
		use(&i);
}

/* ---- lookup ---- */

static void lookup_root_prepare(void)
{
	address = A;
	make(OBJECT_endpoint, A, 0);
}

static void lookup_root_run(uint64_t times)
{
	for (uint64_t i = 0; i < times; i++) {
		use(&address);
		use(cspace_lookup(world_thread, address));
	}
}

/* A CNode within a CNode within the root. */
static void lookup_deep_prepare(void)
{
	uint64_t inner = (uint64_t)1 << WORLD_SLOTS_BITS | A;

	make(OBJECT_cnode, A, INNER_BITS + SIZE_BITS_slot);
	make(OBJECT_cnode, B, INNER_BITS + SIZE_BITS_slot);
	make(OBJECT_endpoint, C, 0);
	EXPECT(ok, B, cnode, copy, 5, C, RIGHTS_all);
	EXPECT(ok, A, cnode, copy, 1, B, RIGHTS_all);
	address = (uint64_t)5 << (WORLD_SLOTS_BITS + INNER_BITS) | inner;
	CHECK(capability_object(cspace_lookup(world_thread, address)) == capability_object(&world_slots[C]));
}

static void lookup_deep_run(uint64_t times) { lookup_root_run(times); }

/* ---- queues ---- */

/* Threads that wait for nothing and are not ready: what a queue needs of them is theirs alone. */
static void make_idle_threads(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		thread[i] = make(OBJECT_thread, A + 1 + i, 0);
}

static void queue_endpoint_prepare(void)
{
	endpoint = make(OBJECT_endpoint, A, 0);
	make_idle_threads(8);
	for (unsigned i = 0; i < 8; i++)
		endpoint_enqueue_sender(endpoint, thread[i]);
}

static void queue_endpoint_run(uint64_t times)
{
	for (uint64_t i = 0; i < times; i++)
		endpoint_enqueue_sender(endpoint, endpoint_dequeue_sender(endpoint));
}

static struct deadline deadlines[TIMES], *earliest;

static void queue_deadline_prepare(void)
{
	earliest = NULL;
	for (unsigned i = 0; i < TIMES; i++) {
		deadlines[i] = (struct deadline){ 0 };
		deadline_insert(&earliest, &deadlines[i], i * 0x9e3779b1u % (1u << 20));   /* spread, and the same each time */
	}
}

static void queue_deadline_run(uint64_t times)
{
	for (uint64_t i = 0; i < times; i++) {
		struct deadline *first = earliest;
		uint64_t later = first->time + (1 << 19);

		deadline_remove(&earliest, first);
		deadline_insert(&earliest, first, later);
	}
}

/* ---- scheduler ---- */

/* A thread of that priority that could run, with a context of its own. */
static struct thread *make_ready_thread(unsigned i, unsigned priority)
{
	uint64_t slot = A + 2 * i;
	struct thread *made = make_thread(slot, priority);

	make(OBJECT_sched_context, slot + 1, 0);
	EXPECT(ok, slot + 1, sched_context, bind, slot);
	return made;
}

static void sched_alone_prepare(void)
{
	thread[0] = make_ready_thread(0, LOW + THREADS);
	CHECK(thread[0]->ready);
	sched_remove(thread[0]);
}

static void sched_alone_run(uint64_t times)
{
	for (uint64_t i = 0; i < times; i++) {
		sched_wake(thread[0]);
		sched_remove(thread[0]);
	}
}

static void sched_crowd_prepare(void)
{
	for (unsigned i = 1; i <= THREADS; i++)
		CHECK(make_ready_thread(i, LOW + i - 1)->ready);
	sched_alone_prepare();
}

static void sched_crowd_run(uint64_t times) { sched_alone_run(times); }

/* ---- objects and the derivation tree, by system calls ---- */

static void retype_one_prepare(void) { }
static void retype_one_run(uint64_t times)
{
	for (uint64_t i = 0; i < times; i++) {
		make(OBJECT_endpoint, A, 0);
		EXPECT(ok, SLOT_cnode, cnode, delete, A);
	}
}

static void retype_many_prepare(void) { }
static void retype_many_run(uint64_t times)
{
	for (uint64_t i = 0; i < times; i++) {
		EXPECT(ok, SLOT_untyped, untyped, retype, OBJECT_endpoint, SIZE_BITS_endpoint, SLOT_cnode, A, MANY);
		EXPECT(ok, SLOT_cnode, cnode, revoke, SLOT_untyped);
	}
}

static void tree_copy_prepare(void) { make(OBJECT_endpoint, A, 0); }
static void tree_copy_run(uint64_t times)
{
	for (uint64_t i = 0; i < times; i++) {
		EXPECT(ok, SLOT_cnode, cnode, copy, B, A, RIGHTS_all);
		EXPECT(ok, SLOT_cnode, cnode, delete, B);
	}
}

static void tree_revoke_prepare(void) { make(OBJECT_endpoint, A, 0); }
static void tree_revoke_run(uint64_t times)
{
	for (uint64_t i = 0; i < times; i++) {
		for (uint64_t slot = A; slot < A + COPIES; slot++)
			EXPECT(ok, SLOT_cnode, cnode, copy, slot + 1, slot, RIGHTS_all);
		EXPECT(ok, SLOT_cnode, cnode, revoke, A);
	}
}

/* ---- messages ---- */

static void ipc_round_trip_prepare(void)
{
	make(OBJECT_endpoint, A, 0);
	thread[0] = make_thread(B, PRIORITIES - 1);
	make(OBJECT_sched_context, C, 0);
	EXPECT(ok, C, sched_context, bind, B);
	sched_yield();
	CHECK(system_call(tag_make(SYS_yield, 0, 0, 0), 0) == thread[0]);
	CHECK(system_call(tag_make(SYS_recv, 0, 0, 0), A) == world_thread);
	EXPECT(ok, C, sched_context, unbind);     /* from now on it runs on its client's */
}

static void ipc_round_trip_run(uint64_t times)
{
	for (uint64_t i = 0; i < times; i++) {
		CHECK(system_call(tag_make(SYS_call, 0, 0, 0), A) == thread[0]);
		CHECK(system_call(tag_make(SYS_reply_recv, 0, 0, 0), A) == world_thread);
	}
}

/* ---- all of them ---- */

const struct bench_case bench_cases[] = {
#define CASE(name, shown, times, sentence) { shown, times, name##_prepare, name##_run },
#include "cases.def"
#undef CASE
};
const unsigned bench_case_count = sizeof(bench_cases) / sizeof(bench_cases[0]);

void bench_prepare(const struct bench_case *one)
{
	if (!world_thread)
		world_init();
	EXPECT(ok, SLOT_cnode, cnode, revoke, SLOT_untyped);
	one->prepare();
}

__attribute__((noinline)) void bench_measured(const struct bench_case *one, uint64_t times)
{
	one->run(times);
}
