/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages at random: some threads, some with a sched context and some without, send and receive at a few endpoints,
 * while the first thread, of the lowest priority, stops, starts, destroys and remakes all of that.  The invariant is
 * checked after every system call, and with it that no sched context gets lost.  With time, contexts have budgets, and the
 * clock goes on between system calls.
 */
#include "budget.h"
#include "core.h"
#include "endpoint.h"
#include "invariant.h"
#include "sched_context.h"
#include "timer.h"
#include "untyped.h"
#include "world.h"

enum {
	CALLS = 100000, THREADS = 6, ENDPOINTS = 2, CONTEXTS = 4, NOTIFICATIONS = 2, REPLIES = 3,
	THREAD = 20, ENDPOINT = 30, SIGNAL = 34, CONTEXT = 40, NOTIFICATION = 46, REPLY = 80, FRAME = 50, EXTRA = 60, RECEIVED = 70, RECEIVED_SLOTS = 8,
};

static struct { unsigned delivered, replied, lent, caps, longer, gone, cancelled, notified, woken, saved, answered, faults, handled, dry, timeouts; } seen;
static bool with_time;

static void make_thread_again(unsigned i)
{
	uint64_t slot = THREAD + i;

	if (capability_empty(&world_slots[slot]))
		make(OBJECT_thread, slot, 0);
	if (capability_empty(&world_slots[FRAME + i]))
		make(OBJECT_frame, FRAME + i, 0);
	INVOKE(slot, thread, suspend, 0);
	EXPECT(ok, slot, thread, configure, SLOT_cnode, SLOT_space, test_random(4) ? FRAME + i : 0, test_random(4) << 10);
	EXPECT(ok, slot, thread, write_registers, 4096, 0, 0, 0);
	EXPECT(ok, slot, thread, set_priority, 2 + test_random(3));
	EXPECT(ok, slot, thread, set_fault_handler, test_random(3) ? ENDPOINT + test_random(ENDPOINTS) : 0);
	if (with_time)
		EXPECT(ok, slot, thread, set_timeout_handler, test_random(3) ? 0 : ENDPOINT + test_random(ENDPOINTS));
	EXPECT(ok, slot, thread, resume, 0);
}

static void configure(uint64_t context)
{
	uint64_t budget = 10 + test_random(100);

	switch (test_random(4)) {
	case 0:  INVOKE(context, sched_context, configure, 0, 0); break;
	case 1:  INVOKE(context, sched_context, configure, budget, budget); break;
	default: INVOKE(context, sched_context, configure, budget, budget + test_random(500));
	}
}

/* Some of it, in which the thread that runs does nothing. */
static void pass_time(void)
{
	host.clock += test_random(40);
	if (host.clock < host.timer)
		return;
	kernel_interrupt(core.current);
	for (unsigned i = 0; i < CONTEXTS; i++) {
		const struct sched_context *context = capability_object(&world_slots[CONTEXT + i]);

		seen.dry += !capability_empty(&world_slots[CONTEXT + i]) && budget_dry(context);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		const struct thread *thread = capability_object(&world_slots[THREAD + i]);

		seen.timeouts += !capability_empty(&world_slots[THREAD + i]) && thread->in_fault && thread->fault_kind == FAULT_timeout;
	}
}

static void make_all(void)
{
	for (unsigned i = 0; i < ENDPOINTS; i++)
		if (capability_empty(&world_slots[ENDPOINT + i]))
			make(OBJECT_endpoint, ENDPOINT + i, 0);
	for (unsigned i = 0; i < REPLIES; i++)
		if (capability_empty(&world_slots[REPLY + i]))
			make(OBJECT_reply, REPLY + i, 0);
	for (unsigned i = 0; i < NOTIFICATIONS; i++) {
		if (capability_empty(&world_slots[NOTIFICATION + i]))
			make(OBJECT_notification, NOTIFICATION + i, 0);
		if (capability_empty(&world_slots[SIGNAL + i]))
			EXPECT(ok, SLOT_cnode, cnode, mint, SIGNAL + i, NOTIFICATION + i, RIGHTS_all, 1 + i);
	}
	for (unsigned i = 0; i < CONTEXTS; i++)
		if (capability_empty(&world_slots[CONTEXT + i]))
			make(OBJECT_sched_context, CONTEXT + i, 0);
	for (unsigned i = 0; i < THREADS; i++)
		if (capability_empty(&world_slots[THREAD + i]))
			make_thread_again(i);
}

