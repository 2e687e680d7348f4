/* SPDX-License-Identifier: BSD-2-Clause -- the derivation tree, and the methods of CNodes. */
#include "cnode.h"
#include "core.h"
#include "endpoint.h"
#include "sched_context.h"
#include "space.h"
#include "untyped.h"
#include "world.h"
#include <string.h>

enum { A = 20, B, C, D, E };                      /* slots */

static bool empty(uint64_t slot) { return capability_empty(&world_slots[slot]); }

void test_copy_rights(void)
{
	world_init();
	make(OBJECT_endpoint, A, 0);
	EXPECT(ok, SLOT_cnode, cnode, copy, B, A, RIGHTS_all);
	EQUAL(world_slots[B].rights, rights_of(OBJECT_endpoint));
	EXPECT(ok, SLOT_cnode, cnode, copy, C, A, RIGHT_endpoint_send | RIGHT_frame_read);
	EQUAL(world_slots[C].rights, RIGHT_endpoint_send);
	EXPECT(ok, SLOT_cnode, cnode, copy, D, C, RIGHTS_all);
	EQUAL(world_slots[D].rights, RIGHT_endpoint_send);
	EXPECT(ok, SLOT_cnode, cnode, copy, E, A, (uint64_t)RIGHT_endpoint_send << 32);
	EQUAL(world_slots[E].rights, 0);
	EQUAL(world_slots[B].flags, 0);
	check_slots(world_slots, WORLD_SLOTS);
}

void test_copy_errors(void)
{
	world_init();
	make(OBJECT_endpoint, A, 0);
	make(OBJECT_frame, B, 0);
	EXPECT(bad_argument, SLOT_cnode, cnode, copy, WORLD_SLOTS, A, RIGHTS_all);
	EXPECT(bad_argument, SLOT_cnode, cnode, mint, UINT64_MAX, A, RIGHTS_all, 1);
	EXPECT(no_cap, SLOT_cnode, cnode, copy, C, D, RIGHTS_all);
	EXPECT(no_cap, SLOT_cnode, cnode, copy, C, WORLD_SLOTS, RIGHTS_all);
	EXPECT(no_cap, SLOT_cnode, cnode, mint, C, D, RIGHTS_all, 1);
	EXPECT(slot_taken, SLOT_cnode, cnode, copy, A, B, RIGHTS_all);
	EXPECT(slot_taken, SLOT_cnode, cnode, mint, B, A, RIGHTS_all, 1);
	EXPECT(slot_taken, SLOT_cnode, cnode, copy, A, A, RIGHTS_all);
	EXPECT(wrong_kind, SLOT_cnode, cnode, mint, C, B, RIGHTS_all, 1);
	CHECK(empty(C));
}

void test_copy_depth(void)
{
	uint64_t slot = A;

	world_init();
	make(OBJECT_endpoint, A, 0);
	while (INVOKE(SLOT_cnode, cnode, copy, slot + 1, slot, RIGHTS_all).error == ERR_ok) {
		slot++;
		EQUAL(world_slots[slot].depth, world_slots[slot - 1].depth + 1);
		CHECK(slot < WORLD_SLOTS - 1);
	}
	EQUAL(world_slots[slot].depth, DEPTH_MAX);
	EXPECT(too_deep, SLOT_cnode, cnode, copy, slot + 1, slot, RIGHTS_all);
	EXPECT(too_deep, SLOT_cnode, cnode, mint, slot + 1, slot, RIGHTS_all, 1);
	check_slots(world_slots, WORLD_SLOTS);
	EXPECT(ok, SLOT_cnode, cnode, delete, A);
	for (; slot >= A; slot--)
		CHECK(empty(slot));
}

void test_mint_badge(void)
{
	world_init();
	make(OBJECT_endpoint, A, 0);
	EXPECT(ok, SLOT_cnode, cnode, mint, B, A, RIGHT_endpoint_send, 0x1234567890abcdef);
	EQUAL(world_slots[B].badge, 0x1234567890abcdef);
	EQUAL(world_slots[B].rights, RIGHT_endpoint_send);
	EXPECT(bad_argument, SLOT_cnode, cnode, mint, C, B, RIGHTS_all, 2);
	EXPECT(ok, SLOT_cnode, cnode, copy, C, B, RIGHTS_all);
	EQUAL(world_slots[C].badge, 0x1234567890abcdef);
	EQUAL(world_slots[A].badge, 0);
}

