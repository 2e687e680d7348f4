/* SPDX-License-Identifier: BSD-2-Clause -- a checker that never complains is worth nothing: break things, and see it complain. */
#include "invariant.h"
#include "endpoint.h"
#include "notification.h"
#include "sched_context.h"
#include "space.h"
#include "world.h"

enum { THREAD = 20, CONTEXT, ENDPOINT, ENDPOINT_COPY, FRAME, FRAME_BUFFER, NOTIFICATION, TABLE = 30 };

/* Changes a place, expects a complaint from check, and puts back what was there. */
#define BREAK(place, value, check) \
	do { \
		__typeof__(place) kept = (place); \
		CHECK((check) == NULL); \
		(place) = (value); \
		CHECK((check) != NULL); \
		(place) = kept; \
		CHECK((check) == NULL); \
	} while (0)

static void break_slots(void)
{
	struct capability *slot = &world_slots[ENDPOINT_COPY], *frame = &world_slots[FRAME];
	struct capability *buffer = &world_slots[FRAME_BUFFER], *empty = &world_slots[100];
	struct endpoint *endpoint = capability_object(slot);

	BREAK(slot->next, &world_slots[SLOT_space], invariant_capability(slot));
	BREAK(slot->prev, &world_slots[SLOT_space], invariant_capability(slot));
	BREAK(slot->prev, NULL, invariant_capability(slot));
	BREAK(slot->depth, 7, invariant_capability(slot));
	BREAK(slot->depth, 0, invariant_capability(slot));
	BREAK(slot->rights, RIGHT_frame_read, invariant_capability(slot));
	BREAK(slot->object, slot->object | 15, invariant_capability(slot));
	BREAK(slot->object, OBJECT_endpoint, invariant_capability(slot));
	BREAK(slot->flags, CAPABILITY_device, invariant_capability(slot));
	BREAK(slot->flags, CAPABILITY_buffer, invariant_capability(slot));
	BREAK(frame->flags, CAPABILITY_original | CAPABILITY_buffer, invariant_capability(frame));
	BREAK(frame->space->mappings, NULL, invariant_capability(frame));
	BREAK(frame->space_next, &world_slots[SLOT_space], invariant_capability(frame));
	BREAK(buffer->thread, world_thread, invariant_capability(buffer));
	BREAK(world_slots[SLOT_cnode].threads->cnode_link, NULL, invariant_capability(&world_slots[SLOT_cnode]));
	BREAK(world_slots[SLOT_untyped].badge, (uint64_t)1 << (WORLD_BITS + 1), invariant_capability(&world_slots[SLOT_untyped]));
	BREAK(endpoint->receiver, SENDERS, invariant_capability(slot));
	BREAK(endpoint->receiver, world_thread, invariant_capability(slot));
	BREAK(endpoint->sender, world_thread, invariant_capability(slot));
	BREAK(empty->rights, 1, invariant_capability(empty));
	BREAK(empty->prev, slot, invariant_capability(empty));
}

static void break_thread(struct thread *thread)
{
	BREAK(thread->gate, thread->gate ^ GATE_OF(holds), invariant_thread(thread));
	BREAK(thread->gate, thread->gate ^ GATE_OF(unready), invariant_thread(thread));
	BREAK(thread->gate, thread->gate ^ GATE_OF(stopped), invariant_thread(thread));
	BREAK(thread->gate, thread->gate ^ GATE_OF(bereft), invariant_thread(thread));
	BREAK(thread->gate, thread->gate ^ 1 << 12, invariant_thread(thread));
	BREAK(thread->gate, thread->gate ^ GATE_OF(fpu), invariant_thread(thread));
	BREAK(thread->fpu_used, true, invariant_thread(thread));
	BREAK(thread->ready, !thread->ready, invariant_thread(thread));
	BREAK(thread->held, NULL, invariant_thread(thread));
	BREAK(thread->home, core.context, invariant_thread(thread));
	BREAK(thread->caller, world_thread, invariant_thread(thread));
	BREAK(thread->waits, waits_pack(world_thread, WAITS_reply), invariant_thread(thread));
	BREAK(thread->waits, world_slots[ENDPOINT].object, invariant_thread(thread));
	BREAK(thread->waits, waits_pack(capability_object(&world_slots[ENDPOINT]), WAITS_send), invariant_thread(thread));
	BREAK(thread->space, thread->space + 4096, invariant_thread(thread));
	BREAK(thread->space_object, NULL, invariant_thread(thread));
	BREAK(thread->cnode_link, &thread->cnode_next, invariant_thread(thread));
	BREAK(thread->space_link, &thread->space_next, invariant_thread(thread));
	BREAK(thread->buffer, thread->buffer + 8, invariant_thread(thread));
	BREAK(thread->buffer_slot->thread, world_thread, invariant_thread(thread));
}

