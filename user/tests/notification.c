/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Notifications: signalling, waiting, polling; bound to a thread; what becomes of those who wait.
 */
#include "test.h"

static uint64_t notification, one, two, endpoint;

static uint64_t notification_make(void) { return pool_make(&pool, OBJECT_notification, SIZE_BITS_notification); }

static void make_notification(void)
{
	notification = notification_make();
	one = pool_mint(&pool, notification, RIGHT_notification_signal, 1);
	two = pool_mint(&pool, notification, RIGHT_notification_signal, 2);
}

/* Notes what each wait brings: error and bits. */
static void waiting_worker(uint64_t from)
{
	for (;;) {
		uint64_t bits;
		event(notification_wait(from, &bits));
		event(bits);
	}
}

static void wait_once(uint64_t number)
{
	uint64_t bits;
	enum error error = notification_wait(notification, &bits);
	event(number);
	event(error ? error : bits);
	park();
}

TEST(signalled_bits_are_taken_all_at_once)
{
	uint64_t bits;
	make_notification();
	expect_equal(notification_poll(notification, &bits), ERR_would_block);
	expect_equal(notification_signal(one), ERR_ok);
	expect_equal(notification_signal(two), ERR_ok);
	expect_equal(notification_signal(two), ERR_ok);
	expect_equal(notification_wait(notification, &bits), ERR_ok);
	expect_equal(bits, 3);
	expect_equal(notification_poll(notification, &bits), ERR_would_block);
	expect_equal(notification_signal(two), ERR_ok);
	expect_equal(notification_poll(notification, &bits), ERR_ok);
	expect_equal(bits, 2);
}

/* signal, nb_send and send through a notification are one thing; signal takes nothing else. */
TEST(three_system_calls_signal)
{
	static const enum syscall operations[] = { SYS_signal, SYS_nb_send, SYS_send };
	uint64_t bits, receive_only;
	make_notification();
	receive_only = pool_mint(&pool, notification, RIGHT_notification_wait, 4);
	for (unsigned i = 0; i < sizeof operations / sizeof operations[0]; i++) {
		struct message message = MESSAGE(5);
		expect_equal(ipc_operation(system_call_inline, operations[i], two, &message), ERR_ok);
		expect_equal(notification_poll(notification, &bits), ERR_ok);
		expect_equal(bits, 2);
		expect_equal(ipc_operation(system_call_inline, operations[i], receive_only, &message), ERR_no_right);
		message = MESSAGE(5);
		message.tag |= 1;
		expect_equal(ipc_operation(system_call_inline, operations[i], two, &message), ERR_bad_length);
		message = MESSAGE(5);
		expect_equal(ipc_operation(system_call_inline, operations[i], pool_slots(&pool, 1), &message), ERR_no_cap);
		message = MESSAGE(5);
		expect_equal(ipc_operation(system_call_inline, operations[i], UINT64_MAX, &message), ERR_no_cap);
	}
	expect_equal(notification_poll(notification, &bits), ERR_would_block);
	struct message message = MESSAGE(0);
	expect_equal(ipc_operation(system_call_inline, SYS_signal, endpoint_make(), &message), ERR_wrong_kind);
}

TEST(bits_come_as_a_badge_with_nothing_else)
{
	make_notification();
	uint64_t all = pool_mint(&pool, notification, RIGHT_notification_signal, UINT64_MAX);
	struct message message = MESSAGE(99, 1, 2, 3, 4, 5, 6, 7, 8);
	expect_equal(ipc_send(all, &message), ERR_ok);
	message = MESSAGE(99, 1, 2, 3, 4, 5, 6, 7, 8);
	expect_equal(ipc_reply_recv(notification, &message), ERR_ok);
	expect_equal(message.tag, tag_make(OPERATION_notified, 0, 0, 0));
	expect_equal(message.badge, UINT64_MAX);
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		expect_equal(message.word[i], 0);
}

TEST(a_signal_without_bits_wakes_nobody)
{
	make_notification();
	uint64_t thread = worker(BOOT_SLOT_space, waiting_worker, notification, PRIORITY_high).thread;
	expect_equal(notification_signal(notification), ERR_ok);
	expect_equal(thread_waiting(thread), WAITING_notification);
	expect_equal(shared->events, 0);
}