void test_move_keeps(void)
{
	struct space *space;

	world_init();
	space = capability_object(&world_slots[SLOT_space]);
	make(OBJECT_endpoint, A, 0);
	EXPECT(ok, SLOT_cnode, cnode, copy, B, A, RIGHTS_all);
	EXPECT(ok, SLOT_cnode, cnode, copy, C, A, RIGHTS_all);
	EXPECT(ok, SLOT_cnode, cnode, move, D, A);
	CHECK(empty(A) && capability_has_children(&world_slots[D]));
	EXPECT(ok, SLOT_cnode, cnode, delete, D);
	CHECK(empty(B) && empty(C) && empty(D));

	/* Mapped tables and frames, each first, last and in between in the list. */
	for (unsigned level = 3; level > 0; level--) {
		make(OBJECT_page_table, 30 + level, 0);
		EXPECT(ok, 30 + level, page_table, map, SLOT_space, 0, level);
	}
	make(OBJECT_frame, 40, 0);
	EXPECT(ok, 40, frame, map, SLOT_space, 0, MAP_read);
	for (unsigned slot = 30; slot <= 40; slot++) {
		if (empty(slot))
			continue;
		EXPECT(ok, SLOT_cnode, cnode, move, slot + 100, slot);
		check_slots(world_slots, WORLD_SLOTS);
	}
	CHECK(host_access(space->value, 0));
	EXPECT(ok, 140, frame, unmap, 0);
	CHECK(!host_access(space->value, 0));

	/* An unmapped one must not be entered into any list. */
	EXPECT(ok, SLOT_cnode, cnode, move, 40, 140);
	CHECK(!world_slots[40].space);

	/* An IPC buffer. */
	make(OBJECT_thread, 50, 0);
	EXPECT(ok, 50, thread, configure, SLOT_cnode, SLOT_space, 40, 1024);
	EXPECT(ok, SLOT_cnode, cnode, move, 41, 40);
	check_slots(world_slots, WORLD_SLOTS);
	EXPECT(ok, SLOT_cnode, cnode, delete, 41);
	CHECK(!((struct thread *)capability_object(&world_slots[50]))->buffer);

	/* A CNode's capability that threads were configured through. */
	EXPECT(ok, SLOT_cnode, cnode, copy, 60, SLOT_cnode, RIGHTS_all);
	EXPECT(ok, 50, thread, configure, 60, SLOT_space, 0, 0);
	make(OBJECT_thread, 51, 0);
	EXPECT(ok, 51, thread, configure, 60, SLOT_space, 0, 0);
	EXPECT(ok, SLOT_cnode, cnode, move, 61, 60);
	check_slots(world_slots, WORLD_SLOTS);
	EXPECT(ok, SLOT_cnode, cnode, delete, 61);
	CHECK(!((struct thread *)capability_object(&world_slots[50]))->cnode);
	CHECK(!((struct thread *)capability_object(&world_slots[51]))->cnode);
}

void test_move_errors(void)
{
	world_init();
	make(OBJECT_untyped, A, 12);
	make(OBJECT_cnode, B, 12);
	make(OBJECT_page_table, C, 0);
	EXPECT(immovable, SLOT_cnode, cnode, move, D, A);
	EXPECT(immovable, SLOT_cnode, cnode, copy, D, A, RIGHTS_all);
	EXPECT(immovable, SLOT_cnode, cnode, move, D, B);
	EXPECT(immovable, SLOT_cnode, cnode, copy, D, C, RIGHTS_all);
	EXPECT(ok, SLOT_cnode, cnode, copy, D, B, RIGHTS_all);
	EXPECT(ok, SLOT_cnode, cnode, move, E, D);
	EXPECT(ok, SLOT_cnode, cnode, move, D, C);
	EXPECT(bad_argument, SLOT_cnode, cnode, move, WORLD_SLOTS, E);
	EXPECT(no_cap, SLOT_cnode, cnode, move, 30, 31);
	EXPECT(slot_taken, SLOT_cnode, cnode, move, A, E);
	EXPECT(slot_taken, SLOT_cnode, cnode, move, E, E);
}

