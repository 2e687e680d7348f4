/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages: what arrives, in which order, and what waits for what.
 */
#include "test.h"

static uint64_t endpoint, badged;
static uint64_t length;                   /* further words of the messages of a test */

enum { BADGE = 0x1234567, LABEL_call = 11, LABEL_reply = 22, SEED_call = 1, SEED_reply = 2 };

static void make_endpoint(void)
{
	endpoint = endpoint_make();
	badged = pool_mint(&pool, endpoint, RIGHT_endpoint_send, BADGE);
}

/* Checks every call that it gets, and answers with another message of the same length. */
static void checking_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		expect_equal(tag_operation(message.tag), SYS_call);
		expect_equal(message.badge, BADGE);
		expect_filled(&message, SEED_call, LABEL_call, length, thread_buffer());
		message = message_fill(SEED_reply, LABEL_reply, length, thread_buffer());
		ipc_reply_recv(from, &message);
	}
}

static void call_and_check(void)
{
	struct message message = message_fill(SEED_call, LABEL_call, length, thread_buffer());
	ipc_call(badged, &message);
	expect_equal(tag_operation(message.tag), SYS_reply_recv);
	expect_equal(message.badge, 0);
	expect_filled(&message, SEED_reply, LABEL_reply, length, thread_buffer());
}

static void call_server_that_waits(uint64_t space)
{
	worker(space, checking_server, endpoint, PRIORITY_high);
	call_and_check();
	call_and_check();
}

TEST(a_call_reaches_a_waiting_server_and_its_answer_comes_back)
{
	make_endpoint();
	in_both_spaces(call_server_that_waits);
}

static void call_server_that_comes(uint64_t space)
{
	make_endpoint();
	worker(space, checking_server, endpoint, PRIORITY_low);     /* runs when we wait */
	call_and_check();
	call_and_check();
}

TEST(a_call_waits_for_a_server_that_comes_later)
{
	make_endpoint();
	in_both_spaces(call_server_that_comes);
}

static void every_length(uint64_t space, bool passive)
{
	static const uint64_t words[] = { 0, 1, 56, MESSAGE_EXTRA };   /* 8, 9, 64, 120 words in all */
	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
		length = words[i];
		make_endpoint();
		uint64_t where = space == BOOT_SLOT_space ? space : other_space();
		(passive ? passive_worker : worker)(where, checking_server, endpoint, PRIORITY_high);
		call_and_check();
		call_and_check();
	}
}

static void every_length_to_active(uint64_t space)  { every_length(space, false); }
static void every_length_to_passive(uint64_t space) { every_length(space, true); }

TEST(messages_of_every_length_arrive)                     { in_both_spaces(every_length_to_active); }
TEST(messages_of_every_length_arrive_at_a_passive_server) { in_both_spaces(every_length_to_passive); }

/* A message with few words: the registers that it does not use arrive as they were sent, that is, zero. */
static void echo_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;)
		ipc_reply_recv(from, &message);
}

TEST(unused_words_arrive_as_zero)
{
	make_endpoint();
	worker(other_space(), echo_server, endpoint, PRIORITY_high);
	for (uint64_t words = 0; words <= MESSAGE_REGISTERS; words++) {
		struct message message = MESSAGE(words);
		for (uint64_t i = 0; i < words; i++)
			message.word[i] = i + 100;
		expect_equal(ipc_call(badged, &message), ERR_ok);
		for (uint64_t i = 0; i < MESSAGE_REGISTERS; i++)
			expect_equal(message.word[i], i < words ? i + 100 : 0);
	}
}

TEST(labels_keep_all_their_bits)
{
	make_endpoint();
	worker(other_space(), echo_server, endpoint, PRIORITY_high);
	for (unsigned bit = 0; bit < 64 - TAG_LABEL_SHIFT; bit++) {
		struct message message = MESSAGE((uint64_t)1 << bit);
		expect_equal(ipc_call(badged, &message), ERR_ok);
		expect_equal(tag_label(message.tag), (uint64_t)1 << bit);
	}
}

