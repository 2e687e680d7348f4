/* SPDX-License-Identifier: BSD-2-Clause -- what threads cache, and what becomes of it; and calls at random. */
#include "cnode.h"
#include "core.h"
#include "endpoint.h"
#include "host.h"
#include "invariant.h"
#include "space.h"
#include "untyped.h"
#include "world.h"

enum { THREAD = 20, FRAME, FRAME_COPY, CNODE, CNODE_COPY, ENDPOINT, TABLE = 30 };

static struct thread *thread_of(uint64_t slot) { return capability_object(&world_slots[slot]); }

static void begin(void)
{
	world_init();
	make(OBJECT_thread, THREAD, 0);
	make(OBJECT_frame, FRAME, 0);
	EXPECT(ok, SLOT_cnode, cnode, copy, FRAME_COPY, FRAME, RIGHTS_all);
}

void test_buffer_deleted(void)
{
	begin();
	EXPECT(ok, THREAD, thread, configure, SLOT_cnode, SLOT_space, FRAME_COPY, 1024);
	CHECK((char *)thread_of(THREAD)->buffer == (char *)capability_object(&world_slots[FRAME]) + 1024);
	EXPECT(ok, SLOT_cnode, cnode, delete, FRAME);
	CHECK(!thread_of(THREAD)->buffer && !thread_of(THREAD)->buffer_slot);
	make(OBJECT_frame, FRAME, 0);
	EXPECT(ok, THREAD, thread, configure, SLOT_cnode, SLOT_space, FRAME, 0);
	EXPECT(ok, FRAME, frame, unmap, 0);
	CHECK(!thread_of(THREAD)->buffer);
	EXPECT(ok, THREAD, thread, configure, SLOT_cnode, SLOT_space, FRAME, 0);
	EXPECT(ok, THREAD, thread, configure, SLOT_cnode, SLOT_space, 0, 0);
	CHECK(!thread_of(THREAD)->buffer && !(world_slots[FRAME].flags & CAPABILITY_buffer));
}

void test_all_registers(void)
{
	static struct ipc_buffer buffer;
	struct thread *thread;
	uint64_t count = REGISTER_WORD_other + ARCH_OTHER_REGISTERS;

	begin();
	thread = thread_of(THREAD);
	core.current->buffer = NULL;
	EXPECT(no_buffer, THREAD, thread, read_all_registers, 0);
	EXPECT(no_buffer, THREAD, thread, write_all_registers, 0);
	core.current->buffer = &buffer;
	for (uint64_t i = 0; i < count; i++)
		buffer.word[i] = 0x1000 + i;
	EXPECT(ok, THREAD, thread, write_all_registers, 0);
	CHECK(thread->gate & GATE_OF(full) && thread->pc == 0x1000 && thread->sp == 0x1001 && thread->tls == 0x1002);
	buffer.word[REGISTER_WORD_pc] = ARCH_USER_TOP;
	EXPECT(bad_address, THREAD, thread, write_all_registers, 0);
	CHECK(thread->pc == 0x1000);
	CHECK(INVOKE(THREAD, thread, read_all_registers, 0).word[0] == count);
	for (uint64_t i = 0; i < count; i++)
		CHECK(buffer.word[i] == (i == REGISTER_WORD_other ? (0x1000 + i) & HOST_FLAGS : 0x1000 + i));
	gate_clear(thread, GATE_OF(full));
	EXPECT(ok, THREAD, thread, read_all_registers, 0);
	CHECK(buffer.word[REGISTER_WORD_tag] == 0x1000 + REGISTER_WORD_tag && !buffer.word[REGISTER_WORD_other + 1]);
}

void test_buffer_uses(void)
{
	begin();
	for (unsigned level = ARCH_TABLE_LEVELS - 1; level > 0; level--) {
		make(OBJECT_page_table, TABLE + level, 0);
		EXPECT(ok, TABLE + level, page_table, map, SLOT_space, 0, level);
	}
	EXPECT(ok, THREAD, thread, configure, SLOT_cnode, SLOT_space, FRAME_COPY, 0);
	EXPECT(mapped, FRAME_COPY, frame, map, SLOT_space, 0, MAP_read);
	EXPECT(ok, FRAME, frame, map, SLOT_space, 0, MAP_read);
	EXPECT(mapped, THREAD, thread, configure, SLOT_cnode, SLOT_space, FRAME, 0);
	EXPECT(ok, THREAD, thread, configure, SLOT_cnode, SLOT_space, FRAME_COPY, 3072);
	EXPECT(bad_argument, THREAD, thread, configure, SLOT_cnode, SLOT_space, FRAME_COPY, 512);
	EXPECT(bad_argument, THREAD, thread, configure, SLOT_cnode, SLOT_space, FRAME_COPY, 4096);
	EXPECT(ok, SLOT_device, untyped, retype, OBJECT_frame, SIZE_BITS_frame, SLOT_cnode, 50, 1);
	EXPECT(bad_address, THREAD, thread, configure, SLOT_cnode, SLOT_space, 50, 0);
	EXPECT(ok, SLOT_cnode, cnode, copy, 51, FRAME, RIGHT_frame_read);
	EXPECT(no_right, THREAD, thread, configure, SLOT_cnode, SLOT_space, 51, 0);
	make(OBJECT_thread, 52, 0);
	EXPECT(mapped, 52, thread, configure, SLOT_cnode, SLOT_space, FRAME_COPY, 0);
}