void test_delete_subtree(void)
{
	world_init();
	make(OBJECT_endpoint, A, 0);
	make(OBJECT_endpoint, 30, 0);
	EXPECT(ok, SLOT_cnode, cnode, copy, B, A, RIGHTS_all);
	EXPECT(ok, SLOT_cnode, cnode, copy, C, B, RIGHTS_all);
	EXPECT(ok, SLOT_cnode, cnode, copy, D, A, RIGHTS_all);
	EXPECT(ok, SLOT_cnode, cnode, copy, E, B, RIGHTS_all);
	EXPECT(ok, SLOT_cnode, cnode, delete, B);
	CHECK(!empty(A) && empty(B) && empty(C) && !empty(D) && empty(E) && !empty(30));
	EXPECT(ok, SLOT_cnode, cnode, delete, A);
	CHECK(empty(A) && empty(D) && !empty(30));
	EXPECT(bad_argument, SLOT_cnode, cnode, delete, WORLD_SLOTS);
	EXPECT(bad_argument, SLOT_cnode, cnode, revoke, WORLD_SLOTS);
	check_slots(world_slots, WORLD_SLOTS);
}

void test_delete_copy(void)
{
	struct thread *thread;
	struct space *space;
	struct sched_context *context;
	struct endpoint *endpoint;

	world_init();
	endpoint = make(OBJECT_endpoint, A, 0);
	space = make(OBJECT_space, B, 0);
	context = make(OBJECT_sched_context, C, 0);
	thread = make(OBJECT_thread, D, 0);
	EXPECT(ok, D, thread, configure, SLOT_cnode, B, 0, 0);
	EXPECT(ok, D, thread, write_registers, 4096);
	EXPECT(ok, D, thread, set_priority, PRIORITIES - 1);
	EXPECT(ok, D, thread, resume, 0);
	EXPECT(ok, C, sched_context, bind, D);
	system_call(tag_make(SYS_yield, 0, 0, 0), 0);
	CHECK(core.current == thread);
	system_call(tag_make(SYS_recv, 0, 0, 0), A);
	CHECK(core.current == world_thread && endpoint->receiver == thread);

	for (uint64_t slot = A; slot <= D; slot++) {
		EXPECT(ok, SLOT_cnode, cnode, copy, slot + 20, slot, RIGHTS_all);
		EXPECT(ok, SLOT_cnode, cnode, delete, slot + 20);
	}
	CHECK(endpoint->receiver == thread && thread->waits && !(thread->gate & GATE_OF(stopped)));
	CHECK(thread->space_object == space && thread->home == context && thread->held == context);
	CHECK(core.threads_last == thread);

	/* And the original takes all that along. */
	EXPECT(ok, SLOT_cnode, cnode, delete, A);
	CHECK(!thread->waits && thread->ready);
	EXPECT(ok, SLOT_cnode, cnode, delete, C);
	CHECK(!thread->home && !thread->held && !thread->ready);
	EXPECT(ok, SLOT_cnode, cnode, delete, B);
	CHECK(!thread->space_object && thread->gate & GATE_OF(unready));
	EXPECT(ok, SLOT_cnode, cnode, delete, D);
	CHECK(core.threads_last == world_thread);
}

void test_delete_itself(void)
{
	world_init();
	EXPECT(ok, SLOT_cnode, cnode, copy, A, SLOT_cnode, RIGHTS_all);
	EXPECT(ok, A, cnode, delete, A);
	CHECK(empty(A));
}

void test_delete_once(void)
{
	uint64_t word[MESSAGE_REGISTERS] = { A };
	struct capability value = { 0 };
	struct answer answer;

	/* Whenever the slot is empty after a step, the system call is over. */
	world_init();
	make(OBJECT_endpoint, A, 0);
	make(OBJECT_endpoint, 30, 0);
	for (unsigned i = 0; i < 200; i++)
		EXPECT(ok, SLOT_cnode, cnode, copy, 100 + i, A, RIGHTS_all);
	value = world_slots[30];
	for (unsigned step = 0; invoke_step(SLOT_cnode, METHOD_cnode_delete, word, &answer); step++) {
		CHECK(step < 1000);
		CHECK(!empty(A));
	}
	CHECK(empty(A) && value.object == world_slots[30].object);
}

