/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Who runs: priorities, sched contexts, lending.
 */
#include "test.h"

static uint64_t endpoint, second;

static void echo_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;)
		ipc_reply_recv(from, &message);
}

static void note(uint64_t what)
{
	event(what);
	park();
}

TEST(the_highest_priority_runs_first)
{
	for (uint64_t i = 0; i < 4; i++)
		worker(BOOT_SLOT_space, note, i, PRIORITY_low + i);
	expect_equal(shared->events, 0);
	settle();
	expect_events(3, 2, 1, 0);
}

TEST(a_raised_priority_counts_at_once)
{
	uint64_t low = worker(BOOT_SLOT_space, note, 1, PRIORITY_low).thread;
	uint64_t lower = worker(BOOT_SLOT_space, note, 2, PRIORITY_low - 1).thread;
	must(thread_set_priority(lower, PRIORITY_low + 1));
	expect_equal(shared->events, 0);
	must(thread_set_priority(low, PRIORITY_high));
	expect_events(1);
	settle();
	expect_events(2);
	expect_equal(thread_set_priority(low, PRIORITIES), ERR_bad_argument);
}

static void take_turns(uint64_t number)
{
	for (unsigned i = 0; i < 3; i++) {
		event(number);
		system_yield();
	}
	park();
}

TEST(yield_lets_equals_take_turns)
{
	uint64_t space = other_space();
	for (uint64_t i = 1; i <= 3; i++)
		worker(i == 2 ? space : BOOT_SLOT_space, take_turns, i, PRIORITY_low);
	settle();
	expect_events(1, 2, 3, 1, 2, 3, 1, 2, 3);
}

/* ---- direct switch never passes over a ready thread of a higher priority ---- */

static void call_and_note(uint64_t to)
{
	struct message message = MESSAGE(0);
	expect_equal(ipc_call(to, &message), ERR_ok);
	event(1);
	park();
}

static void noting_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		event(2);
		ipc_reply_recv(from, &message);
	}
}

static void call_past_ready(uint64_t space)
{
	endpoint = endpoint_make();
	passive_worker(space, noting_server, endpoint, PRIORITY_low);
	worker(BOOT_SLOT_space, call_and_note, endpoint, PRIORITY_low + 2);
	worker(BOOT_SLOT_space, note, 3, PRIORITY_low + 1);
	settle();
	expect_events(3, 2, 1);
}

TEST(a_call_does_not_pass_over_a_ready_thread_of_higher_priority) { in_both_spaces(call_past_ready); }

/* Makes a thread ready that has a priority between its own and its caller's, and answers. */
static uint64_t sleeper;

static void waking_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		event(2);
		must(thread_resume(sleeper));
		ipc_reply_recv(from, &message);
	}
}

static void answer_past_ready(uint64_t space)
{
	endpoint = endpoint_make();
	sleeper = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)note, 3, PRIORITY_low + 1, THREAD_active).thread;
	uint64_t where = space == BOOT_SLOT_space ? space : other_space();
	passive_worker(where, waking_server, endpoint, PRIORITY_high);
	worker(BOOT_SLOT_space, call_and_note, endpoint, PRIORITY_low);
	settle();
	expect_events(2, 3, 1);
}

TEST(an_answer_does_not_pass_over_a_ready_thread_of_higher_priority) { in_both_spaces(answer_past_ready); }

/* With equal priorities the message goes first: both the call and the answer are direct. */
TEST(a_ready_thread_of_equal_priority_waits_for_a_direct_switch)
{
	endpoint = endpoint_make();
	passive_worker(other_space(), noting_server, endpoint, PRIORITY_low);
	worker(BOOT_SLOT_space, call_and_note, endpoint, PRIORITY_low);
	worker(BOOT_SLOT_space, note, 3, PRIORITY_low);
	settle();
	expect_events(2, 1, 3);
}

/* ---- sched contexts ---- */

TEST(a_thread_without_a_context_does_not_run)
{
	struct made_thread thread = thread_start(&pool, BOOT_SLOT_space, note, 1, PRIORITY_high, THREAD_passive);
	settle();
	expect_equal(shared->events, 0);
	expect_equal(thread_waiting(thread.thread), WAITING_context);
	must(sched_context_bind(thread.context, thread.thread));
	settle();
	expect_events(1);
}

TEST(a_context_and_a_thread_are_bound_once)
{
	struct made_thread thread = worker(BOOT_SLOT_space, note, 1, PRIORITY_low);
	uint64_t spare = pool_make(&pool, OBJECT_sched_context, SIZE_BITS_sched_context);
	uint64_t idle = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)note, 2, PRIORITY_low, THREAD_passive).thread;
	expect_equal(sched_context_bind(spare, thread.thread), ERR_bound);
	expect_equal(sched_context_bind(thread.context, idle), ERR_bound);
	expect_equal(sched_context_unbind(spare), ERR_not_bound);
	expect_equal(sched_context_bind(spare, BOOT_SLOT_cnode), ERR_wrong_kind);
	expect_equal(sched_context_bind(spare, BOOT_SLOT_null), ERR_no_cap);
	must(sched_context_unbind(thread.context));
	settle();
	expect_equal(shared->events, 0);
	must(sched_context_bind(thread.context, idle));
	must(thread_resume(idle));
	must(sched_context_bind(spare, thread.thread));
	settle();
	expect_equal(shared->events, 2);
}