/* Notes the badge and the first word of every message. */
static void noting_receiver(uint64_t from)
{
	for (;;) {
		struct message message;
		expect_equal(ipc_recv(from, &message), ERR_ok);
		event(message.badge);
		event(message.word[0]);
	}
}

TEST(a_send_does_not_wait_for_an_answer)
{
	make_endpoint();
	worker(other_space(), noting_receiver, endpoint, PRIORITY_low);
	settle();
	struct message message = MESSAGE(0, 5);
	expect_equal(ipc_send(badged, &message), ERR_ok);
	expect_equal(shared->events, 0);
	settle();
	expect_events(BADGE, 5);
}

static void sending_worker(uint64_t to)
{
	struct message message = MESSAGE(0, to);
	expect_equal(ipc_send(to, &message), ERR_ok);
	event(1);
	park();
}

TEST(a_send_waits_until_somebody_receives)
{
	make_endpoint();
	uint64_t sender = worker(BOOT_SLOT_space, sending_worker, badged, PRIORITY_high).thread;
	expect_equal(shared->events, 0);
	expect_equal(thread_waiting(sender), WAITING_send);
	struct message message;
	expect_equal(ipc_recv(endpoint, &message), ERR_ok);
	expect_equal(tag_operation(message.tag), SYS_send);
	expect_equal(message.badge, BADGE);
	expect_equal(message.word[0], badged);
	settle();
	expect_events(1);
}

TEST(a_nonblocking_send_fails_when_nobody_waits)
{
	make_endpoint();
	struct message message = MESSAGE(0, 1);
	expect_equal(ipc_nb_send(badged, &message), ERR_would_block);
}

TEST(a_nonblocking_send_arrives_where_somebody_waits)
{
	make_endpoint();
	worker(other_space(), noting_receiver, endpoint, PRIORITY_high);
	settle();
	struct message message = MESSAGE(0, 6);
	expect_equal(ipc_nb_send(badged, &message), ERR_ok);
	settle();
	expect_events(BADGE, 6);
}

TEST(a_nonblocking_receive_fails_when_nobody_sends)
{
	make_endpoint();
	struct message message;
	expect_equal(ipc_nb_recv(endpoint, &message), ERR_would_block);
}

TEST(a_nonblocking_receive_takes_a_waiting_message)
{
	make_endpoint();
	worker(other_space(), sending_worker, badged, PRIORITY_high);
	settle();
	struct message message;
	expect_equal(ipc_nb_recv(endpoint, &message), ERR_ok);
	expect_equal(message.badge, BADGE);
	expect_equal(message.word[0], badged);
	expect_equal(ipc_nb_recv(endpoint, &message), ERR_would_block);
}

TEST(reply_recv_without_a_caller_receives)
{
	make_endpoint();
	worker(other_space(), sending_worker, badged, PRIORITY_high);
	settle();
	struct message message = MESSAGE(77, 1, 2, 3);
	expect_equal(ipc_reply_recv(endpoint, &message), ERR_ok);
	expect_equal(message.badge, BADGE);
	expect_equal(message.word[0], badged);
	expect_equal(message.word[1], 0);
}

static void call_then_note(uint64_t to)
{
	struct message message = MESSAGE(0, to);
	event(ipc_call(to, &message));
	event(message.word[0]);
	park();
}

TEST(a_second_receive_with_an_unanswered_caller_fails)
{
	make_endpoint();
	worker(other_space(), call_then_note, badged, PRIORITY_high);
	struct message message;
	expect_equal(ipc_recv(endpoint, &message), ERR_ok);
	expect_equal(ipc_recv(endpoint, &message), ERR_unanswered);
	expect_equal(ipc_nb_recv(endpoint, &message), ERR_unanswered);
	expect_equal(shared->events, 0);
	worker(BOOT_SLOT_space, sending_worker, badged, PRIORITY_low);
	message = MESSAGE(0, 99);
	expect_equal(ipc_reply_recv(endpoint, &message), ERR_ok);
	expect_equal(message.word[0], badged);
	settle();
	expect_events(ERR_ok, 99, 1);
}

