/* SPDX-License-Identifier: BSD-2-Clause -- retype and what it makes. */
#include "untyped.h"
#include "cnode.h"
#include "world.h"
#include <string.h>

enum { SLOT_U = SLOT_free, SLOT_V, SLOT_X };      /* a small untyped and others, in the tests below */

static bool is_zero(const void *memory, uint64_t bytes)
{
	for (uint64_t i = 0; i < bytes; i++)
		if (((const char *)memory)[i])
			return false;
	return true;
}

static uint64_t used(uint64_t slot)
{
	struct answer answer = INVOKE(slot, untyped, describe, 0);

	EQUAL(answer.error, ERR_ok);
	return answer.word[2];
}

void test_retype_places(void)
{
	char *endpoint, *frame, *cnode, *base;

	world_init();
	base = make(OBJECT_untyped, SLOT_U, 16);
	EXPECT(ok, SLOT_U, untyped, retype, OBJECT_endpoint, SIZE_BITS_endpoint, SLOT_cnode, 20, 3);
	EQUAL(used(SLOT_U), 3 << SIZE_BITS_endpoint);
	EXPECT(ok, SLOT_U, untyped, retype, OBJECT_frame, SIZE_BITS_frame, SLOT_cnode, 30, 2);
	EQUAL(used(SLOT_U), 3 << SIZE_BITS_frame);
	EXPECT(ok, SLOT_U, untyped, retype, OBJECT_cnode, SIZE_BITS_cnode_min, SLOT_cnode, 40, 1);
	endpoint = capability_object(&world_slots[22]);
	frame = capability_object(&world_slots[31]);
	cnode = capability_object(&world_slots[40]);
	EQUAL(endpoint - base, 2 << SIZE_BITS_endpoint);
	EQUAL(frame - base, 2 << SIZE_BITS_frame);
	EQUAL(cnode - base, 3 << SIZE_BITS_frame);
	EQUAL(cnode_slots(&world_slots[40]), 2);
	CHECK(cnode_slot(&world_slots[40], 1) && !cnode_slot(&world_slots[40], 2));
	EQUAL(world_slots[31].rights, RIGHT_frame_read | RIGHT_frame_write | RIGHT_frame_execute);
	EQUAL(world_slots[31].depth, 2);

	/* To the last byte, and not beyond. */
	EXPECT(ok, SLOT_U, untyped, retype, OBJECT_frame, SIZE_BITS_frame, SLOT_cnode, 50, 12);
	EQUAL(used(SLOT_U), 1 << 16);
	EXPECT(no_memory, SLOT_U, untyped, retype, OBJECT_endpoint, SIZE_BITS_endpoint, SLOT_cnode, 70, 1);
	check_slots(world_slots, WORLD_SLOTS);
}

void test_retype_clears(void)
{
	static const enum object_kind kinds[] = { OBJECT_frame, OBJECT_page_table };
	uint64_t *child;

	world_init();
	for (unsigned i = 0; i < 2; i++)
		CHECK(is_zero(make(kinds[i], SLOT_free + i, 0), 1 << SIZE_BITS_frame));
	CHECK(is_zero(make(OBJECT_cnode, SLOT_free + 2, 16), 1 << 16));
	child = make(OBJECT_untyped, SLOT_free + 3, 16);
	EQUAL(*child & 0xff, WORLD_RUBBISH);      /* not by this retype: by that which makes something of it */
	make(OBJECT_thread, SLOT_free + 4, 0);
	make(OBJECT_endpoint, SLOT_free + 5, 0);
	make(OBJECT_sched_context, SLOT_free + 6, 0);
	check_slots(world_slots, WORLD_SLOTS);
}

void test_retype_restarts(void)
{
	enum { BITS = 20 };
	struct answer answer = { 0 };
	uint64_t word[MESSAGE_REGISTERS] = { OBJECT_cnode, BITS, SLOT_cnode, SLOT_X, 1 };
	unsigned steps = 1;
	uint64_t before;

	world_init();
	for (;; steps++) {
		before = world_slots[SLOT_untyped].cleared;
		if (!invoke_step(SLOT_untyped, METHOD_untyped_retype, word, &answer))
			break;
		CHECK(world_slots[SLOT_untyped].cleared - before <= CLEAR_BYTES);
		CHECK(capability_empty(&world_slots[SLOT_X]));
		CHECK(steps <= 1 << BITS);
	}
	EQUAL(answer.error, ERR_ok);
	EQUAL(steps, (1 << BITS) / CLEAR_BYTES + 1);     /* the last one makes the CNode */
	CHECK(is_zero(capability_object(&world_slots[SLOT_X]), 1 << BITS));
}