void test_delete_nested(void)
{
	enum { DEEP = 20, WIDE = 200 };
	struct capability *inner;

	/* A CNode with 256 slots, in which lie: others made before and after it, its own copies, endpoints, a big CNode. */
	world_init();
	make(OBJECT_cnode, A, 8 + SIZE_BITS_slot);
	for (unsigned i = 0; i < DEEP; i++)
		EXPECT(ok, SLOT_untyped, untyped, retype, OBJECT_cnode, SIZE_BITS_cnode_min + 2, A, i, 1);
	for (unsigned i = DEEP; i < WIDE; i++)
		EXPECT(ok, A, cnode, copy, i, A, RIGHTS_all);
	EXPECT(ok, SLOT_untyped, untyped, retype, OBJECT_endpoint, SIZE_BITS_endpoint, A, WIDE, 25);
	EXPECT(ok, SLOT_untyped, untyped, retype, OBJECT_endpoint, SIZE_BITS_endpoint, A, WIDE + 25, 25);
	inner = capability_object(&world_slots[A]);

	/* A thread that looks into the CNode, one in the CNode, and an untyped in it with children outside. */
	EXPECT(ok, SLOT_untyped, untyped, retype, OBJECT_untyped, 16, A, 254, 1);
	EXPECT(ok, SLOT_untyped, untyped, retype, OBJECT_thread, SIZE_BITS_thread, A, 255, 1);
	make_thread(B, 1);
	EXPECT(ok, B, thread, suspend, 0);
	EXPECT(ok, B, thread, configure, A, SLOT_space, 0, 0);
	check_slots(inner, 256);

	EXPECT(ok, SLOT_cnode, cnode, revoke, A);         /* its copies only */
	for (unsigned i = DEEP; i < WIDE; i++)
		CHECK(capability_empty(&inner[i]));
	CHECK(!capability_empty(&inner[0]) && !capability_empty(&inner[255]));

	EXPECT(ok, SLOT_cnode, cnode, delete, A);
	CHECK(empty(A));
	for (unsigned i = 0; i < 256; i++)
		CHECK(capability_empty(&inner[i]));
	CHECK(!((struct thread *)capability_object(&world_slots[B]))->cnode);
	EXPECT(ok, SLOT_cnode, cnode, delete, B);
	EQUAL(untyped_used(&world_slots[SLOT_untyped]), 0);
}

void test_delete_closes(void)
{
	uint64_t word[MESSAGE_REGISTERS] = { A };
	struct answer answer;

	world_init();
	make(OBJECT_cnode, A, 12);
	make(OBJECT_thread, B, 0);
	EXPECT(ok, SLOT_untyped, untyped, retype, OBJECT_endpoint, SIZE_BITS_endpoint, A, 20, 10);
	CHECK(invoke_step(SLOT_cnode, METHOD_cnode_delete, word, &answer));
	EXPECT(no_right, A, cnode, copy, 0, SLOT_cnode, RIGHTS_all);
	EXPECT(no_right, B, thread, configure, A, SLOT_space, 0, 0);
	EXPECT(no_right, SLOT_untyped, untyped, retype, OBJECT_endpoint, SIZE_BITS_endpoint, A, 0, 1);
	EXPECT(ok, SLOT_cnode, cnode, delete, A);
	CHECK(empty(A));
}

/* The address space of a destruction that was abandoned: its tables still hold frames that it has forgotten. */
void test_destroy_closes(void)
{
	enum { FRAMES = 4 };
	uint64_t word[MESSAGE_REGISTERS] = { A };
	struct answer answer;

	world_init();
	make(OBJECT_space, A, 0);
	make(OBJECT_thread, B, 0);
	for (unsigned level = 3; level > 0; level--) {
		make(OBJECT_page_table, 30 + level, 0);
		EXPECT(ok, 30 + level, page_table, map, A, 0, level);
	}
	for (unsigned i = 0; i < FRAMES; i++) {
		make(OBJECT_frame, 40 + i, 0);
		EXPECT(ok, 40 + i, frame, map, A, i * PAGE_BYTES, MAP_read | MAP_write);
	}
	CHECK(invoke_step(SLOT_cnode, METHOD_cnode_delete, word, &answer));
	CHECK(!empty(A) && !world_slots[40 + FRAMES - 1].space);
	EXPECT(no_right, B, thread, configure, SLOT_cnode, A, 0, 0);
	EXPECT(no_right, 40 + FRAMES - 1, frame, map, A, FRAMES * PAGE_BYTES, MAP_read);
	EXPECT(ok, SLOT_cnode, cnode, copy, C, A, RIGHTS_all);
	EXPECT(no_right, B, thread, configure, SLOT_cnode, C, 0, 0);
	EXPECT(ok, SLOT_cnode, cnode, delete, A);
	CHECK(empty(A) && empty(C) && !world_slots[40].space && !world_slots[31].space);
	check_slots(world_slots, WORLD_SLOTS);
}