TEST(badges_tell_senders_apart)
{
	make_endpoint();
	worker(other_space(), noting_receiver, endpoint, PRIORITY_high);
	settle();
	static const uint64_t badges[] = { 1, 2, 0x8000000000000000, 0xffffffffffffffff };
	for (unsigned i = 0; i < sizeof badges / sizeof badges[0]; i++) {
		struct message message = MESSAGE(0, i);
		uint64_t capability = pool_mint(&pool, endpoint, RIGHT_endpoint_send, badges[i]);
		expect_equal(ipc_send(capability, &message), ERR_ok);
	}
	struct message message = MESSAGE(0, 4);
	expect_equal(ipc_send(endpoint, &message), ERR_ok);
	settle();
	expect_events(badges[0], 0, badges[1], 1, badges[2], 2, badges[3], 3, 0, 4);
}

TEST(senders_are_served_in_the_order_of_their_coming)
{
	make_endpoint();
	uint64_t space = other_space(), to[4];
	for (unsigned i = 0; i < 4; i++) {
		to[i] = pool_mint(&pool, endpoint, RIGHT_endpoint_send, i + 1);
		worker(i % 2 ? space : BOOT_SLOT_space, i < 2 ? sending_worker : call_then_note, to[i], PRIORITY_high - i);
	}
	for (unsigned i = 0; i < 4; i++) {
		struct message message;
		expect_equal(ipc_reply_recv(endpoint, &message), ERR_ok);
		expect_equal(message.badge, i + 1);
		message = MESSAGE(0);
	}
}

static void receive_once(uint64_t number)
{
	struct message message;
	expect_equal(ipc_recv(endpoint, &message), ERR_ok);
	event(number);
	event(message.word[0]);
	park();
}

TEST(receivers_are_served_in_the_order_of_their_coming)
{
	make_endpoint();
	uint64_t space = other_space();
	for (uint64_t i = 0; i < 4; i++)
		worker(i % 2 ? space : BOOT_SLOT_space, receive_once, i, PRIORITY_high + i);
	settle();
	for (uint64_t i = 0; i < 4; i++) {
		struct message message = MESSAGE(0, 10 + i);
		expect_equal(ipc_nb_send(badged, &message), ERR_ok);
	}
	struct message message = MESSAGE(0);
	expect_equal(ipc_nb_send(badged, &message), ERR_would_block);
	settle();
	expect_events(0, 10, 1, 11, 2, 12, 3, 13);
}

/* Two servers at one endpoint: calls go to whichever waits, and each answer to its own caller. */
static void slow_server(uint64_t number)
{
	struct message message;
	ipc_recv(endpoint, &message);
	for (;;) {
		system_yield();
		message.word[1] = number;
		ipc_reply_recv(endpoint, &message);
	}
}

static void calling_client(uint64_t number)
{
	for (unsigned i = 0; i < 5; i++) {
		struct message message = MESSAGE(0, number << 8 | i);
		expect_equal(ipc_call(badged, &message), ERR_ok);
		expect_equal(message.word[0], number << 8 | i);
		shared->word[message.word[1]]++;
		system_yield();
	}
	shared->word[0]++;
	park();
}

TEST(several_servers_answer_several_clients)
{
	make_endpoint();
	uint64_t space = other_space();
	for (uint64_t i = 1; i <= 2; i++)
		worker(i == 1 ? space : BOOT_SLOT_space, slow_server, i, PRIORITY_high);
	for (uint64_t i = 1; i <= 4; i++)
		worker(i % 2 ? space : BOOT_SLOT_space, calling_client, i, PRIORITY_high);
	settle();
	expect_equal(shared->word[0], 4);
	expect_equal(shared->word[1] + shared->word[2], 20);
	expect(shared->word[1] > 0 && shared->word[2] > 0);
}