/* A thread that waits for a notification, and one to which it is bound. */
static void break_notification(struct thread *thread)
{
	struct notification *notification = capability_object(&world_slots[NOTIFICATION]);
	struct notification other = { .first = NOBODY };
	uint64_t bits = 1;

	BREAK(thread->bound, &other, invariant_thread(thread));
	BREAK(thread->gate, thread->gate ^ GATE_OF(notified), invariant_thread(thread));
	BREAK(notification->bits, bits, invariant_thread(thread));
	BREAK(notification->bound, world_thread, invariant_thread(thread));
	EXPECT(ok, THREAD, thread, unbind_notification, 0);
	EXPECT(ok, SLOT_thread, thread, set_priority, 1);
	system_call(tag_make(SYS_recv, 0, 0, 0), NOTIFICATION);
	CHECK(thread_notification(thread) == notification && core.current == world_thread);
	BREAK(notification->bits, bits, invariant_thread(thread));
	BREAK(notification->last, NOBODY, invariant_thread(thread));
	BREAK(thread->next, world_thread, invariant_thread(thread));
}

static void break_core(struct thread *thread)
{
	unsigned priority = thread_priority(thread);

	BREAK(core.limit, core.limit - 1, invariant_core());
	BREAK(core.ready_map[0], core.ready_map[0] ^ 2, invariant_core());
	BREAK(core.ready[priority].first, NULL, invariant_core());
	BREAK(core.ready[priority].first->ready, 0, invariant_core());
	BREAK(core.ready[priority].last, NULL, invariant_core());
	BREAK(core.ready[priority].first->prev, core.ready[priority].first, invariant_core());
	BREAK(core.context, NULL, invariant_core());
	BREAK(core.context->holder, thread, invariant_core());
	BREAK(core.fpu_owner, thread, invariant_thread(thread));
	BREAK(core.fpu_owner, core.current, invariant_core());
	BREAK(core.fpu_enabled, true, invariant_core());
	BREAK(core.current->waits, world_slots[ENDPOINT].object, invariant_core());
	BREAK(core.current->gate, core.current->gate | GATE_OF(stopped), invariant_core());
	BREAK(core.current->gate, core.current->gate | GATE_PRIORITY_MASK, invariant_core());
}

void test_invariant_sees(void)
{
	struct thread *thread;

	world_init();
	for (unsigned level = ARCH_TABLE_LEVELS - 1; level > 0; level--) {
		make(OBJECT_page_table, TABLE + level, 0);
		EXPECT(ok, TABLE + level, page_table, map, SLOT_space, 0, level);
	}
	make(OBJECT_frame, FRAME, 0);
	EXPECT(ok, FRAME, frame, map, SLOT_space, 0, MAP_read);
	make(OBJECT_frame, FRAME_BUFFER, 0);
	make(OBJECT_endpoint, ENDPOINT, 0);
	EXPECT(ok, SLOT_cnode, cnode, copy, ENDPOINT_COPY, ENDPOINT, RIGHTS_all);
	EXPECT(ok, SLOT_cnode, cnode, copy, 40, ENDPOINT_COPY, RIGHTS_all);
	thread = make(OBJECT_thread, THREAD, 0);
	EXPECT(ok, THREAD, thread, configure, SLOT_cnode, SLOT_space, FRAME_BUFFER, 1024);
	EXPECT(ok, THREAD, thread, write_registers, 4096);
	EXPECT(ok, THREAD, thread, set_priority, 9);
	EXPECT(ok, THREAD, thread, resume, 0);
	make(OBJECT_sched_context, CONTEXT, 0);
	EXPECT(ok, CONTEXT, sched_context, bind, THREAD);
	CHECK(invariant_check() == NULL);

	break_slots();
	break_thread(thread);
	break_core(thread);
	make(OBJECT_notification, NOTIFICATION, 0);
	EXPECT(ok, THREAD, thread, bind_notification, NOTIFICATION);
	break_notification(thread);
}