/* CNodes that lie in each other's last slots are not all searched in one step. */
void test_delete_deep_search(void)
{
	enum { DEEP = 40, BITS = 6, LAST = (1 << BITS) - 1, COPY = 100 };
	struct capability *cnode[DEEP];
	uint64_t word[MESSAGE_REGISTERS] = { A }, before = 0;
	struct answer answer;

	world_init();
	make(OBJECT_cnode, A, BITS + SIZE_BITS_slot);
	cnode[0] = &world_slots[A];
	for (unsigned i = 1; i < DEEP; i++) {
		uint64_t outer = i == 1 ? A : COPY + i - 1;

		EXPECT(ok, SLOT_untyped, untyped, retype, OBJECT_cnode, BITS + SIZE_BITS_slot, outer, LAST, 1);
		cnode[i] = cnode_slot(cnode[i - 1], LAST);
		EXPECT(ok, SLOT_cnode, cnode, copy, COPY + i, outer | (uint64_t)LAST * WORLD_SLOTS, RIGHTS_all);
	}
	for (unsigned i = 1; i < DEEP; i++)
		EXPECT(ok, SLOT_cnode, cnode, delete, COPY + i);
	while (!capability_empty(cnode[1])) {
		uint64_t searched = 0;

		CHECK(invoke_step(SLOT_cnode, METHOD_cnode_delete, word, &answer));
		for (unsigned i = 0; i < DEEP && !capability_empty(cnode[i]); i++)
			searched += cnode[i]->badge;
		CHECK(searched <= before + SEARCH_SLOTS);
		before = searched;
	}
	EXPECT(ok, SLOT_cnode, cnode, delete, A);
	EQUAL(untyped_used(&world_slots[SLOT_untyped]), 0);
}

void test_revoke_keeps(void)
{
	world_init();
	make(OBJECT_cnode, A, 12);
	EXPECT(ok, SLOT_untyped, untyped, retype, OBJECT_endpoint, SIZE_BITS_endpoint, A, 3, 1);
	EXPECT(ok, SLOT_cnode, cnode, copy, B, A, RIGHTS_all);
	EXPECT(ok, SLOT_cnode, cnode, revoke, A);
	CHECK(!empty(A) && empty(B) && !capability_empty(cnode_slot(&world_slots[A], 3)));
	EXPECT(ok, SLOT_cnode, cnode, revoke, A);
	EQUAL(world_slots[A].rights, RIGHT_cnode_modify);
	EXPECT(ok, SLOT_cnode, cnode, revoke, SLOT_untyped);
	CHECK(empty(A) && !empty(SLOT_untyped));
}

/* ---- random changes against a model: each slot's parent, and nothing else ---- */

enum { MODEL_FIRST = 32, MODEL_SLOTS = 96, MODEL_ROUNDS = 1000000, NONE = 0 };

static unsigned model_parent[WORLD_SLOTS];        /* 0: the slot is empty; SLOT_untyped: an original */

static bool model_descends(unsigned slot, unsigned from)
{
	for (; slot != SLOT_untyped; slot = model_parent[slot])
		if (slot == from)
			return true;
	return false;
}

static void model_delete(unsigned from, bool self)
{
	bool gone[WORLD_SLOTS] = { 0 };

	for (unsigned i = MODEL_FIRST; i < MODEL_FIRST + MODEL_SLOTS; i++)
		gone[i] = model_parent[i] && model_descends(i, from) && (self || i != from);
	for (unsigned i = MODEL_FIRST; i < MODEL_FIRST + MODEL_SLOTS; i++)
		if (gone[i])
			model_parent[i] = NONE;
}

static void model_move(unsigned to, unsigned from)
{
	model_parent[to] = model_parent[from];
	model_parent[from] = NONE;
	for (unsigned i = MODEL_FIRST; i < MODEL_FIRST + MODEL_SLOTS; i++)
		if (model_parent[i] == from)
			model_parent[i] = to;
}

/* The parent of a slot according to the list: the nearest before it that is less deep. */
static const struct capability *parent_of(const struct capability *slot)
{
	const struct capability *parent = slot->prev;

	while (parent && parent->depth >= slot->depth)
		parent = parent->prev;
	return parent;
}