/* A server answers directly and waits at an endpoint where somebody is already: none of them may be forgotten. */
static uint64_t queued_client;

static void late_client(uint64_t to)
{
	struct message message = MESSAGE(0, 7);
	expect_equal(ipc_call(to, &message), ERR_ok);
	event(message.word[0]);
	park();
}

static void crowded_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	must(thread_resume(queued_client));       /* more important than we are: it calls before we go on */
	for (;;) {
		message.word[0] += 10;
		ipc_reply_recv(from, &message);
	}
}

static void answer_while_a_client_queues(uint64_t space)
{
	make_endpoint();
	queued_client = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)late_client, badged, PRIORITY_high,
		THREAD_active).thread;
	uint64_t where = space == BOOT_SLOT_space ? space : other_space();
	passive_worker(where, crowded_server, endpoint, PRIORITY_low);
	struct message message = MESSAGE(0, 5);
	expect_equal(ipc_call(badged, &message), ERR_ok);
	expect_equal(message.word[0], 15);
	settle();
	expect_events(17);
	message = MESSAGE(0, 6);
	expect_equal(ipc_call(badged, &message), ERR_ok);
	expect_equal(message.word[0], 16);
}

TEST(an_answer_does_not_lose_a_client_that_queues) { in_both_spaces(answer_while_a_client_queues); }

static void numbered_server(uint64_t number)
{
	struct message message;
	ipc_recv(endpoint, &message);
	for (;;) {
		message.word[0] = number;
		ipc_reply_recv(endpoint, &message);
	}
}

static void answer_while_a_server_waits(uint64_t space)
{
	make_endpoint();
	uint64_t where = space == BOOT_SLOT_space ? space : other_space();
	passive_worker(where, numbered_server, 1, PRIORITY_high);
	passive_worker(where, numbered_server, 2, PRIORITY_high);
	for (uint64_t i = 0; i < 6; i++) {
		struct message message = MESSAGE(0);
		expect_equal(ipc_call(badged, &message), ERR_ok);
		expect_equal(message.word[0], 1 + i % 2);                /* they wait in the order of their coming */
	}
}

TEST(an_answer_does_not_lose_a_server_that_waits) { in_both_spaces(answer_while_a_server_waits); }

/* A server that calls another one before it answers. */
static uint64_t behind;

static void forwarding_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		message = MESSAGE(0, message.word[0] + 1);
		expect_equal(ipc_call(behind, &message), ERR_ok);
		message = MESSAGE(0, message.word[0] * 10);
		ipc_reply_recv(from, &message);
	}
}

static void adding_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		message = MESSAGE(0, message.word[0] + 5);
		ipc_reply_recv(from, &message);
	}
}

static void call_through(uint64_t space)
{
	make_endpoint();
	behind = endpoint_make();
	uint64_t where = space == BOOT_SLOT_space ? space : other_space();
	passive_worker(where, forwarding_server, endpoint, PRIORITY_high);
	passive_worker(other_space(), adding_server, behind, PRIORITY_high);
	for (uint64_t i = 0; i < 3; i++) {
		struct message message = MESSAGE(0, i);
		expect_equal(ipc_call(badged, &message), ERR_ok);
		expect_equal(message.word[0], (i + 6) * 10);
	}
}

TEST(a_server_may_call_another_before_it_answers) { in_both_spaces(call_through); }

/* Two spaces have different memory at the same address, however often one switches between them. */
static uint64_t here;

static void counting_server(uint64_t from)
{
	struct message message;
	here = 1000;
	ipc_recv(from, &message);
	for (;;) {
		message = MESSAGE(0, ++here);
		ipc_reply_recv(from, &message);
	}
}