static void wake(uint64_t space)
{
	make_notification();
	worker(space, waiting_worker, notification, PRIORITY_low);
	settle();
	expect_equal(notification_signal(one), ERR_ok);
	expect_equal(notification_signal(two), ERR_ok);      /* it has not run yet, but has its bits */
	expect_equal(shared->events, 0);
	settle();
	expect_events(ERR_ok, 1, ERR_ok, 2);
}

TEST(a_signal_wakes_who_waits) { in_both_spaces(wake); }

TEST(a_signal_wakes_a_higher_thread_at_once)
{
	make_notification();
	worker(other_space(), waiting_worker, notification, PRIORITY_high);
	settle();
	expect_equal(notification_signal(one), ERR_ok);
	expect_events(ERR_ok, 1);
}

TEST(who_waits_is_woken_in_the_order_of_coming)
{
	make_notification();
	uint64_t space = other_space();
	for (uint64_t i = 0; i < 3; i++)
		worker(i % 2 ? space : BOOT_SLOT_space, wait_once, i, PRIORITY_high);
	settle();
	expect_equal(notification_signal(one), ERR_ok);
	expect_equal(notification_signal(two), ERR_ok);
	expect_events(0, 1, 1, 2);
	expect_equal(notification_signal(two), ERR_ok);
	expect_events(2, 2);
	expect_equal(notification_signal(two), ERR_ok);
	uint64_t bits;
	expect_equal(notification_poll(notification, &bits), ERR_ok);
}

TEST(any_who_waits_for_a_notification_can_be_stopped)
{
	make_notification();
	for (unsigned gone = 0; gone < 3; gone++) {
		uint64_t thread[3], bits;
		for (uint64_t i = 0; i < 3; i++)
			thread[i] = worker(BOOT_SLOT_space, wait_once, i, PRIORITY_high).thread;
		must(thread_suspend(thread[gone]));
		must(notification_signal(one));
		must(notification_signal(two));
		must(notification_signal(two));
		expect_equal(notification_poll(notification, &bits), ERR_ok);        /* the third found nobody */
		expect_events(gone == 0, 1, gone == 2 ? 1 : 2, 2);
		must(thread_resume(thread[gone]));
		expect_events(gone, ERR_cancelled);
	}
}

TEST(who_waits_at_a_destroyed_notification_is_woken)
{
	make_notification();
	for (uint64_t i = 0; i < 3; i++)
		worker(other_space(), wait_once, i, PRIORITY_high);
	settle();
	must(cnode_delete(BOOT_SLOT_cnode, notification));
	settle();
	expect_events(0, ERR_cancelled, 1, ERR_cancelled, 2, ERR_cancelled);
	expect_equal(notification_signal(one), ERR_no_cap);
}

TEST(signalling_and_waiting_need_their_rights)
{
	uint64_t bits, waitable, empty = slot_empty();
	make_notification();
	waitable = pool_mint(&pool, notification, RIGHT_notification_wait, 8);
	expect_equal(notification_wait(one, &bits), ERR_no_right);
	expect_equal(notification_poll(one, &bits), ERR_no_right);
	expect_equal(notification_signal(waitable), ERR_no_right);
	expect_equal(notification_signal(empty), ERR_no_cap);
	expect_equal(notification_poll(empty, &bits), ERR_no_cap);
	struct message message = { .tag = tag_make(0, 0, 0, 1) };
	expect_equal(ipc_nb_send(one, &message), ERR_bad_length);
	message = (struct message){ .tag = tag_make(0, 0, 1, 0) };
	expect_equal(ipc_send(one, &message), ERR_bad_length);
	message = MESSAGE(1);
	expect_equal(ipc_call(one, &message), ERR_no_method);
	expect_equal(notification_poll(waitable, &bits), ERR_would_block);          /* nothing has arrived */
}

TEST(a_notification_has_one_badge)
{
	make_notification();
	uint64_t slot = slot_empty();
	expect_equal(cnode_mint(BOOT_SLOT_cnode, slot, one, RIGHTS_all, 4), ERR_bad_argument);
	must(cnode_copy(BOOT_SLOT_cnode, slot, one, RIGHTS_all));
	uint64_t bits;
	must(notification_signal(slot));
	expect_equal(notification_poll(notification, &bits), ERR_ok);
	expect_equal(bits, 1);
}

