/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The timer server, here a thread of the test, with several clients.
 */
#include "report.h"
#include "time.h"
#include "timer.h"
#include "timer_server.h"

static struct made_thread server;
static uint64_t endpoint, handler, began;

static void serve(uint64_t unused)
{
	(void)unused;
	timer_serve(server.thread, thread_buffer(), endpoint, handler);
}

static void set_up(void)
{
	struct irq_control_describe description;
	must(irq_control_describe(BOOT_SLOT_irq_control, &description));
	if (description.timer == 0)
		test_skip("the kernel knows no timer on this machine");
	handler = slot_empty();
	must(irq_control_claim(BOOT_SLOT_irq_control, description.timer, 0, BOOT_SLOT_cnode, handler));
	endpoint = endpoint_make();
	server = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)serve, 0, PRIORITY_high, THREAD_active);
	must(thread_resume(server.thread));
	must(thread_suspend(TEST_SLOT_idle));             /* it runs while all wait */
	began = clock_now();
}

static void sleeper(uint64_t number)
{
	uint64_t time = began + milliseconds(10 * number);
	expect(timer_sleep(endpoint, time));
	expect(clock_now() >= time);
	event(number);
	park();
}

TEST(those_who_sleep_wake_in_the_order_of_their_times)
{
	set_up();
	static const uint64_t order[] = { 3, 1, 2 };
	for (unsigned i = 0; i < 3; i++)
		worker(BOOT_SLOT_space, sleeper, order[i], PRIORITY_high);
	expect(timer_sleep(endpoint, began + milliseconds(40)));
	expect_events(1, 2, 3);
	expect(timer_sleep(endpoint, 0));                 /* over already */
	must(thread_resume(TEST_SLOT_idle));
}

static struct ipc_buffer *own_buffer(void) { return (struct ipc_buffer *)boot->buffer_address; }

TEST(an_alarm_signals_its_notification_once_unless_it_is_cancelled)
{
	set_up();
	uint64_t bits, notification = pool_make(&pool, OBJECT_notification, SIZE_BITS_notification);
	uint64_t one = pool_mint(&pool, endpoint, RIGHT_endpoint_send | RIGHT_endpoint_grant, 1);
	uint64_t other = pool_mint(&pool, endpoint, RIGHT_endpoint_send | RIGHT_endpoint_grant, 2);
	uint64_t first = pool_mint(&pool, notification, RIGHT_notification_signal, 1);
	uint64_t second = pool_mint(&pool, notification, RIGHT_notification_signal, 2);
	expect(timer_alarm(one, own_buffer(), first, began + milliseconds(5)));
	expect(timer_alarm(other, own_buffer(), second, began + milliseconds(10)));
	uint64_t seen = 0;
	while (seen != 3) {                               /* on a slow machine both at once */
		must(notification_wait(notification, &bits));
		expect_equal(seen & bits, 0);
		seen |= bits;
		expect(clock_now() >= began + milliseconds(bits & 2 ? 10 : 5));
	}
	expect(timer_alarm(one, own_buffer(), first, clock_now() + milliseconds(300)));
	uint64_t last = clock_now() + milliseconds(5);
	expect(timer_alarm(other, own_buffer(), second, last));
	timer_cancel(one);
	must(notification_wait(notification, &bits));
	expect_equal(bits, 2);
	expect(timer_sleep(one, last + milliseconds(310)));
	expect_equal(notification_poll(notification, &bits), ERR_would_block);
	must(thread_resume(TEST_SLOT_idle));
}

TEST(the_timer_server_refuses_what_it_cannot_remember_and_what_makes_no_sense)
{
	set_up();
	uint64_t notification = pool_make(&pool, OBJECT_notification, SIZE_BITS_notification), count = 0;
	while (count < 1000 && timer_alarm(endpoint, own_buffer(), notification, UINT64_MAX))
		count++;
	expect(count >= 16 && count < 1000);
	expect(!timer_sleep(endpoint, 0));
	timer_cancel(endpoint);
	expect(timer_sleep(endpoint, 0));
	expect(timer_alarm(endpoint, own_buffer(), notification, UINT64_MAX));
	for (uint64_t label = 0; label < 6; label += 5) {
		struct message message = MESSAGE(label, 1, 2, 3);
		must(ipc_call(endpoint, &message));
		expect_equal(tag_label(message.tag), 1);
	}
	struct message alone = MESSAGE(TIMER_CALL_alarm, 0);      /* no capability */
	must(ipc_call(endpoint, &alone));
	expect_equal(tag_label(alone.tag), 1);
	must(thread_resume(TEST_SLOT_idle));
}