static void compare(void)
{
	for (unsigned i = MODEL_FIRST; i < MODEL_FIRST + MODEL_SLOTS; i++) {
		EQUAL(empty(i), model_parent[i] == NONE);
		if (!empty(i))
			CHECK(parent_of(&world_slots[i]) == &world_slots[model_parent[i]]);
	}
	check_slots(world_slots, WORLD_SLOTS);
}

static void delete_all(unsigned slot, bool self)
{
	while (capability_delete_step(&world_slots[slot], self) == PROGRESS_more)
		continue;
}

static void random_change(void)
{
	unsigned a = MODEL_FIRST + (unsigned)test_random(MODEL_SLOTS), b = MODEL_FIRST + (unsigned)test_random(MODEL_SLOTS);
	unsigned choice = (unsigned)test_random(16);

	if (!model_parent[a] && !model_parent[b]) {
		if (a != b || choice)
			return;
		make(OBJECT_endpoint, a, 0);
		model_parent[a] = SLOT_untyped;
	} else if (model_parent[a] && !model_parent[b]) {
		if (choice < 10) {
			if (capability_derive(&world_slots[b], &world_slots[a], RIGHTS_all, 0) == ERR_ok)
				model_parent[b] = a;
		} else {
			capability_move(&world_slots[b], &world_slots[a]);
			model_move(b, a);
		}
	} else if (model_parent[a] && choice < 2) {
		delete_all(a, choice);
		model_delete(a, choice);
	}
}

void test_tree_random(void)
{
	world_init();
	for (unsigned round = 0; round < MODEL_ROUNDS; round++) {
		random_change();
		if (round % 256 == 0)
			compare();
		if (untyped_used(&world_slots[SLOT_untyped]) > 1 << (WORLD_BITS - 1)) {
			delete_all(SLOT_untyped, false);
			memset(model_parent, 0, sizeof(model_parent));
		}
	}
	compare();
}

void test_mutate(void)
{
	world_init();
	make(OBJECT_endpoint, A, 0);
	make(OBJECT_cnode, B, 12);
	make(OBJECT_untyped, C, 12);
	EXPECT(ok, SLOT_cnode, cnode, copy, D, A, RIGHTS_all);
	EXPECT(ok, SLOT_cnode, cnode, mutate, E, A, RIGHT_endpoint_send | RIGHT_endpoint_grant, 0);
	CHECK(empty(A) && capability_has_children(&world_slots[E]));
	EQUAL(world_slots[E].rights, RIGHT_endpoint_send | RIGHT_endpoint_grant);
	EXPECT(ok, SLOT_cnode, cnode, mutate, E, E, RIGHT_endpoint_send | RIGHT_endpoint_receive, 0);
	EQUAL(world_slots[E].rights, RIGHT_endpoint_send);
	EQUAL(world_slots[D].rights, rights_of(OBJECT_endpoint));

	EXPECT(immovable, SLOT_cnode, cnode, mutate, A, B, RIGHTS_all, guard_make(3, 5));
	EXPECT(immovable, SLOT_cnode, cnode, mutate, A, C, RIGHTS_all, 0);
	EXPECT(ok, SLOT_cnode, cnode, mutate, B, B, RIGHTS_all, guard_make(3, 5));
	EQUAL(world_slots[B].guard, guard_make(3, 5));
	EXPECT(ok, SLOT_cnode, cnode, copy, 30, B, RIGHTS_all);
	EQUAL(world_slots[30].guard, guard_make(3, 5));
	EXPECT(ok, SLOT_cnode, cnode, mint, 31, B, RIGHTS_all, guard_make(GUARD_BITS_MAX, 6));
	EXPECT(ok, SLOT_cnode, cnode, mutate, 32, 31, RIGHTS_all, guard_make(3, 7));
	EQUAL(world_slots[32].guard, guard_make(3, 7));
	EXPECT(bad_argument, SLOT_cnode, cnode, mutate, 32, 32, RIGHTS_all, guard_make(3, 8));
	EXPECT(bad_argument, SLOT_cnode, cnode, mutate, 32, 32, RIGHTS_all, guard_make(GUARD_BITS_MAX + 1, 0));
	EXPECT(bad_argument, SLOT_cnode, cnode, mint, 33, 32, RIGHTS_all, guard_make(0, 1));
	EXPECT(bad_argument, SLOT_cnode, cnode, mutate, E, E, RIGHTS_all, 1);
	EXPECT(bad_argument, SLOT_cnode, cnode, mutate, WORLD_SLOTS, E, RIGHTS_all, 0);
	EXPECT(no_cap, SLOT_cnode, cnode, mutate, 40, 41, RIGHTS_all, 0);
	EXPECT(no_cap, SLOT_cnode, cnode, mutate, 40, 40, RIGHTS_all, 0);
	EXPECT(slot_taken, SLOT_cnode, cnode, mutate, D, E, RIGHTS_all, 0);
	check_slots(world_slots, WORLD_SLOTS);
}

