/* SPDX-License-Identifier: BSD-2-Clause -- the world of the unit tests (world.h). */
#include "world.h"
#include "core.h"
#include "invariant.h"
#include "sched.h"
#include "sched_context.h"
#include "space.h"
#include <stdlib.h>
#include <string.h>

enum { CALL_PC = 0x1000, STEPS_MAX = 1 << 20 };

struct capability *world_slots;
struct thread *world_thread;
char *world_memory, *world_device;

/* Aligned as the kernel has it, whatever the loader does with large alignments. */
static void *aligned(unsigned size_bits)
{
	void *result = aligned_alloc((size_t)1 << size_bits, (size_t)1 << size_bits);

	CHECK(result);
	return result;
}

static void *zeroed(unsigned size_bits)
{
	return memset(aligned(size_bits), 0, (size_t)1 << size_bits);
}

static void root(uint64_t slot, void *object, enum object_kind kind, unsigned size_bits, unsigned flags)
{
	struct capability value = {
		.object = object_pack(object, kind), .rights = rights_of(kind), .size_bits = (uint8_t)size_bits,
		.flags = (uint8_t)flags,
	};

	capability_insert(&world_slots[slot], NULL, &value);
}

void world_init(void)
{
	struct space *space = zeroed(SIZE_BITS_space);
	struct sched_context *context = zeroed(SIZE_BITS_sched_context);

	world_memory = memset(aligned(WORLD_BITS), WORLD_RUBBISH, (size_t)1 << WORLD_BITS);
	world_device = memset(aligned(WORLD_DEVICE_BITS), WORLD_RUBBISH, (size_t)1 << WORLD_DEVICE_BITS);
	world_slots = zeroed(WORLD_SLOTS_BITS + SIZE_BITS_slot);
	world_thread = zeroed(SIZE_BITS_thread);
	root(SLOT_cnode, world_slots, OBJECT_cnode, WORLD_SLOTS_BITS + SIZE_BITS_slot, CAPABILITY_original);
	root(SLOT_untyped, world_memory, OBJECT_untyped, WORLD_BITS, CAPABILITY_original);
	root(SLOT_device, world_device, OBJECT_untyped, WORLD_DEVICE_BITS, CAPABILITY_original | CAPABILITY_device);
	space_init(space);
	root(SLOT_space, space, OBJECT_space, SIZE_BITS_space, CAPABILITY_original);
	thread_init(world_thread);
	world_thread->ceiling = PRIORITIES - 1;
	root(SLOT_thread, world_thread, OBJECT_thread, SIZE_BITS_thread, CAPABILITY_original);
	root(SLOT_context, context, OBJECT_sched_context, SIZE_BITS_sched_context, CAPABILITY_original);
	thread_cnode_set(world_thread, &world_slots[SLOT_cnode]);
	thread_space_set(world_thread, space);
	gate_clear(world_thread, GATE_OF(stopped) | GATE_OF(unready) | GATE_OF(full));
	sched_set_priority(world_thread, PRIORITIES - 1);
	*context = (struct sched_context){ .home = world_thread, .holder = world_thread };
	world_thread->home = world_thread->held = context;
	gate_set(world_thread, GATE_OF(holds));
	core.current = NULL;
	sched_wake(world_thread);
	CHECK(sched_leave() == world_thread);
	CHECK(invariant_check() == NULL);
}

struct thread *system_call(uint64_t tag, uint64_t address)
{
	struct thread *thread = core.current;

	gate_clear(thread, GATE_OF(full));        /* resume() restored it */
	thread->registers.tag = tag;
	thread->registers.badge = address;
	thread->pc = CALL_PC;
	return kernel_syscall(thread);
}

bool invoke_step(uint64_t address, uint64_t method, uint64_t word[MESSAGE_REGISTERS], struct answer *answer)
{
	struct thread *thread = core.current;

	memcpy(thread->registers.message, word, sizeof(thread->registers.message));
	system_call(tag_make(SYS_call, method, 0, 0), address);
	if (thread->pc != CALL_PC) {
		memcpy(word, thread->registers.message, sizeof(thread->registers.message));
		return true;
	}
	answer->error = tag_error(thread->registers.tag);
	memcpy(answer->word, thread->registers.message, sizeof(answer->word));
	return false;
}

struct answer invoke_method(uint64_t address, uint64_t method, const uint64_t word[MESSAGE_REGISTERS])
{
	struct thread *thread = core.current;
	struct answer answer = { 0 };
	uint64_t argument[MESSAGE_REGISTERS];

	memcpy(argument, word, sizeof(argument));
	for (unsigned step = 0; invoke_step(address, method, argument, &answer); step++) {
		CHECK(step < STEPS_MAX);
		CHECK(core.current == thread);
	}
	return answer;
}

void *make(enum object_kind kind, uint64_t slot, unsigned size_bits)
{
	static const unsigned fixed[] = {
		[OBJECT_thread] = SIZE_BITS_thread, [OBJECT_endpoint] = SIZE_BITS_endpoint, [OBJECT_space] = SIZE_BITS_space,
		[OBJECT_sched_context] = SIZE_BITS_sched_context, [OBJECT_page_table] = SIZE_BITS_page_table,
		[OBJECT_frame] = SIZE_BITS_frame, [OBJECT_notification] = SIZE_BITS_notification,
		[OBJECT_reply] = SIZE_BITS_reply,
	};

	if (kind != OBJECT_untyped && kind != OBJECT_cnode)
		size_bits = fixed[kind];
	EXPECT(ok, SLOT_untyped, untyped, retype, kind, size_bits, SLOT_cnode, slot, 1);
	return capability_object(&world_slots[slot]);
}

void check_slots(const struct capability *slots, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		const char *broken = invariant_capability(&slots[i]);

		if (broken)
			test_fail(__FILE__, __LINE__, broken);
	}
}

struct thread *make_thread(uint64_t slot, unsigned priority)
{
	struct thread *thread = make(OBJECT_thread, slot, 0);

	EXPECT(ok, slot, thread, configure, SLOT_cnode, SLOT_space, 0, 0);
	EXPECT(ok, slot, thread, set_priority, priority);
	EXPECT(ok, slot, thread, write_registers, CALL_PC, 0, 0, 0);
	EXPECT(ok, slot, thread, resume, 0);
	return thread;
}
