/* SPDX-License-Identifier: BSD-2-Clause -- the clock's timer: who waits for what time, and when the machine is told. */
#include "core.h"
#include "irq.h"
#include "notification.h"
#include "timer.h"
#include "world.h"

enum { HANDLER = 20, NOTIFICATION, BIT = 4 };

static struct notification *notification;

/* The timer's line, bound. */
static void begin(void)
{
	world_init();
	timer_init(1000 * 1000);
	notification = make(OBJECT_notification, NOTIFICATION, 0);
	capability_insert(&world_slots[HANDLER], NULL, &(struct capability){
		.object = object_pack(&irq_handlers[IRQ_LINE_timer], OBJECT_irq_handler), .rights = rights_of(OBJECT_irq_handler),
		.size_bits = SIZE_BITS_irq, .flags = CAPABILITY_original });
	irq_handlers[IRQ_LINE_timer].claimed = 1;
	EXPECT(not_bound, HANDLER, irq_handler, set_deadline, 5);
	EXPECT(ok, HANDLER, irq_handler, bind, NOTIFICATION, BIT);
}

static void interrupt(uint64_t time)
{
	host.clock = time;
	CHECK(kernel_interrupt(core.current) == world_thread);
}

void test_timer_line(void)
{
	begin();
	EXPECT(ok, HANDLER, irq_handler, set_deadline, 50);
	EQUAL(host.timer, 50);
	interrupt(49);                            /* another device's */
	EQUAL(notification->bits, 0);
	EQUAL(host.timer, 50);
	interrupt(50);
	EQUAL(notification->bits, BIT);
	EQUAL(host.timer, CLOCK_NEVER);
	notification->bits = 0;
	interrupt(60);                            /* once */
	EQUAL(notification->bits, 0);

	EXPECT(ok, HANDLER, irq_handler, set_deadline, 70);
	EXPECT(ok, HANDLER, irq_handler, unbind, 0);
	EQUAL(host.timer, CLOCK_NEVER);
	EXPECT(ok, HANDLER, irq_handler, bind, NOTIFICATION, BIT);
	interrupt(80);
	EQUAL(notification->bits, 0);
}

/* The world's first thread waits, so that nothing can run until it is time. */
void test_timer_idle(void)
{
	begin();
	EXPECT(ok, HANDLER, irq_handler, set_deadline, 1000);
	CHECK(system_call(tag_make(SYS_recv, 0, 0, 0), NOTIFICATION) == world_thread);
	EQUAL(host.clock, 1000);
	EQUAL(world_thread->registers.badge, BIT);
}

void test_timer_writes(void)
{
	unsigned before;

	begin();
	before = host.timer_writes;
	for (unsigned i = 0; i < 10; i++)
		CHECK(system_call(tag_make(SYS_yield, 0, 0, 0), 0) == world_thread);
	interrupt(10);
	EQUAL(host.timer_writes, before);
	EXPECT(ok, HANDLER, irq_handler, set_deadline, 50);
	EXPECT(ok, HANDLER, irq_handler, set_deadline, 50);
	CHECK(system_call(tag_make(SYS_yield, 0, 0, 0), 0) == world_thread);
	EQUAL(host.timer_writes, before + 1);
}
