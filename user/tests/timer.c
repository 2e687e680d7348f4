/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The clock, and the timer's interrupt line.  Times are short, and long against what a slow emulator takes for a system
 * call; nothing here counts on being early.  On a machine without a timer these tests are skipped.
 */
#include "report.h"
#include "spinner.h"
#include "time.h"

static uint64_t control(void)
{
	struct irq_control_describe description;
	must(irq_control_describe(BOOT_SLOT_irq_control, &description));
	if (description.timer == 0)
		test_skip("the kernel knows no timer on this machine");
	expect_equal(description.timer, IRQ_LINE_timer);
	return BOOT_SLOT_irq_control;
}

static uint64_t claim(void)
{
	uint64_t slot = slot_empty();
	must(irq_control_claim(control(), IRQ_LINE_timer, 0, BOOT_SLOT_cnode, slot));
	return slot;
}

static struct { uint64_t handler, notification; } set;
enum { BITS = 0x30 };

static void set_up(void)
{
	set.handler = claim();
	set.notification = pool_make(&pool, OBJECT_notification, SIZE_BITS_notification);
	must(irq_handler_bind(set.handler, set.notification, BITS));
}

static uint64_t poll(void)
{
	uint64_t bits = 0;
	return notification_poll(set.notification, &bits) == ERR_ok ? bits : 0;
}

TEST(the_clock_counts_up_in_user_space)
{
	uint64_t before = clock_now();
	for (unsigned i = 0; i < 1000; i++) {
		uint64_t now = clock_now();
		expect(now >= before);
		before = now;
	}
}

TEST(the_timer_interrupts_when_its_time_has_come_and_not_before)
{
	set_up();
	for (unsigned i = 0; i < 3; i++) {
		uint64_t deadline = clock_now() + milliseconds(3), seen;
		must(irq_handler_set_deadline(set.handler, deadline));
		do
			seen = clock_now();
		while (poll() == 0 && seen < deadline + milliseconds(2000));
		expect(clock_now() >= deadline);
		expect(seen < deadline + milliseconds(2000));
		expect_equal(poll(), 0);                                  /* once */
	}
}

TEST(a_time_that_is_over_interrupts_at_once)
{
	set_up();
	must(irq_handler_set_deadline(set.handler, 0));
	uint64_t limit = clock_now() + milliseconds(2000), bits = 0;
	while (bits == 0 && clock_now() < limit)
		bits = poll();
	expect_equal(bits, BITS);
	must(irq_handler_set_deadline(set.handler, clock_now()));
	while ((bits = poll()) == 0 && clock_now() < limit)
		;
	expect_equal(bits, BITS);
}

TEST(a_time_can_be_replaced_and_taken_back)
{
	set_up();
	uint64_t start = clock_now();
	must(irq_handler_set_deadline(set.handler, start + milliseconds(5)));
	must(irq_handler_set_deadline(set.handler, UINT64_MAX));
	poll();                                                           /* on a slow machine it was time already */
	while (clock_now() < start + milliseconds(10))
		expect_equal(poll(), 0);
	must(irq_handler_set_deadline(set.handler, start + milliseconds(100000)));
	must(irq_handler_set_deadline(set.handler, clock_now() + milliseconds(1)));
	while (poll() == 0)
		expect(clock_now() < start + milliseconds(5000));
}

TEST(the_timer_wakes_a_waiting_thread_while_nothing_else_runs)
{
	set_up();
	must(thread_suspend(TEST_SLOT_idle));
	for (unsigned i = 0; i < 3; i++) {
		uint64_t bits, deadline = clock_now() + milliseconds(2);
		must(irq_handler_set_deadline(set.handler, deadline));
		must(notification_wait(set.notification, &bits));
		expect_equal(bits, BITS);
		expect(clock_now() >= deadline);
	}
	must(thread_resume(TEST_SLOT_idle));
}

static struct spinner spinner;

static void spin(uint64_t unused)
{
	(void)unused;
	spinner_run(&spinner);
	event(7);
	park();
}

TEST(the_timer_preempts_a_thread_that_spins_forever)
{
	set_up();
	spinner.go_on = 1;
	worker(BOOT_SLOT_space, spin, 0, PRIORITY_low);
	for (unsigned i = 0; i < 3; i++) {
		uint64_t bits, rounds = spinner.rounds;
		while (spinner.rounds == rounds) {
			must(irq_handler_set_deadline(set.handler, clock_now() + milliseconds(1)));
			must(notification_wait(set.notification, &bits));
		}
		expect_equal(spinner.changed, 0);
	}
	expect_equal(shared->events, 0);
	spinner.go_on = 0;
	settle();
	expect_events(7);
	expect_equal(spinner.changed, 0);
}

TEST(an_unbound_timer_forgets_its_time)
{
	set_up();
	uint64_t start = clock_now();
	must(irq_handler_set_deadline(set.handler, start + milliseconds(5)));
	must(irq_handler_unbind(set.handler));
	poll();                                                           /* on a slow machine it was time already */
	must(irq_handler_bind(set.handler, set.notification, 1));
	while (clock_now() < start + milliseconds(10))
		expect_equal(poll(), 0);
	must(irq_handler_set_deadline(set.handler, 0));
	while (poll() == 0)
		expect(clock_now() < start + milliseconds(5000));
	must(irq_handler_acknowledge(set.handler));                       /* needs none, and takes it */
}

TEST(setting_a_time_can_fail)
{
	struct irq_control_describe description;
	uint64_t handler = claim(), weak = slot_empty();
	expect_equal(irq_handler_set_deadline(handler, 0), ERR_not_bound);
	must(cnode_copy(BOOT_SLOT_cnode, weak, handler, 0));
	expect_equal(irq_handler_set_deadline(weak, 0), ERR_no_right);
	expect_equal(irq_control_claim(control(), IRQ_LINE_timer, 0, BOOT_SLOT_cnode, slot_empty()), ERR_bound);
	must(cnode_delete(BOOT_SLOT_cnode, handler));
	expect_equal(irq_control_claim(control(), IRQ_LINE_timer, IRQ_TRIGGER_edge, BOOT_SLOT_cnode, slot_empty()), ERR_bad_argument);
	claim();
	must(irq_control_describe(BOOT_SLOT_irq_control, &description));
	for (uint64_t line = 0; line < description.lines; line++) {
		uint64_t device = slot_empty();
		if (irq_control_claim(control(), line, 0, BOOT_SLOT_cnode, device) != ERR_ok)
			continue;
		expect_equal(irq_handler_set_deadline(device, 0), ERR_no_method);
		return;
	}
}