TEST(two_spaces_have_different_memory_at_the_same_address)
{
	make_endpoint();
	uint64_t other = endpoint_make();
	worker(other_space(), counting_server, endpoint, PRIORITY_high);
	worker(other_space(), counting_server, other, PRIORITY_high);
	here = 5;
	for (uint64_t i = 1; i <= 20; i++) {
		struct message message = MESSAGE(0);
		expect_equal(ipc_call(i % 3 ? endpoint : other, &message), ERR_ok);
		expect_equal(message.word[0], 1000 + (i % 3 ? i - i / 3 : i / 3));
		expect_equal(here++, 4 + i);
	}
}

/* ---- cancelling by badge ---- */

static void send_and_note_badge(uint64_t to)
{
	struct message message = MESSAGE(0);
	event(to);
	event(ipc_send(to, &message));
	park();
}

TEST(queued_senders_are_cancelled_by_their_badge)
{
	make_endpoint();
	uint64_t to[3];
	for (uint64_t i = 0; i < 3; i++)
		to[i] = pool_mint(&pool, endpoint, RIGHT_endpoint_send, i + 1);
	for (uint64_t i = 0; i < 6; i++)
		worker(i % 2 ? other_space() : BOOT_SLOT_space, i < 3 ? send_and_note_badge : call_then_note, to[i % 3], PRIORITY_high);
	settle();
	shared->events = 0;
	expect_equal(cnode_cancel_badged(BOOT_SLOT_cnode, to[1]), ERR_ok);
	settle();
	expect_equal(shared->events, 3);
	expect_equal(shared->event[0], ERR_cancelled);
	expect_equal(shared->event[1], ERR_cancelled);
	static const uint64_t badges[] = { 1, 3, 1, 3 };
	for (unsigned i = 0; i < 4; i++) {
		struct message message = MESSAGE(0);
		expect_equal(ipc_reply_recv(endpoint, &message), ERR_ok);
		expect_equal(message.badge, badges[i]);
	}
	expect_equal(cnode_cancel_badged(BOOT_SLOT_cnode, to[1]), ERR_ok);       /* nobody is left */
}

static void send_and_park(uint64_t to)
{
	struct message message = MESSAGE(0);
	ipc_send(to, &message);
	park();
}

/* More senders than one step looks at: those in front stay, those behind are found. */
TEST(many_senders_are_cancelled_in_steps)
{
	enum { SENDERS_MANY = 70 };
	make_endpoint();
	uint64_t other = pool_mint(&pool, endpoint, RIGHT_endpoint_send, 9);
	for (uint64_t i = 0; i < SENDERS_MANY; i++) {
		uint64_t thread = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)send_and_park,
			i < 40 ? other : badged, PRIORITY_high, THREAD_active | THREAD_no_buffer).thread;
		must(thread_resume(thread));
	}
	expect_equal(cnode_cancel_badged(BOOT_SLOT_cnode, other), ERR_ok);
	for (uint64_t i = 0; i < SENDERS_MANY - 40; i++) {
		struct message message;
		expect_equal(ipc_nb_recv(endpoint, &message), ERR_ok);
		expect_equal(message.badge, BADGE);
	}
	struct message message;
	expect_equal(ipc_nb_recv(endpoint, &message), ERR_would_block);
}

TEST(only_an_endpoints_senders_can_be_cancelled)
{
	make_endpoint();
	expect_equal(cnode_cancel_badged(BOOT_SLOT_cnode, BOOT_SLOT_thread), ERR_wrong_kind);
	expect_equal(cnode_cancel_badged(BOOT_SLOT_cnode, slot_empty()), ERR_no_cap);
	expect_equal(cnode_cancel_badged(BOOT_SLOT_cnode, boot->slots), ERR_bad_argument);
	uint64_t weak = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, weak, BOOT_SLOT_cnode, 0));
	expect_equal(cnode_cancel_badged(weak, endpoint), ERR_no_right);
}