static void call_passive(uint64_t space)
{
	endpoint = endpoint_make();
	struct made_thread server = passive_worker(space, echo_server, endpoint, PRIORITY_high);
	for (uint64_t i = 0; i < 5; i++) {
		struct message message = MESSAGE(i, i + 1);
		expect_equal(ipc_call(endpoint, &message), ERR_ok);
		expect_equal(message.word[0], i + 1);
		expect_equal(thread_waiting(server.thread), WAITING_receive);
	}
}

TEST(a_passive_server_runs_on_its_callers_context) { in_both_spaces(call_passive); }

/* A server that was never bound: it runs for the first time on the context of the first sender. */
TEST(a_passive_server_takes_a_waiting_call)
{
	endpoint = endpoint_make();
	struct made_thread server = passive_worker(other_space(), echo_server, endpoint, PRIORITY_low);
	must(thread_suspend(server.thread));
	worker(BOOT_SLOT_space, call_and_note, endpoint, PRIORITY_high);
	must(thread_resume(server.thread));
	settle();
	expect_equal(shared->events, 0);          /* it has nothing to run on to take the call with */
	must(sched_context_bind(server.context, server.thread));
	settle();
	expect_events(1);
}

/* A -> B -> C, all but A passive: C runs on A's context, and all is as before when it is over. */
static uint64_t chain_next[4];

static void chain_server(uint64_t number)
{
	struct message message;
	ipc_recv(chain_next[number - 1], &message);
	for (;;) {
		event(number);
		if (chain_next[number]) {
			message = MESSAGE(0, message.word[0] + 1);
			expect_equal(ipc_call(chain_next[number], &message), ERR_ok);
		}
		event(number + 10);
		ipc_reply_recv(chain_next[number - 1], &message);
	}
}

static void chain_of_calls(uint64_t space)
{
	for (unsigned i = 0; i < 3; i++)
		chain_next[i] = endpoint_make();
	chain_next[3] = 0;
	uint64_t where = space == BOOT_SLOT_space ? space : other_space();
	for (uint64_t i = 1; i <= 3; i++)
		passive_worker(i == 2 ? BOOT_SLOT_space : where, chain_server, i, PRIORITY_high + i);
	for (unsigned i = 0; i < 2; i++) {
		struct message message = MESSAGE(0, 40);
		expect_equal(ipc_call(chain_next[0], &message), ERR_ok);
		expect_equal(message.word[0], 42);
		expect_events(1, 2, 3, 13, 12, 11);
	}
}

TEST(a_context_is_lent_along_a_chain_of_calls) { in_both_spaces(chain_of_calls); }

static void receive_and_work(uint64_t from)
{
	struct message message;
	for (;;) {
		ipc_recv(from, &message);
		event(2);
		system_yield();
		event(3);
	}
}

static void send_and_note(uint64_t to)
{
	struct message message = MESSAGE(0);
	expect_equal(ipc_send(to, &message), ERR_ok);
	event(1);
	park();
}

/* The receiver has a lower priority than the sender, which all the same goes on only when it has its context back. */
TEST(a_send_to_a_passive_thread_lends_until_it_waits_again)
{
	endpoint = endpoint_make();
	struct made_thread receiver = passive_worker(other_space(), receive_and_work, endpoint, PRIORITY_low);
	worker(BOOT_SLOT_space, send_and_note, endpoint, PRIORITY_high);
	settle();
	expect_events(2, 3, 1);
	expect_equal(thread_waiting(receiver.thread), WAITING_receive);
}

/* Unbinding a context takes it from whoever runs on it; the call goes on when the server gets another one. */
static void stuck_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		event(2);
		struct message other = MESSAGE(0);
		ipc_call(second, &other);
		event(3);
		ipc_reply_recv(from, &message);
	}
}

TEST(a_context_taken_from_a_server_leaves_it_waiting)
{
	endpoint = endpoint_make();
	second = endpoint_make();
	struct made_thread server = passive_worker(other_space(), stuck_server, endpoint, PRIORITY_high);
	struct made_thread client = worker(BOOT_SLOT_space, call_and_note, endpoint, PRIORITY_low);
	settle();
	expect_events(2);
	expect_equal(thread_waiting(server.thread), WAITING_send);
	must(sched_context_unbind(client.context));
	struct message message;
	expect_equal(ipc_recv(second, &message), ERR_ok);
	worker(BOOT_SLOT_space, send_and_note, second, PRIORITY_low);
	message = MESSAGE(0);
	expect_equal(ipc_reply_recv(second, &message), ERR_ok);     /* answers; the server has nothing to run on */
	settle();
	expect_events(1);                                           /* that was send_and_note */
	expect_equal(thread_waiting(server.thread), WAITING_context);
	expect_equal(thread_waiting(client.thread), WAITING_reply);
}