void test_cspace_deleted(void)
{
	begin();
	make(OBJECT_cnode, CNODE, 12);
	EXPECT(ok, SLOT_cnode, cnode, copy, CNODE_COPY, CNODE, RIGHTS_all);
	for (unsigned i = 0; i < 3; i++) {
		make(OBJECT_thread, 50 + i, 0);
		EXPECT(ok, 50 + i, thread, configure, i ? CNODE_COPY : CNODE, SLOT_space, 0, 0);
		EXPECT(ok, 50 + i, thread, write_registers, 4096);
		EXPECT(ok, 50 + i, thread, resume, 0);
	}
	EXPECT(ok, SLOT_cnode, cnode, delete, CNODE_COPY);
	CHECK(thread_of(50)->cnode && !thread_of(51)->cnode && !thread_of(52)->cnode);
	EXPECT(not_ready, 51, thread, resume, 0);
	EXPECT(ok, SLOT_cnode, cnode, delete, CNODE);
	CHECK(!thread_of(50)->cnode);
}

void test_thread_deleted(void)
{
	struct thread *caller, *server;

	begin();
	make(OBJECT_endpoint, ENDPOINT, 0);
	caller = make_thread(50, 200);
	server = make_thread(51, 100);
	EXPECT(ok, SLOT_cnode, cnode, copy, 60, FRAME, RIGHTS_all);
	make(OBJECT_sched_context, 52, 0);
	make(OBJECT_sched_context, 53, 0);
	EXPECT(ok, 52, sched_context, bind, 50);
	EXPECT(ok, 53, sched_context, bind, 51);

	/* The server waits, the caller calls, both below the first thread: which steps aside and comes back. */
	EXPECT(ok, SLOT_thread, thread, set_priority, 50);
	system_call(tag_make(SYS_yield, 0, 0, 0), 0);
	CHECK(core.current == caller);
	system_call(tag_make(SYS_call, 0, 0, 0), ENDPOINT);
	CHECK(core.current == server);
	system_call(tag_make(SYS_recv, 0, 0, 0), ENDPOINT);
	CHECK(core.current == server && server->caller == caller);
	EQUAL(INVOKE(SLOT_thread, thread, set_priority, 255).error, ERR_ok);
	system_call(tag_make(SYS_yield, 0, 0, 0), 0);
	CHECK(core.current == world_thread);

	EXPECT(ok, SLOT_cnode, cnode, delete, 51);
	CHECK(caller->waits == 0 && caller->ready);
	EQUAL(tag_error(caller->registers.tag), ERR_server_gone);
	EXPECT(not_bound, 53, sched_context, unbind, 0);
	EXPECT(ok, SLOT_cnode, cnode, delete, 50);
	EXPECT(not_bound, 52, sched_context, unbind, 0);
	for (const struct thread *thread = core.threads; thread; thread = thread->all_next)
		CHECK(thread != caller && thread != server);
	EQUAL(core.limit, GATE_PRIORITY_MASK);
}

/* ---- calls at random ---- */

enum { RANDOM_CALLS = 60000, RANDOM_THREADS = 6, RANDOM_SLOTS = 40, RANDOM_FIRST = 100 };

/* Mostly an address of something there is, small numbers, seldom anything. */
static uint64_t random_word(void)
{
	switch (test_random(8)) {
	case 0:  return test_random(16);
	case 1:  return (uint64_t)test_random(4) << 12;
	case 2:  return SLOT_cnode;
	case 3:  return SLOT_space;
	case 4:  return test_random(16) == 0 ? (uint64_t)test_random(UINT32_MAX) << test_random(33) : test_random(256);
	default: return RANDOM_FIRST + test_random(RANDOM_SLOTS);
	}
}