/* ---- sched contexts ---- */

TEST(a_passive_thread_that_is_signalled_lacks_a_context)
{
	make_notification();
	struct made_thread made = worker(BOOT_SLOT_space, wait_once, 7, PRIORITY_high);
	must(sched_context_unbind(made.context));
	must(notification_signal(two));
	settle();
	expect_equal(shared->events, 0);
	expect_equal(thread_waiting(made.thread), WAITING_context);
	must(sched_context_bind(made.context, made.thread));
	expect_events(7, 2);
}

/* Answers a call when it is notified: what a driver does. */
static void driver(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		uint64_t bits;
		expect_equal(notification_wait(notification, &bits), ERR_ok);
		message = MESSAGE(0, bits);
		ipc_reply_recv(from, &message);
	}
}

static void call_and_note(uint64_t to)
{
	struct message message = MESSAGE(0, 1);
	event(ipc_call(to, &message));
	event(message.word[0]);
	park();
}

static void answer_after_waiting(bool passive)
{
	make_notification();
	endpoint = endpoint_make();
	(passive ? passive_worker : worker)(other_space(), driver, endpoint, PRIORITY_high);
	for (unsigned i = 0; i < 2; i++) {
		worker(BOOT_SLOT_space, call_and_note, endpoint, PRIORITY_high);
		settle();
		expect_equal(shared->events, 0);
		must(notification_signal(two));
		settle();
		expect_events(ERR_ok, 2);
	}
}

TEST(a_server_may_wait_for_a_notification_before_it_answers) { answer_after_waiting(false); }
TEST(a_passive_server_waits_on_its_callers_context)          { answer_after_waiting(true); }

TEST(a_context_lent_to_one_who_waits_goes_home_with_the_callers_wait)
{
	make_notification();
	endpoint = endpoint_make();
	struct made_thread server = passive_worker(other_space(), driver, endpoint, PRIORITY_high);
	uint64_t client = worker(BOOT_SLOT_space, call_and_note, endpoint, PRIORITY_high).thread;
	must(thread_suspend(client));
	must(thread_resume(client));
	settle();
	expect_equal(shared->event[0], ERR_cancelled);       /* it ran, so it has its context again */
	must(notification_signal(two));
	settle();
	expect_equal(thread_waiting(server.thread), WAITING_context);
}

/* ---- binding ---- */

/* Notes every message and every notification. */
static void noting_server(uint64_t from)
{
	struct message message = MESSAGE(0);
	enum error error = ipc_recv(from, &message);
	for (;;) {
		event(error ? error : message_notified(&message) ? 100 : 200);
		event(message.badge);
		message = MESSAGE(0, 5);
		error = ipc_reply_recv(from, &message);
	}
}

static struct made_thread bound_server(void (*function)(uint64_t), uint64_t priority)
{
	make_notification();
	endpoint = endpoint_make();
	struct made_thread made = worker(other_space(), function, endpoint, priority);
	must(thread_bind_notification(made.thread, notification));
	return made;
}

TEST(a_bound_thread_that_receives_wakes_with_the_bits)
{
	bound_server(noting_server, PRIORITY_high);
	settle();
	must(notification_signal(two));
	expect_events(100, 2);
	struct message message = MESSAGE(0);
	expect_equal(ipc_call(endpoint, &message), ERR_ok);
	expect_equal(message.word[0], 5);
	expect_events(200, 0);
	must(notification_signal(one));
	expect_events(100, 1);
}

TEST(a_bound_threads_bits_are_looked_at_before_it_waits)
{
	bound_server(noting_server, PRIORITY_low);           /* it has not run yet */
	must(notification_signal(two));
	must(notification_signal(one));
	settle();
	expect_events(100, 3);
	struct message message = MESSAGE(0);
	expect_equal(ipc_nb_send(endpoint, &message), ERR_ok);       /* and then it waits */
}

