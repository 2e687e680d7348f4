/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Errors of system calls about messages: each is provoked, and each leaves everything as it was.
 */
#include "test.h"

static uint64_t endpoint;

enum { LENGTH_too_great = MESSAGE_EXTRA + 1 };

/* Every way to send and receive through a capability fails in this way. */
static void expect_all_fail(uint64_t capability, enum error error)
{
	struct message message = MESSAGE(3, 1, 2);
	expect_equal(ipc_call(capability, &message), error);
	message = MESSAGE(3, 1, 2);
	expect_equal(ipc_send(capability, &message), error);
	message = MESSAGE(3, 1, 2);
	expect_equal(ipc_nb_send(capability, &message), error);
	expect_equal(ipc_recv(capability, &message), error);
	expect_equal(ipc_nb_recv(capability, &message), error);
	message = MESSAGE(3, 1, 2);
	expect_equal(ipc_reply_recv(capability, &message), error);
}

TEST(an_empty_slot_is_no_capability)
{
	expect_all_fail(BOOT_SLOT_null, ERR_no_cap);
	expect_all_fail(slot_empty(), ERR_no_cap);
	expect_all_fail(boot->slots - 1, ERR_no_cap);
}

/* Addresses have no aliases: beyond the last slot, and in every bit above. */
TEST(an_address_outside_the_cspace_is_no_capability)
{
	endpoint = endpoint_make();
	expect_all_fail(boot->slots, ERR_no_cap);
	expect_all_fail(boot->slots + endpoint, ERR_no_cap);
	for (unsigned bit = 32; bit < 64; bit++)
		expect_all_fail((uint64_t)1 << bit | endpoint, ERR_no_cap);
	expect_all_fail(UINT64_MAX, ERR_no_cap);
}

TEST(messages_go_through_endpoints_only)
{
	static const uint64_t others[] = { BOOT_SLOT_cnode, BOOT_SLOT_space, BOOT_SLOT_thread, BOOT_SLOT_sched_context,
		BOOT_SLOT_buffer, TASK_SLOT_untyped };
	for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++) {
		struct message message = MESSAGE(0);
		expect_equal(ipc_send(others[i], &message), ERR_wrong_kind);
		expect_equal(ipc_nb_send(others[i], &message), ERR_wrong_kind);
		expect_equal(ipc_recv(others[i], &message), ERR_wrong_kind);
		expect_equal(ipc_nb_recv(others[i], &message), ERR_wrong_kind);
		message = MESSAGE(0);
		expect_equal(ipc_reply_recv(others[i], &message), ERR_wrong_kind);
	}
}

TEST(sending_needs_the_right_to_send)
{
	endpoint = endpoint_make();
	uint64_t receive_only = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, receive_only, endpoint, RIGHT_endpoint_receive | RIGHT_endpoint_grant));
	struct message message = MESSAGE(0);
	expect_equal(ipc_call(receive_only, &message), ERR_no_right);
	message = MESSAGE(0);
	expect_equal(ipc_send(receive_only, &message), ERR_no_right);
	message = MESSAGE(0);
	expect_equal(ipc_nb_send(receive_only, &message), ERR_no_right);
	expect_equal(ipc_nb_recv(receive_only, &message), ERR_would_block);
}

TEST(receiving_needs_the_right_to_receive)
{
	endpoint = endpoint_make();
	uint64_t send_only = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, send_only, endpoint, RIGHT_endpoint_send | RIGHT_endpoint_grant));
	struct message message = MESSAGE(0);
	expect_equal(ipc_recv(send_only, &message), ERR_no_right);
	expect_equal(ipc_nb_recv(send_only, &message), ERR_no_right);
	message = MESSAGE(0);
	expect_equal(ipc_reply_recv(send_only, &message), ERR_no_right);
	message = MESSAGE(0);
	expect_equal(ipc_nb_send(send_only, &message), ERR_would_block);
}

TEST(a_message_has_120_words_at_most)
{
	endpoint = endpoint_make();
	for (uint64_t length = LENGTH_too_great; length <= TAG_LENGTH_MASK; length++) {
		struct message message = { .tag = tag_make(0, 0, 0, length) };
		expect_equal(ipc_call(endpoint, &message), ERR_bad_length);
		message.tag = tag_make(0, 0, 0, length);
		expect_equal(ipc_send(endpoint, &message), ERR_bad_length);
		message.tag = tag_make(0, 0, 0, length);
		expect_equal(ipc_nb_send(endpoint, &message), ERR_bad_length);
	}
}

/* The answer is checked before anything happens: the caller goes on waiting, and can be answered properly. */
static void calling_worker(uint64_t to)
{
	struct message message = MESSAGE(0);
	event(ipc_call(to, &message));
	event(message.word[0]);
	park();
}