TEST(deleting_a_lent_context_stops_the_server_that_runs_on_it)
{
	endpoint = endpoint_make();
	second = endpoint_make();
	struct made_thread server = passive_worker(other_space(), stuck_server, endpoint, PRIORITY_high);
	struct made_thread client = worker(BOOT_SLOT_space, call_and_note, endpoint, PRIORITY_low);
	settle();
	expect_events(2);
	must(cnode_delete(BOOT_SLOT_cnode, client.context));
	expect_equal(thread_waiting(client.thread), WAITING_reply);
	struct message message;
	expect_equal(ipc_recv(second, &message), ERR_ok);
	must(thread_suspend(server.thread));
	expect_equal(thread_waiting(client.thread), WAITING_context);
	uint64_t spare = pool_make(&pool, OBJECT_sched_context, SIZE_BITS_sched_context);
	must(sched_context_bind(spare, client.thread));
	expect_equal(thread_waiting(client.thread), WAITING_no);
}

/* A caller that goes away takes its context along; the server owes nobody an answer, and goes on when it has another. */
TEST(a_destroyed_caller_is_forgotten)
{
	endpoint = endpoint_make();
	second = endpoint_make();
	struct made_thread server = passive_worker(other_space(), stuck_server, endpoint, PRIORITY_high);
	struct made_thread client = worker(BOOT_SLOT_space, call_and_note, endpoint, PRIORITY_low);
	settle();
	expect_events(2);
	struct message message;
	expect_equal(ipc_recv(second, &message), ERR_ok);
	must(cnode_delete(BOOT_SLOT_cnode, client.thread));
	worker(BOOT_SLOT_space, send_and_note, second, PRIORITY_low);
	message = MESSAGE(0);
	expect_equal(ipc_reply_recv(second, &message), ERR_ok);
	settle();
	expect_events(1);                                           /* that was send_and_note */
	expect_equal(thread_waiting(server.thread), WAITING_context);
	must(sched_context_bind(server.context, server.thread));
	settle();
	expect_events(3);
	expect_equal(thread_waiting(server.thread), WAITING_receive);
}

/* A caller that is stopped leaves its context with the server until that waits again: then it is home. */
TEST(a_stopped_callers_context_comes_home)
{
	endpoint = endpoint_make();
	second = endpoint_make();
	struct made_thread server = passive_worker(other_space(), stuck_server, endpoint, PRIORITY_high);
	struct made_thread client = worker(BOOT_SLOT_space, call_and_note, endpoint, PRIORITY_low);
	settle();
	expect_events(2);
	struct message message;
	expect_equal(ipc_recv(second, &message), ERR_ok);
	must(thread_suspend(client.thread));
	must(thread_write_registers(client.thread, (uint64_t)note, stack_start(client.page_address),
		client.page_address + sizeof(struct ipc_buffer), 4));
	must(thread_resume(client.thread));
	settle();
	expect_equal(shared->events, 0);
	expect_equal(thread_waiting(client.thread), WAITING_context);
	worker(BOOT_SLOT_space, send_and_note, second, PRIORITY_low - 1);
	message = MESSAGE(0);
	expect_equal(ipc_reply_recv(second, &message), ERR_ok);
	settle();
	expect_events(3, 4, 1);
	expect_equal(thread_waiting(server.thread), WAITING_receive);
}

TEST(every_way_to_wait_can_be_read)
{
	endpoint = endpoint_make();
	second = endpoint_make();
	uint64_t receiver = worker(BOOT_SLOT_space, echo_server, second, PRIORITY_high).thread;
	uint64_t sender = worker(BOOT_SLOT_space, send_and_note, endpoint, PRIORITY_high).thread;
	expect_equal(thread_waiting(receiver), WAITING_receive);
	expect_equal(thread_waiting(sender), WAITING_send);
	expect_equal(thread_waiting(BOOT_SLOT_thread), WAITING_no);
	must(thread_suspend(receiver));
	expect_equal(thread_waiting(receiver), WAITING_stopped);
	struct message message;
	expect_equal(ipc_recv(endpoint, &message), ERR_ok);
	uint64_t client = worker(BOOT_SLOT_space, call_and_note, endpoint, PRIORITY_high).thread;
	expect_equal(thread_waiting(client), WAITING_send);
	expect_equal(ipc_recv(endpoint, &message), ERR_ok);
	expect_equal(thread_waiting(client), WAITING_reply);
}