/* The caller of a retype can be stopped between two parts of it. */
void test_retype_abandoned(void)
{
	uint64_t large[MESSAGE_REGISTERS] = { OBJECT_cnode, 20, SLOT_cnode, SLOT_X, 1 };
	struct answer answer;
	char *frame;

	world_init();
	make(OBJECT_endpoint, SLOT_U, 0);                         /* so that the large one begins at 1 MiB */
	CHECK(invoke_step(SLOT_untyped, METHOD_untyped_retype, large, &answer));
	CHECK(invoke_step(SLOT_untyped, METHOD_untyped_retype, large, &answer));
	frame = make(OBJECT_frame, SLOT_V, 0);
	CHECK(is_zero(frame, 1 << SIZE_BITS_frame));

	/* And when the untyped begins anew below what was cleared. */
	CHECK(invoke_step(SLOT_untyped, METHOD_untyped_retype, large, &answer));
	EXPECT(ok, SLOT_cnode, cnode, revoke, SLOT_untyped);
	frame = make(OBJECT_frame, SLOT_V, 0);
	CHECK(is_zero(frame, 1 << SIZE_BITS_frame));
}

void test_retype_dirty_again(void)
{
	enum { COUNT = 8 };

	world_init();
	EXPECT(ok, SLOT_untyped, untyped, retype, OBJECT_frame, SIZE_BITS_frame, SLOT_cnode, 20, COUNT);
	memset(world_memory, WORLD_RUBBISH, COUNT << SIZE_BITS_frame);
	EXPECT(ok, SLOT_cnode, cnode, revoke, SLOT_untyped);
	make(OBJECT_untyped, SLOT_U, SIZE_BITS_frame);            /* clears nothing, but moves the watermark */
	EXPECT(ok, SLOT_untyped, untyped, retype, OBJECT_frame, SIZE_BITS_frame, SLOT_cnode, 20, COUNT - 1);
	CHECK(is_zero(capability_object(&world_slots[20]), (COUNT - 1) << SIZE_BITS_frame));
}

void test_retype_resets(void)
{
	world_init();
	make(OBJECT_untyped, SLOT_U, 13);
	for (unsigned round = 0; round < 3; round++) {
		EXPECT(ok, SLOT_U, untyped, retype, OBJECT_frame, SIZE_BITS_frame, SLOT_cnode, 20, 2);
		EQUAL(used(SLOT_U), 1 << 13);
		EXPECT(no_memory, SLOT_U, untyped, retype, OBJECT_endpoint, SIZE_BITS_endpoint, SLOT_cnode, 30, 1);
		EXPECT(ok, SLOT_cnode, cnode, delete, 20);
		EQUAL(used(SLOT_U), 1 << 13);
		EXPECT(ok, SLOT_cnode, cnode, delete, 21);
		EQUAL(used(SLOT_U), 0);
	}
}

void test_retype_device(void)
{
	world_init();
	for (enum object_kind kind = OBJECT_cnode; kind <= OBJECT_page_table; kind++)
		EXPECT(bad_address, SLOT_device, untyped, retype, kind, kind == OBJECT_cnode ? 12 :
		       kind == OBJECT_thread ? SIZE_BITS_thread : kind == OBJECT_space ? 13 : kind == OBJECT_page_table ? 12 :
		       kind == OBJECT_sched_context ? SIZE_BITS_sched_context : 6,
		       SLOT_cnode, SLOT_X, 1);
	EXPECT(ok, SLOT_device, untyped, retype, OBJECT_untyped, 13, SLOT_cnode, SLOT_U, 1);
	EXPECT(ok, SLOT_U, untyped, retype, OBJECT_frame, SIZE_BITS_frame, SLOT_cnode, SLOT_X, 1);
	for (unsigned i = 0; i < 1 << WORLD_DEVICE_BITS; i++)
		EQUAL((uint8_t)world_device[i], WORLD_RUBBISH);
	CHECK(world_slots[SLOT_U].flags & world_slots[SLOT_X].flags & CAPABILITY_device);
	CHECK(!capability_has(&world_slots[SLOT_X], RIGHT_frame_execute));
}