TEST(a_bad_answer_changes_nothing)
{
	endpoint = endpoint_make();
	uint64_t client = worker(other_space(), calling_worker, endpoint, PRIORITY_high).thread;
	struct message message;
	expect_equal(ipc_recv(endpoint, &message), ERR_ok);
	message.tag = tag_make(0, 0, 0, LENGTH_too_great);
	expect_equal(ipc_reply_recv(endpoint, &message), ERR_bad_length);
	thread_buffer()->cap[0] = slot_empty();
	message.tag = tag_make(0, 0, 1, 0);
	expect_equal(ipc_reply_recv(endpoint, &message), ERR_no_cap);
	message = MESSAGE(0);
	expect_equal(ipc_reply_recv(BOOT_SLOT_null, &message), ERR_no_cap);
	expect_equal(thread_waiting(client), WAITING_reply);
	expect_equal(shared->events, 0);
	struct made_thread sender = worker(BOOT_SLOT_space, calling_worker, endpoint, PRIORITY_low);
	message = MESSAGE(0, 7);
	expect_equal(ipc_reply_recv(endpoint, &message), ERR_ok);
	expect_equal(thread_waiting(sender.thread), WAITING_reply);
	expect_events(ERR_ok, 7);
}

static void long_message_without_buffer(uint64_t to)
{
	struct message message = { .tag = tag_make(0, 0, 0, 1) };
	event(ipc_call(to, &message));
	message.tag = tag_make(0, 0, 1, 0);
	event(ipc_send(to, &message));
	message.tag = tag_make(0, 0, 0, 1);
	event(ipc_nb_send(to, &message));
	park();
}

TEST(a_long_message_needs_a_buffer_to_send_from)
{
	endpoint = endpoint_make();
	thread_start(&pool, BOOT_SLOT_space, long_message_without_buffer, endpoint, PRIORITY_high, THREAD_no_buffer);
	expect_events(ERR_no_buffer, ERR_no_buffer, ERR_no_buffer);
}

static void receive_without_buffer(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	event(tag_length(message.tag));
	event(tag_caps(message.tag));
	event(message.word[0]);
	park();
}

/* A receiver without a buffer gets the eight words, and a tag that counts no more. */
TEST(a_receiver_without_a_buffer_gets_eight_words)
{
	endpoint = endpoint_make();
	thread_start(&pool, BOOT_SLOT_space, receive_without_buffer, endpoint, PRIORITY_high, THREAD_no_buffer);
	thread_buffer()->cap[0] = endpoint;
	struct message message = { .tag = tag_make(0, 0, 1, 5), .word = { 44 } };
	expect_equal(ipc_send(endpoint, &message), ERR_ok);
	settle();
	expect_events(0, 0, 44);
}

TEST(an_unknown_system_call_is_an_error)
{
	for (uint64_t operation = 0; operation < SYS_null; operation++) {
		switch (operation) {
#define SYSCALL(number, name, summary) case SYS_##name: continue;
#include "syscall.def"
#undef SYSCALL
		}
		struct message message = MESSAGE(9, 1, 2, 3);
		expect_equal(ipc_operation(system_call_inline, (enum syscall)operation, BOOT_SLOT_cnode, &message), ERR_no_method);
	}
}

/* Bit 15 of the tag makes it null, whatever stands beside it. */
TEST(null_does_nothing)
{
	uint64_t bytes = 0;
	struct untyped_describe before, after;
	must(untyped_describe(TASK_SLOT_untyped, &before));
	for (uint64_t low = TAG_NULL; low <= TAG_LOW_MASK; low += 0x0101) {
		struct message message = { .tag = low, .badge = TASK_SLOT_untyped, .word = { OBJECT_endpoint, 0, 1, 2 } };
		system_call_function(&message);
		system_null();
	}
	must(untyped_describe(TASK_SLOT_untyped, &after));
	bytes = after.used_bytes - before.used_bytes;
	expect_equal(bytes, 0);
}

TEST(an_unknown_method_is_an_error)
{
	static const uint64_t objects[] = { BOOT_SLOT_cnode, BOOT_SLOT_thread, BOOT_SLOT_sched_context, BOOT_SLOT_space,
		BOOT_SLOT_buffer, TASK_SLOT_untyped };
	static const uint64_t methods[] = { 0, 100, 0xffffffffffff };
	for (unsigned i = 0; i < sizeof objects / sizeof objects[0]; i++)
		for (unsigned j = 0; j < sizeof methods / sizeof methods[0]; j++) {
			struct message message = MESSAGE(methods[j]);
			expect_equal(invoke(objects[i], &message), ERR_no_method);
		}
}