/* A mapping, or an IPC buffer, must not have more rights than the capability that it was made with. */
void test_mutate_in_use(void)
{
	world_init();
	for (unsigned level = 3; level > 0; level--) {
		make(OBJECT_page_table, 30 + level, 0);
		EXPECT(ok, 30 + level, page_table, map, SLOT_space, 0, level);
	}
	make(OBJECT_frame, A, 0);
	make(OBJECT_frame, B, 0);
	make(OBJECT_thread, C, 0);
	EXPECT(ok, A, frame, map, SLOT_space, 0, MAP_read);
	EXPECT(ok, C, thread, configure, SLOT_cnode, SLOT_space, B, 0);
	EXPECT(mapped, SLOT_cnode, cnode, mutate, A, A, RIGHT_frame_write, 0);
	EXPECT(mapped, SLOT_cnode, cnode, mutate, D, B, RIGHT_frame_read, 0);
	EXPECT(ok, SLOT_cnode, cnode, mutate, D, A, RIGHTS_all, 0);
	EXPECT(ok, SLOT_cnode, cnode, mutate, A, B, RIGHTS_all, 0);
	check_slots(world_slots, WORLD_SLOTS);
	EXPECT(ok, D, frame, unmap, 0);
	EXPECT(ok, SLOT_cnode, cnode, mutate, D, D, RIGHT_frame_read, 0);
	EQUAL(world_slots[D].rights, RIGHT_frame_read);
}

void test_rotate(void)
{
	void *a, *b;

	world_init();
	a = make(OBJECT_endpoint, A, 0);
	b = make(OBJECT_endpoint, B, 0);
	EXPECT(ok, SLOT_cnode, cnode, copy, 30, A, RIGHTS_all);
	EXPECT(ok, SLOT_cnode, cnode, rotate, C, A, B);
	CHECK(empty(B) && capability_object(&world_slots[C]) == a && capability_object(&world_slots[A]) == b);
	CHECK(capability_has_children(&world_slots[C]));
	EXPECT(ok, SLOT_cnode, cnode, rotate, C, A, C);             /* an exchange */
	CHECK(capability_object(&world_slots[A]) == a && capability_object(&world_slots[C]) == b);
	check_slots(world_slots, WORLD_SLOTS);
	EXPECT(ok, SLOT_cnode, cnode, rotate, C, 30, C);            /* with a neighbour in the tree's order */
	EXPECT(ok, SLOT_cnode, cnode, rotate, A, 30, A);
	EXPECT(ok, SLOT_cnode, cnode, rotate, A, C, A);
	check_slots(world_slots, WORLD_SLOTS);
	EXPECT(ok, SLOT_cnode, cnode, delete, C);

	make(OBJECT_cnode, D, 12);
	make(OBJECT_untyped, E, 12);
	make(OBJECT_endpoint, 40, 0);
	make(OBJECT_endpoint, 41, 0);
	EXPECT(immovable, SLOT_cnode, cnode, rotate, 42, D, 40);
	EXPECT(immovable, SLOT_cnode, cnode, rotate, 42, 40, E);
	EXPECT(bad_argument, SLOT_cnode, cnode, rotate, WORLD_SLOTS, 40, 41);
	EXPECT(bad_argument, SLOT_cnode, cnode, rotate, 42, 40, 40);
	EXPECT(bad_argument, SLOT_cnode, cnode, rotate, 40, 40, 41);
	EXPECT(slot_taken, SLOT_cnode, cnode, rotate, D, 40, 41);
	EXPECT(no_cap, SLOT_cnode, cnode, rotate, 42, 43, 41);
	EXPECT(no_cap, SLOT_cnode, cnode, rotate, 42, 40, 43);
	EXPECT(no_cap, SLOT_cnode, cnode, rotate, 42, 40, (uint64_t)1 << 40);
	check_slots(world_slots, WORLD_SLOTS);
}