void test_retype_errors(void)
{
	struct capability before;

	world_init();
	make(OBJECT_untyped, SLOT_U, 13);
	make(OBJECT_endpoint, SLOT_V, 0);
	before = world_slots[SLOT_U];
#define RETYPE(error, ...) EXPECT(error, SLOT_U, untyped, retype, __VA_ARGS__)
	RETYPE(bad_argument, 0, 12, SLOT_cnode, SLOT_X, 1);
	RETYPE(bad_argument, KIND_MASK, 12, SLOT_cnode, SLOT_X, 1);
	RETYPE(bad_argument, UINT64_MAX, 12, SLOT_cnode, SLOT_X, 1);
	RETYPE(bad_argument, (uint64_t)1 << 32 | OBJECT_frame, 12, SLOT_cnode, SLOT_X, 1);
	RETYPE(bad_argument, OBJECT_frame, 13, SLOT_cnode, SLOT_X, 1);
	RETYPE(bad_argument, OBJECT_frame, (uint64_t)1 << 32 | 12, SLOT_cnode, SLOT_X, 1);
	RETYPE(bad_argument, OBJECT_untyped, SIZE_BITS_untyped_min - 1, SLOT_cnode, SLOT_X, 1);
	RETYPE(bad_argument, OBJECT_untyped, SIZE_BITS_untyped_max + 1, SLOT_cnode, SLOT_X, 1);
	RETYPE(bad_argument, OBJECT_cnode, SIZE_BITS_cnode_min - 1, SLOT_cnode, SLOT_X, 1);
	RETYPE(bad_argument, OBJECT_cnode, SIZE_BITS_cnode_max + 1, SLOT_cnode, SLOT_X, 1);
	RETYPE(bad_argument, OBJECT_endpoint, 6, SLOT_cnode, SLOT_X, 0);
	RETYPE(bad_argument, OBJECT_endpoint, 6, SLOT_cnode, SLOT_X, RETYPE_COUNT_MAX + 1);
	RETYPE(bad_argument, OBJECT_endpoint, 6, SLOT_cnode, SLOT_X, UINT64_MAX);
	RETYPE(bad_argument, OBJECT_endpoint, 6, SLOT_cnode, WORLD_SLOTS, 1);
	RETYPE(bad_argument, OBJECT_endpoint, 6, SLOT_cnode, WORLD_SLOTS - 1, 2);
	RETYPE(bad_argument, OBJECT_endpoint, 6, SLOT_cnode, UINT64_MAX, 2);
	RETYPE(no_cap, OBJECT_endpoint, 6, SLOT_X, 40, 1);
	RETYPE(no_cap, OBJECT_endpoint, 6, WORLD_SLOTS + SLOT_none, 40, 1);
	RETYPE(wrong_kind, OBJECT_endpoint, 6, SLOT_V, 40, 1);
	RETYPE(slot_taken, OBJECT_endpoint, 6, SLOT_cnode, SLOT_V - 5, 6);
	RETYPE(no_memory, OBJECT_frame, 12, SLOT_cnode, SLOT_X, 3);
	RETYPE(no_memory, OBJECT_untyped, SIZE_BITS_untyped_max, SLOT_cnode, SLOT_X, RETYPE_COUNT_MAX);
	EXPECT(ok, SLOT_cnode, cnode, copy, 40, SLOT_cnode, 0);
	RETYPE(no_right, OBJECT_endpoint, 6, 40, SLOT_X, 1);
	CHECK(memcmp(&before, &world_slots[SLOT_U], sizeof(before)) == 0);
	CHECK(capability_empty(&world_slots[SLOT_X]));
#undef RETYPE
}

/*
 * Each untyped lies in the CNode made before, each CNode is made from the untyped made before; all other memory comes
 * from the first untyped, so that depth and size set no limit.  The caller moves into each CNode to reach the untyped.
 */
void test_retype_nesting(void)
{
	unsigned nesting = 0;

	world_init();
	make(OBJECT_cnode, SLOT_U, 12);
	for (uint64_t cnode = SLOT_U; ; cnode++, nesting++) {
		struct capability *untyped = cnode_slot(&world_slots[cnode], 2);
		enum error error = INVOKE(SLOT_untyped, untyped, retype, OBJECT_untyped, 13, cnode, 2, 1).error;

		if (error == ERR_too_deep)
			break;
		EQUAL(error, ERR_ok);
		CHECK(nesting <= NESTING_MAX);

		/* In slot 1 the root CNode, where the next CNode goes. */
		EXPECT(ok, cnode, cnode, copy, 1, SLOT_cnode, RIGHTS_all);
		world_thread->cnode = capability_object(&world_slots[cnode]);
		world_thread->cnode_mask = cnode_slots(&world_slots[cnode]) - 1;
		error = INVOKE(2, untyped, retype, OBJECT_cnode, 12, 1, cnode + 1, 1).error;
		world_thread->cnode = world_slots;
		world_thread->cnode_mask = WORLD_SLOTS - 1;
		if (error == ERR_too_deep)
			break;
		EQUAL(error, ERR_ok);
		EQUAL(world_slots[cnode + 1].nesting, untyped->nesting + 1);
	}
	CHECK(nesting > NESTING_MAX / 4);
	check_slots(world_slots, WORLD_SLOTS);

	EXPECT(ok, SLOT_cnode, cnode, delete, SLOT_U);
	for (unsigned slot = SLOT_free; slot < WORLD_SLOTS; slot++)
		CHECK(capability_empty(&world_slots[slot]));
	EQUAL(used(SLOT_untyped), 0);
}

void test_describe(void)
{
	struct answer answer;

	world_init();
	answer = INVOKE(SLOT_device, untyped, describe, 0);
	EQUAL(answer.error, ERR_ok);
	EQUAL(answer.word[0], (uintptr_t)world_device);
	EQUAL(answer.word[1], WORLD_DEVICE_BITS);
	EQUAL(answer.word[2], 0);
	EQUAL(answer.word[3], 1);
	EQUAL(INVOKE(SLOT_untyped, untyped, describe, 0).word[3], 0);
}