TEST(an_invocation_takes_registers_only)
{
	struct message message = { .tag = tag_make(0, METHOD_untyped_describe, 0, 1) };
	expect_equal(invoke(TASK_SLOT_untyped, &message), ERR_bad_length);
	message = (struct message){ .tag = tag_make(0, METHOD_untyped_describe, 1, 0) };
	expect_equal(invoke(TASK_SLOT_untyped, &message), ERR_bad_length);
}

TEST(an_invocation_returns_its_results_and_zeros)
{
	struct message message = MESSAGE(METHOD_untyped_describe, 1, 2, 3, 4, 5, 6, 7, 8);
	expect_equal(invoke(TASK_SLOT_untyped, &message), ERR_ok);
	expect_equal(message.tag, tag_make(SYS_reply_recv, 0, 0, 0));
	expect_equal(message.badge, 0);
	for (unsigned i = 4; i < MESSAGE_REGISTERS; i++)
		expect_equal(message.word[i], 0);
}

TEST(the_console_takes_64_characters_at_a_time)
{
	struct message message = { .tag = tag_make(0, 65, 0, 0) };
	expect_equal(ipc_operation(system_call_inline, SYS_debug_write, 0, &message), ERR_bad_length);
}

/* ---- the same where all else is ready for a direct switch, which the fast paths would take ---- */

static void expect_call_fails(uint64_t capability, enum error error)
{
	struct message message = MESSAGE(0, 6);
	expect_equal(ipc_call(capability, &message), error);
	message = MESSAGE(0, 8);
	expect_equal(ipc_call(endpoint, &message), ERR_ok);      /* the server has not moved */
	expect_equal(message.word[0], 8);
}

static void echo_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;)
		ipc_reply_recv(from, &message);
}

TEST(a_bad_call_does_not_reach_a_waiting_server)
{
	endpoint = endpoint_make();
	uint64_t receive_only = pool_mint(&pool, endpoint, RIGHT_endpoint_receive | RIGHT_endpoint_grant, 3);
	passive_worker(other_space(), echo_server, endpoint, PRIORITY_high);
	expect_call_fails(receive_only, ERR_no_right);
	expect_call_fails(BOOT_SLOT_null, ERR_no_cap);
	expect_call_fails(slot_empty(), ERR_no_cap);
	expect_call_fails(endpoint + boot->slots, ERR_no_cap);
	for (unsigned bit = 32; bit < 64; bit++)
		expect_call_fails(endpoint | (uint64_t)1 << bit, ERR_no_cap);
	struct message message = MESSAGE(0, 6);
	expect_equal(ipc_call(BOOT_SLOT_thread, &message), ERR_no_method);
}

static uint64_t good, bad[8];
static enum error bad_error[8];

/* Tries every bad way to answer and wait before the good one. */
static void careless_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
			struct message answer = MESSAGE(0, 1000);
			expect_equal(ipc_reply_recv(bad[i], &answer), bad_error[i]);
		}
		ipc_reply_recv(good, &message);
	}
}

TEST(a_bad_answer_does_not_reach_a_waiting_caller)
{
	good = endpoint = endpoint_make();
	static const enum error errors[8] = { ERR_no_right, ERR_no_cap, ERR_no_cap, ERR_wrong_kind, ERR_wrong_kind, ERR_no_cap,
		ERR_no_cap, ERR_no_cap };
	const uint64_t capabilities[8] = { pool_mint(&pool, endpoint, RIGHT_endpoint_send | RIGHT_endpoint_grant, 3), BOOT_SLOT_null,
		slot_empty(), BOOT_SLOT_thread, BOOT_SLOT_cnode, endpoint + boot->slots, endpoint | (uint64_t)1 << 63,
		endpoint | (uint64_t)1 << 32 };
	for (unsigned i = 0; i < 8; i++) {
		bad[i] = capabilities[i];
		bad_error[i] = errors[i];
	}
	passive_worker(other_space(), careless_server, endpoint, PRIORITY_high);
	for (uint64_t i = 0; i < 3; i++) {
		struct message message = MESSAGE(0, i);
		expect_equal(ipc_call(endpoint, &message), ERR_ok);
		expect_equal(message.word[0], i);
	}
}

TEST(floors_are_refused_unless_the_machine_was_booted_for_them)
{
	for (uint64_t floor = FLOOR_trap; floor <= FLOOR_space_switch; floor++) {
		struct message message = MESSAGE(0, floor, BOOT_SLOT_thread);
		expect_equal(ipc_operation(system_call_inline, SYS_debug_floor, 0, &message), ERR_no_method);
	}
}