/* A context that is bound is held by somebody, or by the core. */
static void check_contexts(void)
{
	for (unsigned i = 0; i < CONTEXTS; i++) {
		const struct capability *slot = &world_slots[CONTEXT + i];
		const struct sched_context *context = capability_object(slot);

		if (!capability_empty(slot) && context->home)
			CHECK(context->holder || core.context == context);
	}
}

static void control(void)
{
	unsigned i = (unsigned)test_random(THREADS), choice = (unsigned)test_random(72);
	uint64_t thread = THREAD + i, context = CONTEXT + test_random(CONTEXTS);

	if (untyped_used(&world_slots[SLOT_untyped]) > 1 << (WORLD_BITS - 1)) {
		EXPECT(ok, SLOT_cnode, cnode, revoke, SLOT_untyped);
		make_all();
	}
	if (with_time && test_random(3) == 0)
		configure(context);
	if (choice < 8)
		INVOKE(thread, thread, suspend, 0);
	else if (choice < 16)
		INVOKE(thread, thread, resume, 0);
	else if (choice < 24)
		make_thread_again(i);
	else if (choice < 40)
		INVOKE(context, sched_context, bind, thread);
	else if (choice < 46)
		INVOKE(context, sched_context, unbind, 0);
	else if (choice < 50)
		INVOKE(thread, thread, set_priority, 1 + test_random(4));
	else if (choice < 52)
		EXPECT(ok, SLOT_cnode, cnode, delete, thread);
	else if (choice < 53)
		EXPECT(ok, SLOT_cnode, cnode, delete, ENDPOINT + test_random(ENDPOINTS));
	else if (choice < 54)
		EXPECT(ok, SLOT_cnode, cnode, delete, context);
	else if (choice < 55)
		EXPECT(ok, SLOT_cnode, cnode, delete, FRAME + i);
	else if (choice < 56)
		EXPECT(ok, SLOT_cnode, cnode, delete, NOTIFICATION + test_random(NOTIFICATIONS));
	else if (choice < 57)
		EXPECT(ok, SLOT_cnode, cnode, delete, REPLY + test_random(REPLIES));
	else if (choice < 60)
		EXPECT(ok, SLOT_cnode, cnode, delete, RECEIVED + test_random(RECEIVED_SLOTS));
	else if (choice < 68)
		INVOKE(thread, thread, bind_notification, NOTIFICATION + test_random(NOTIFICATIONS));
	else if (choice < 69)
		EXPECT(ok, SLOT_cnode, cnode, cancel_badged, ENDPOINT + test_random(ENDPOINTS));
	else if (choice < 70)
		INVOKE(thread, thread, unbind_notification, 0);
	else
		EXPECT(ok, SLOT_cnode, cnode, revoke, ENDPOINT + test_random(ENDPOINTS));
	if (choice >= 50)
		make_all();
}

static void fill_buffer(struct ipc_buffer *buffer)
{
	for (unsigned i = 0; i < MESSAGE_CAPS; i++) {
		buffer->cap[i] = test_random(8) ? ENDPOINT + test_random(ENDPOINTS) : EXTRA;
		buffer->receive_slot[i] = test_random(4) ? RECEIVED + test_random(RECEIVED_SLOTS) : test_random(SLOT_free);
	}
}

