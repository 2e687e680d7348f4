/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of interrupts against the specification: threads wait, receive, yield, use the FPU, and change priorities and
 * budgets at random.  Each interrupt is made twice from the same state, on both paths, and all memory must then be equal.
 */
#include "core.h"
#include "endpoint.h"
#include "fpu.h"
#include "irq.h"
#include "notification.h"
#include "sched.h"
#include "timer.h"
#include "untyped.h"
#include "world.h"
#include <string.h>

enum {
	STEPS = 30000, THREADS = 6, NOTIFICATIONS = 2, THREAD = 20, CONTEXT = 30, NOTIFICATION = 40, HANDLER = 44, ENDPOINT = 48, BIT = 4,
	LINE = 2, HZ = 1000 * 1000, MEMORY_BYTES = 1 << 18, PRIORITY_MAX = 5,
};

static struct state {
	char memory[MEMORY_BYTES];
	struct core core;
	struct irq_handler handler[HOST_LINES];
	struct host host;
	struct thread thread;                     /* the world's first, and its context, lie elsewhere */
	struct sched_context context;
} before, by_specification, by_fast_path;

static unsigned seen_bound;                       /* who was bound, and received at the endpoint, took an interrupt */

static struct sched_context *world_context(void) { return capability_object(&world_slots[SLOT_context]); }

static void keep(struct state *state)
{
	memcpy(state->memory, world_memory, MEMORY_BYTES);
	memcpy(&state->core, &core, sizeof(core));
	memcpy(state->handler, irq_handlers, sizeof(state->handler));
	memcpy(&state->host, &host, sizeof(host));
	memcpy(&state->thread, world_thread, sizeof(state->thread));
	memcpy(&state->context, world_context(), sizeof(state->context));
}

static void go_back_to(const struct state *state)
{
	memcpy(world_memory, state->memory, MEMORY_BYTES);
	memcpy(&core, &state->core, sizeof(core));
	memcpy(irq_handlers, state->handler, sizeof(state->handler));
	memcpy(&host, &state->host, sizeof(host));
	memcpy(world_thread, &state->thread, sizeof(state->thread));
	memcpy(world_context(), &state->context, sizeof(state->context));
}

/* What is void outside queues, or for the first in one (thread.h, notification.h). */
static void clear_void(void)
{
	for (struct thread *thread = core.threads; thread; thread = thread->all_next) {
		const struct notification *notification = thread_notification(thread);
		const struct endpoint *endpoint = thread_endpoint(thread);

		if (!thread->ready)
			thread->ready_next = NULL;
		if (!thread->ready && (!notification || notification->first == thread) && (!endpoint || endpoint->receiver == thread))
			thread->prev = NULL;
	}
	for (unsigned i = 0; i < NOTIFICATIONS; i++) {
		struct notification *notification = capability_object(&world_slots[NOTIFICATION + i]);

		if (notification->first == NOBODY)
			notification->last = NULL;
	}
}

static void interrupt_by(bool fast, struct state *after)
{
	host_fast_deliver = fast;
	kernel_interrupt(core.current);
	clear_void();
	keep(after);
}

/* Whether the fast path could be taken. */
static bool interrupt(unsigned i)
{
	const struct notification *notification = capability_object(&world_slots[NOTIFICATION + i]);
	bool can;

	irq_handlers[LINE + i].delivered = 0;
	host.line[LINE + i].taken = false;
	host.line[LINE + i].pending = true;
	clear_void();
	can = notification->taker && sched_can_hand_over(notification->taker) && notification->taker->waits && !timer_due();
	seen_bound += can && notification->first == NOBODY;
	keep(&before);
	interrupt_by(false, &by_specification);
	go_back_to(&before);
	interrupt_by(true, &by_fast_path);
	CHECK(memcmp(&by_specification, &by_fast_path, sizeof(by_fast_path)) == 0);
	return can;
}

static void begin(void)
{
	host.has_fpu = true;
	world_init();
	fpu_init(FPU_lazy);
	timer_init(HZ);
	capability_insert(&world_slots[HANDLER - 1], NULL, &(struct capability){
		.object = object_pack(irq_control_object(), OBJECT_irq_control), .rights = rights_of(OBJECT_irq_control),
		.size_bits = SIZE_BITS_irq, .flags = CAPABILITY_original });
	for (unsigned i = 0; i < NOTIFICATIONS; i++) {
		make(OBJECT_notification, NOTIFICATION + i, 0);
		EXPECT(ok, HANDLER - 1, irq_control, claim, LINE + i, 0, SLOT_cnode, HANDLER + i);
		EXPECT(ok, HANDLER + i, irq_handler, bind, NOTIFICATION + i, BIT << i);
	}
	make(OBJECT_endpoint, ENDPOINT, 0);
	for (unsigned i = 0; i < THREADS; i++) {
		make(OBJECT_sched_context, CONTEXT + i, 0);
		make_thread(THREAD + i, 2);
		EXPECT(ok, THREAD + i, thread, set_fpu, 1);
		EXPECT(ok, CONTEXT + i, sched_context, bind, THREAD + i);
	}
	for (unsigned i = 0; i < NOTIFICATIONS; i++)
		EXPECT(ok, THREAD + i, thread, bind_notification, NOTIFICATION + i);
	CHECK(untyped_used(&world_slots[SLOT_untyped]) <= MEMORY_BYTES);
	EXPECT(ok, SLOT_thread, thread, set_priority, 0);
}

/* The first thread, when all others wait, changes what they are. */
static void control(void)
{
	uint64_t i = test_random(THREADS), budget = 20 + test_random(60);

	if (test_random(2))
		INVOKE(THREAD + i, thread, set_priority, test_random(PRIORITY_MAX));
	else if (test_random(3))
		INVOKE(CONTEXT + i, sched_context, configure, 0, 0);
	else
		INVOKE(CONTEXT + i, sched_context, configure, budget, budget + test_random(200));
}

static void step(void)
{
	uint64_t choice = test_random(16);

	if (core.current == world_thread && choice < 12)
		control();
	else if (choice == 13)
		system_call(tag_make(SYS_yield, 0, 0, 0), 0);
	else if (choice == 14 && core.current != world_thread)
		kernel_fpu_trap(core.current);
	else if (core.current != world_thread)
		system_call(tag_make(SYS_recv, 0, 0, 0), test_random(3) ? NOTIFICATION + test_random(NOTIFICATIONS) : ENDPOINT);
}

void test_hand_over(void)
{
	unsigned taken = 0, declined = 0;

	begin();
	for (unsigned i = 0; i < STEPS; i++) {
		host.clock += test_random(20);
		if (test_random(3))
			step();
		else if (interrupt((unsigned)test_random(NOTIFICATIONS)))
			taken++;
		else
			declined++;
	}
	CHECK(taken > STEPS / 50 && declined > STEPS / 50 && seen_bound > STEPS / 1000);
}
