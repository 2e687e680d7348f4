/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reply objects: callers saved for a later answer, and who pays meanwhile.
 */
#include "test.h"

enum { CLIENTS = 3 };

static uint64_t endpoint, answers, reply[CLIENTS];

static uint64_t reply_make(void) { return pool_make(&pool, OBJECT_reply, SIZE_BITS_reply); }

static enum error reply_answer(uint64_t to, uint64_t word)
{
	struct message message = MESSAGE(3, word);
	return ipc_send(to, &message);
}

static void make_objects(void)
{
	endpoint = endpoint_make();
	answers = endpoint_make();
	for (unsigned i = 0; i < CLIENTS; i++)
		reply[i] = reply_make();
}

/* Notes the number of the client, and what it got. */
static void client(uint64_t number)
{
	struct message message = MESSAGE(0, number);
	enum error error = ipc_call(endpoint, &message);
	event(number);
	event(error ? error : message.word[0]);
	park();
}

static struct made_thread client_start(uint64_t number)
{
	return worker(number % 2 ? BOOT_SLOT_space : other_space(), client, number, PRIORITY_high);
}

TEST(a_server_holds_many_callers_and_answers_in_any_order)
{
	make_objects();
	for (uint64_t i = 0; i < CLIENTS; i++)
		client_start(i);
	for (unsigned i = 0; i < CLIENTS; i++) {
		struct message message;
		expect_equal(ipc_recv(endpoint, &message), ERR_ok);
		expect_equal(message.word[0], i);
		expect_equal(reply_save(reply[i]), ERR_ok);
	}
	expect_equal(shared->events, 0);
	for (unsigned i = CLIENTS; i-- > 0;)
		expect_equal(reply_answer(reply[i], 10 + i), ERR_ok);
	settle();
	expect_events(2, 12, 1, 11, 0, 10);
}

/* What the caller gets does not say how it was answered. */
static void checking_client(uint64_t to)
{
	struct message message = MESSAGE(0, 1);
	ipc_call(to, &message);
	expect_equal(message.tag, tag_make(SYS_reply_recv, 3, 0, 0));
	expect_equal(message.badge, 0);
	expect_equal(message.word[0], 8);
	event(1);
	park();
}

TEST(a_saved_callers_answer_is_like_any_other)
{
	make_objects();
	worker(other_space(), checking_client, endpoint, PRIORITY_high);
	struct message message;
	must(ipc_recv(endpoint, &message));
	must(reply_save(reply[0]));
	message = MESSAGE(3, 8);
	expect_equal(ipc_nb_send(reply[0], &message), ERR_ok);
	expect_events(1);
}

TEST(a_reply_object_holds_one_caller_once)
{
	make_objects();
	expect_equal(reply_save(reply[0]), ERR_no_caller);
	expect_equal(reply_answer(reply[0], 1), ERR_no_caller);
	client_start(1);
	client_start(2);
	struct message message;
	must(ipc_recv(endpoint, &message));
	must(reply_save(reply[0]));
	expect_equal(reply_save(reply[1]), ERR_no_caller);
	must(ipc_recv(endpoint, &message));
	expect_equal(reply_save(reply[0]), ERR_unanswered);
	expect_equal(ipc_recv(endpoint, &message), ERR_unanswered);          /* and the second is still its caller */
	expect_equal(reply_answer(reply[0], 4), ERR_ok);
	expect_events(1, 4);
	expect_equal(reply_answer(reply[0], 4), ERR_no_caller);
	must(reply_save(reply[0]));
	must(reply_answer(reply[0], 5));
	expect_events(2, 5);
}

TEST(answering_needs_its_right_and_a_proper_message)
{
	make_objects();
	uint64_t weak = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, weak, reply[0], 0));
	client_start(1);
	struct message message;
	must(ipc_recv(endpoint, &message));
	expect_equal(reply_save(weak), ERR_no_right);
	must(reply_save(reply[0]));
	expect_equal(reply_answer(weak, 1), ERR_no_right);
	message = (struct message){ .tag = tag_make(0, 0, 0, MESSAGE_EXTRA + 1) };
	expect_equal(ipc_send(reply[0], &message), ERR_bad_length);
	((struct ipc_buffer *)boot->buffer_address)->cap[0] = slot_empty();
	message = (struct message){ .tag = tag_make(0, 0, 1, 0) };
	expect_equal(ipc_send(reply[0], &message), ERR_no_cap);
	expect_equal(ipc_recv(reply[0], &message), ERR_wrong_kind);
	message = MESSAGE(200);
	expect_equal(ipc_call(reply[0], &message), ERR_no_method);
	expect_equal(shared->events, 0);
	must(reply_answer(reply[0], 6));
	expect_events(1, 6);
}