/* What the thread that runs now got from its last call. */
static void observe(const struct thread *thread)
{
	uint64_t tag = thread->registers.tag;

	seen.delivered += tag_operation(tag) == SYS_call && thread->caller != NOBODY;
	seen.replied += tag_operation(tag) == SYS_reply_recv;
	seen.notified += tag_operation(tag) == OPERATION_notified;
	seen.woken += tag_operation(tag) == OPERATION_notified && thread->bound;
	seen.lent += core.context && core.context->home != thread;
	seen.caps += tag_operation(tag) != OPERATION_error && tag_caps(tag);
	seen.longer += tag_operation(tag) != OPERATION_error && tag_length(tag);
	seen.gone += tag_error(tag) == ERR_server_gone;
	seen.cancelled += tag_error(tag) == ERR_cancelled;
}

static void talk(struct thread *thread)
{
	static const uint8_t operations[] = {
		SYS_call, SYS_call, SYS_call, SYS_reply_recv, SYS_reply_recv, SYS_reply_recv, SYS_reply_recv, SYS_recv,
		SYS_recv, SYS_nb_recv, SYS_send, SYS_nb_send, SYS_yield,
	};
	uint64_t operation = operations[test_random(sizeof(operations))], caps = 0, length = 0;

	uint64_t address = ENDPOINT + test_random(ENDPOINTS);

	observe(thread);
	if (test_random(16) == 0) {
		seen.faults++;
		kernel_fault(thread, (struct fault){ .kind = FAULT_page });
		seen.handled += thread->in_fault;
		CHECK(invariant_check() == NULL);
		return;
	}
	if (test_random(thread->caller == NOBODY ? 8 : 3) == 0) {                       /* saves its caller, or answers one */
		address = REPLY + test_random(REPLIES);
		operation = thread->caller != NOBODY && test_random(4) ? SYS_call : SYS_send;
		system_call(tag_make(operation, operation == SYS_call ? METHOD_reply_save : 0, 0, 0), address);
		seen.saved += operation == SYS_call && tag_error(thread->registers.tag) == ERR_ok;
		seen.answered += operation == SYS_send && tag_error(thread->registers.tag) == ERR_ok;
		return;
	}
	if (operation != SYS_call && test_random(3) == 0)
		address = (operation == SYS_send || operation == SYS_nb_send ? SIGNAL : NOTIFICATION) + test_random(NOTIFICATIONS);
	if (thread->buffer) {
		fill_buffer(thread->buffer);
		caps = test_random(4) ? 0 : test_random(4);
		length = test_random(4) ? 0 : test_random(MESSAGE_EXTRA + 2);
	}
	system_call(tag_make(operation, test_random(3), caps, length), address);
}

static void run(void)
{
	world_init();
	timer_init(1000 * 1000);
	make_all();
	EXPECT(ok, SLOT_thread, thread, set_priority, 0);
	for (unsigned i = 0; i < CALLS; i++) {
		if (core.current == world_thread) {
			EXPECT(ok, SLOT_thread, thread, set_priority, PRIORITIES - 1);
			control();
			EXPECT(ok, SLOT_thread, thread, set_priority, 0);
		} else {
			talk(core.current);
			if (with_time)
				pass_time();
		}
		check_contexts();
		if (i % 16 == 0)
			check_slots(world_slots, 128);
	}
}

void test_random_ipc(void)
{
	run();
	CHECK(seen.delivered > 100 && seen.replied > 100 && seen.lent > 100 && seen.caps > 100 && seen.longer > 100);
	CHECK(seen.gone > 100 && seen.cancelled > 100 && seen.notified > 100 && seen.woken > 100);
	CHECK(seen.faults > 300 && seen.handled > 100);
	CHECK(seen.saved > 100 && seen.answered > 50);
}

void test_random_budgets(void)
{
	with_time = true;
	run();
	CHECK(seen.delivered > 100 && seen.replied > 100 && seen.lent > 100 && seen.handled > 100);
	CHECK(seen.dry > 300 && seen.timeouts > 100);
}