/* Whether an address, of whatever length, names a slot that the tests stand on. */
static bool footing(uint64_t address)
{
	const struct capability *slot = cspace_lookup(core.current, address);

	return slot >= world_slots && slot < &world_slots[RANDOM_FIRST];
}

/* Whether the tests' own footing would go with this call. */
static bool forbidden(uint64_t operation, const uint64_t *word, uint64_t address, uint64_t method)
{
	const struct capability *slot = cspace_lookup(core.current, address);

	if (operation == SYS_debug_halt || operation == SYS_debug_floor)
		return true;
	if (operation != SYS_call || !slot)
		return false;
	if (capability_kind(slot) == OBJECT_cnode) {
		switch (method) {
		case METHOD_cnode_delete:
		case METHOD_cnode_revoke: return word[0] < RANDOM_FIRST;
		case METHOD_cnode_move:
		case METHOD_cnode_mutate: return footing(word[1]);
		case METHOD_cnode_rotate: return footing(word[1]) || footing(word[2]);
		default:                  return false;
		}
	}
	return slot->object == world_slots[SLOT_thread].object || slot->object == world_slots[SLOT_context].object;
}

static void random_system_call(void)
{
	static const uint8_t operations[] = {
		SYS_call, SYS_call, SYS_call, SYS_call, SYS_call, SYS_send, SYS_nb_send, SYS_recv, SYS_nb_recv, SYS_yield,
		SYS_debug_write, SYS_debug_state, SYS_reply_recv, SYS_reply_recv, SYS_null,
	};
	struct thread *thread = core.current;
	uint64_t *word = thread->registers.message;
	uint64_t operation = operations[test_random(sizeof(operations))];
	uint64_t method = test_random(16), address = random_word();
	uint64_t caps = test_random(8) ? 0 : test_random(4), length = test_random(8) ? 0 : test_random(128);

	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		word[i] = random_word();
	if (forbidden(operation, word, address, method))
		return;
	if (thread == world_thread && operation != SYS_call && operation != SYS_nb_recv && operation != SYS_yield)
		return;                   /* it neither waits nor lends its context, so that somebody can always go on */
	if (thread == world_thread && operation == SYS_call && cspace_lookup(thread, address) &&
	    capability_kind(cspace_lookup(thread, address)) == OBJECT_endpoint)
		return;
	system_call(tag_make(operation, method, caps, length), address);
}

/* Threads, contexts, endpoints and buffers once more, wherever there is an empty slot. */
static void replenish(void)
{
	static const uint8_t kinds[] = { OBJECT_endpoint, OBJECT_sched_context, OBJECT_notification, OBJECT_reply };

	for (unsigned i = 0; i < RANDOM_THREADS; i++) {
		uint64_t slot = RANDOM_FIRST + test_random(RANDOM_SLOTS);
		struct answer answer;

		if (!capability_empty(&world_slots[slot]) || core.current != world_thread)
			continue;
		answer = INVOKE(SLOT_untyped, untyped, retype, OBJECT_thread, SIZE_BITS_thread, SLOT_cnode, slot, 1);
		if (answer.error == ERR_no_memory)
			INVOKE(SLOT_cnode, cnode, revoke, SLOT_untyped);
		if (answer.error != ERR_ok)
			continue;
		INVOKE(slot, thread, configure, SLOT_cnode, SLOT_space, RANDOM_FIRST + test_random(RANDOM_SLOTS),
		       test_random(4) << 10);
		INVOKE(slot, thread, configure, SLOT_cnode, SLOT_space, 0, 0);
		INVOKE(slot, thread, write_registers, 4096, 0, 0, 0);
		INVOKE(slot, thread, set_priority, test_random(3) + 253);
		INVOKE(slot, thread, resume, 0);
		for (uint64_t context = RANDOM_FIRST; context < RANDOM_FIRST + RANDOM_SLOTS; context++)
			if (capability_kind(&world_slots[context]) == OBJECT_sched_context)
				INVOKE(context, sched_context, bind, slot);
		slot = RANDOM_FIRST + test_random(RANDOM_SLOTS);
		INVOKE(SLOT_untyped, untyped, retype, kinds[test_random(sizeof(kinds))], 6, SLOT_cnode, slot, 1);
	}
}

void test_random_calls(void)
{
	world_init();
	for (unsigned i = 0; i < RANDOM_CALLS; i++) {
		if (i % 64 == 0 && core.current == world_thread)
			replenish();
		random_system_call();
		check_slots(&world_slots[RANDOM_FIRST], i % 16 ? 4 : RANDOM_SLOTS);
	}
	EXPECT(ok, SLOT_cnode, cnode, revoke, SLOT_untyped);
	check_slots(world_slots, WORLD_SLOTS);
}