/* Signals its own notification while it has a caller: the answer goes out, and then the bits come. */
static void signalling_server(uint64_t from)
{
	struct message message = MESSAGE(0);
	ipc_recv(from, &message);
	for (;;) {
		event(message_notified(&message) ? 100 + message.badge : 200);
		if (!message_notified(&message))
			must(notification_signal(one));
		message = MESSAGE(0, 6);
		ipc_reply_recv(from, &message);
	}
}

TEST(pending_bits_do_not_hold_up_an_answer)
{
	bound_server(signalling_server, PRIORITY_high);
	settle();
	for (unsigned i = 0; i < 3; i++) {
		struct message message = MESSAGE(0);
		expect_equal(ipc_call(endpoint, &message), ERR_ok);
		expect_equal(message.word[0], 6);
		expect_events(200, 101);
	}
}

TEST(bits_that_another_takes_are_gone_for_the_bound_thread)
{
	bound_server(noting_server, PRIORITY_low);
	uint64_t bits;
	must(notification_signal(two));
	expect_equal(notification_poll(notification, &bits), ERR_ok);
	settle();
	expect_equal(shared->events, 0);
}

TEST(who_waits_comes_before_the_bound_thread)
{
	bound_server(noting_server, PRIORITY_high);
	worker(BOOT_SLOT_space, wait_once, 9, PRIORITY_high);
	settle();
	must(notification_signal(two));
	expect_events(9, 2);
	must(notification_signal(one));
	expect_events(100, 1);
}

TEST(a_nonblocking_receive_takes_the_bound_bits)
{
	make_notification();
	endpoint = endpoint_make();
	must(thread_bind_notification(BOOT_SLOT_thread, notification));
	struct message message;
	expect_equal(ipc_nb_recv(endpoint, &message), ERR_would_block);
	must(notification_signal(two));
	expect_equal(ipc_nb_recv(endpoint, &message), ERR_ok);
	expect(message_notified(&message));
	expect_equal(message.badge, 2);
	expect_equal(ipc_nb_recv(endpoint, &message), ERR_would_block);
	must(thread_unbind_notification(BOOT_SLOT_thread));
	must(notification_signal(two));
	expect_equal(ipc_nb_recv(endpoint, &message), ERR_would_block);
}

TEST(binding_delivers_what_is_pending)
{
	make_notification();
	endpoint = endpoint_make();
	uint64_t thread = worker(other_space(), noting_server, endpoint, PRIORITY_high).thread;
	settle();
	must(notification_signal(two));
	expect_equal(shared->events, 0);
	must(thread_bind_notification(thread, notification));
	expect_events(100, 2);
}

TEST(a_binding_is_between_two)
{
	make_notification();
	uint64_t other = notification_make(), thread = pool_make(&pool, OBJECT_thread, SIZE_BITS_thread);
	expect_equal(thread_unbind_notification(thread), ERR_not_bound);
	expect_equal(thread_bind_notification(thread, one), ERR_no_right);
	expect_equal(thread_bind_notification(thread, thread), ERR_wrong_kind);
	expect_equal(thread_bind_notification(thread, slot_empty()), ERR_no_cap);
	must(thread_bind_notification(thread, notification));
	expect_equal(thread_bind_notification(thread, other), ERR_bound);
	expect_equal(thread_bind_notification(BOOT_SLOT_thread, notification), ERR_bound);
	must(thread_unbind_notification(thread));
	must(thread_bind_notification(BOOT_SLOT_thread, notification));
}

TEST(a_binding_ends_with_either_side)
{
	make_notification();
	uint64_t thread = pool_make(&pool, OBJECT_thread, SIZE_BITS_thread);
	must(thread_bind_notification(thread, notification));
	must(notification_signal(two));
	must(cnode_delete(BOOT_SLOT_cnode, thread));
	must(thread_bind_notification(BOOT_SLOT_thread, notification));
	struct message message;
	expect_equal(ipc_nb_recv(endpoint_make(), &message), ERR_ok);        /* the bits are still there */
	must(notification_signal(two));
	must(cnode_delete(BOOT_SLOT_cnode, notification));
	expect_equal(thread_unbind_notification(BOOT_SLOT_thread), ERR_not_bound);
	make_notification();
	must(thread_bind_notification(BOOT_SLOT_thread, notification));
}