/* ---- who goes away ---- */

static uint64_t saved_client(uint64_t number)
{
	uint64_t thread = client_start(number).thread;
	struct message message;
	must(ipc_recv(endpoint, &message));
	must(reply_save(reply[0]));
	expect_equal(thread_waiting(thread), WAITING_reply);
	return thread;
}

TEST(a_caller_in_a_destroyed_reply_object_hears_of_it)
{
	make_objects();
	saved_client(1);
	must(cnode_delete(BOOT_SLOT_cnode, reply[0]));
	expect_events(1, ERR_server_gone);
}

TEST(a_stopped_caller_leaves_its_reply_object)
{
	make_objects();
	uint64_t thread = saved_client(1);
	must(thread_suspend(thread));
	expect_equal(reply_answer(reply[0], 1), ERR_no_caller);
	must(thread_resume(thread));
	expect_events(1, ERR_cancelled);
	thread = saved_client(2);
	must(cnode_delete(BOOT_SLOT_cnode, thread));
	expect_equal(reply_answer(reply[0], 1), ERR_no_caller);
}

/* ---- who pays ---- */

/* Saves each caller, notes it, and waits for the next. */
static void saving_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		expect_equal(reply_save(reply[message.word[0]]), ERR_ok);
		event(100 + message.word[0]);
		message = MESSAGE(0);
		ipc_reply_recv(from, &message);
	}
}

TEST(a_passive_server_may_save_its_callers)
{
	make_objects();
	passive_worker(other_space(), saving_server, endpoint, PRIORITY_high);
	for (uint64_t i = 0; i < CLIENTS; i++)
		client_start(i);
	settle();
	expect_events(100, 101, 102);
	for (unsigned i = 0; i < CLIENTS; i++)
		must(reply_answer(reply[i], 20 + i));
	settle();
	expect_events(0, 20, 1, 21, 2, 22);
}

/* Saves its caller, and answers it itself before it waits: on that caller's context. */
static void self_answering_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		expect_equal(reply_save(reply[0]), ERR_ok);
		expect_equal(reply_answer(reply[0], message.word[0] + 30), ERR_ok);
		event(200);
		message = MESSAGE(0);
		ipc_reply_recv(from, &message);
	}
}

TEST(a_passive_server_that_answers_keeps_the_context_until_it_waits)
{
	make_objects();
	passive_worker(other_space(), self_answering_server, endpoint, PRIORITY_low);
	client_start(1);
	settle();
	client_start(2);
	settle();
	expect_events(200, 1, 31, 200, 2, 32);
}

/* A passive thread between: its client's context comes back to it, not to the client, when it is saved. */
static void middle_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		message = MESSAGE(0, 0);
		expect_equal(ipc_call(endpoint, &message), ERR_ok);
		message = MESSAGE(0, message.word[0] + 1);
		ipc_reply_recv(from, &message);
	}
}

static void outer_client(uint64_t to)
{
	struct message message = MESSAGE(0);
	event(ipc_call(to, &message));
	event(message.word[0]);
	park();
}

TEST(a_saved_callers_context_follows_the_chain_of_calls)
{
	make_objects();
	uint64_t front = endpoint_make();
	passive_worker(other_space(), saving_server, endpoint, PRIORITY_high);
	struct made_thread middle = passive_worker(other_space(), middle_server, front, PRIORITY_high);
	struct made_thread outer = worker(BOOT_SLOT_space, outer_client, front, PRIORITY_high);
	settle();
	expect_events(100);
	must(reply_answer(reply[0], 40));
	settle();
	expect_events(ERR_ok, 41);
	/* And when the one between is stopped, its client has its context back. */
	outer = worker(BOOT_SLOT_space, outer_client, front, PRIORITY_high);
	settle();
	expect_events(100);
	must(thread_suspend(middle.thread));
	settle();
	expect_equal(shared->event[0], ERR_server_gone);
	expect_equal(thread_waiting(outer.thread), WAITING_send);            /* parked */
}

TEST(a_server_that_stops_leaves_its_saved_callers)
{
	make_objects();
	struct made_thread server = passive_worker(other_space(), saving_server, endpoint, PRIORITY_high);
	client_start(0);
	settle();
	expect_events(100);
	must(cnode_delete(BOOT_SLOT_cnode, server.thread));
	must(reply_answer(reply[0], 50));
	settle();
	expect_events(0, 50);
}
