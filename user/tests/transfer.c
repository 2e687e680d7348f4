/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Capabilities that ride along with messages.
 */
#include "test.h"

static uint64_t endpoint, gift[MESSAGE_CAPS], place[MESSAGE_CAPS];

static struct message message_with_caps(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		thread_buffer()->cap[i] = gift[i];
	return (struct message){ .tag = tag_make(0, 0, count, 0), .word = { count } };
}

/* Receives once into place[], and notes how many capabilities came. */
static void receiving_worker(uint64_t from)
{
	struct message message;
	for (unsigned i = 0; i < MESSAGE_CAPS; i++)
		thread_buffer()->receive_slot[i] = place[i];
	expect_equal(ipc_recv(from, &message), ERR_ok);
	event(tag_caps(message.tag));
	event(message.word[0]);
	park();
}

static void make_gifts(void)
{
	endpoint = endpoint_make();
	for (unsigned i = 0; i < MESSAGE_CAPS; i++) {
		gift[i] = pool_mint(&pool, endpoint, RIGHTS_all, 70 + i);
		place[i] = slot_empty();
	}
}

/* Whether the capability in a slot is an endpoint's with this badge: a message through it says so. */
static void badge_worker(uint64_t from)
{
	struct message message;
	expect_equal(ipc_recv(from, &message), ERR_ok);
	event(message.badge);
	park();
}

static void expect_badge(uint64_t slot, uint64_t badge)
{
	worker(BOOT_SLOT_space, badge_worker, endpoint, PRIORITY_high);
	struct message message = MESSAGE(0);
	expect_equal(ipc_nb_send(slot, &message), ERR_ok);
	settle();
	expect_events(badge);
}

static void expect_empty(uint64_t slot)
{
	struct message message = MESSAGE(0);
	expect_equal(ipc_nb_send(slot, &message), ERR_no_cap);
}

TEST(capabilities_ride_along)
{
	for (uint64_t count = 1; count <= MESSAGE_CAPS; count++) {
		make_gifts();
		worker(other_space(), receiving_worker, endpoint, PRIORITY_high);
		struct message message = message_with_caps(count);
		expect_equal(ipc_send(endpoint, &message), ERR_ok);
		settle();
		expect_events(count, count);
		for (uint64_t i = 0; i < MESSAGE_CAPS; i++) {
			if (i < count)
				expect_badge(place[i], 70 + i);
			else
				expect_empty(place[i]);
		}
	}
}

TEST(capabilities_ride_along_with_a_queued_message)
{
	make_gifts();
	worker(other_space(), receiving_worker, endpoint, PRIORITY_low);
	struct message message = message_with_caps(2);
	expect_equal(ipc_send(endpoint, &message), ERR_ok);     /* queued: the receiver has a lower priority */
	settle();
	expect_events(2, 2);
	expect_badge(place[0], 70);
	expect_badge(place[1], 71);
	expect_empty(place[2]);
}

TEST(a_capability_needs_the_right_to_grant)
{
	make_gifts();
	uint64_t plain = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, plain, endpoint, RIGHT_endpoint_send));
	uint64_t receiver = worker(other_space(), receiving_worker, endpoint, PRIORITY_high).thread;
	settle();
	struct message message = message_with_caps(1);
	expect_equal(ipc_send(plain, &message), ERR_no_right);
	message = message_with_caps(1);
	expect_equal(ipc_call(plain, &message), ERR_no_right);
	message = message_with_caps(1);
	expect_equal(ipc_nb_send(plain, &message), ERR_no_right);
	expect_equal(thread_waiting(receiver), WAITING_receive);
	expect_empty(place[0]);
}

TEST(a_capability_that_is_not_there_cannot_be_sent)
{
	make_gifts();
	uint64_t receiver = worker(other_space(), receiving_worker, endpoint, PRIORITY_high).thread;
	settle();
	gift[1] = slot_empty();
	struct message message = message_with_caps(2);
	expect_equal(ipc_send(endpoint, &message), ERR_no_cap);
	gift[1] = boot->slots;
	message = message_with_caps(2);
	expect_equal(ipc_call(endpoint, &message), ERR_no_cap);
	expect_equal(thread_waiting(receiver), WAITING_receive);
	expect_empty(place[0]);
}

static void expect_arrived(uint64_t sent, uint64_t arrived)
{
	worker(other_space(), receiving_worker, endpoint, PRIORITY_high);
	struct message message = message_with_caps(sent);
	expect_equal(ipc_send(endpoint, &message), ERR_ok);
	settle();
	expect_events(arrived, sent);
}

TEST(a_capability_needs_an_empty_slot_to_go_to)
{
	make_gifts();
	place[1] = endpoint;
	expect_arrived(3, 1);                     /* that one, and the following: not */
	expect_badge(place[0], 70);
	expect_empty(place[2]);
	make_gifts();
	place[0] = 0;
	expect_arrived(1, 0);
	make_gifts();
	place[2] = boot->slots;
	expect_arrived(3, 2);
}

static void answering_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		message = message_with_caps(1);
		ipc_reply_recv(from, &message);
	}
}

TEST(an_answer_may_bring_a_capability)
{
	make_gifts();
	uint64_t plain = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, plain, endpoint, RIGHT_endpoint_send));
	uint64_t server = worker(other_space(), answering_server, endpoint, PRIORITY_high).thread;
	settle();
	thread_buffer()->receive_slot[0] = place[0];
	struct message message = MESSAGE(0);
	expect_equal(ipc_call(plain, &message), ERR_ok);
	expect_equal(tag_caps(message.tag), 1);
	must(cnode_delete(BOOT_SLOT_cnode, server));
	expect_badge(place[0], 70);
}

TEST(a_capability_that_arrived_is_derived_from_the_one_sent)
{
	make_gifts();
	expect_arrived(2, 2);
	must(cnode_revoke(BOOT_SLOT_cnode, gift[0]));
	expect_empty(place[0]);
	expect_badge(gift[0], 70);
	must(cnode_delete(BOOT_SLOT_cnode, gift[1]));
	expect_empty(place[1]);
}

/* A capability with fewer rights arrives with no more. */
TEST(a_capability_that_arrived_has_no_more_rights)
{
	make_gifts();
	gift[0] = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, gift[0], endpoint, RIGHT_endpoint_receive));
	expect_arrived(1, 1);
	struct message message = MESSAGE(0);
	expect_equal(ipc_nb_send(place[0], &message), ERR_no_right);
	expect_equal(ipc_nb_recv(place[0], &message), ERR_would_block);
}

/* An untyped's one capability stays where it is; everything else can be given away. */
TEST(everything_but_untyped_memory_can_be_sent)
{
	make_gifts();
	gift[0] = TASK_SLOT_untyped;
	expect_arrived(1, 0);
	static const uint64_t others[] = { BOOT_SLOT_cnode, BOOT_SLOT_space, BOOT_SLOT_thread, BOOT_SLOT_sched_context,
		BOOT_SLOT_buffer };
	for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++) {
		make_gifts();
		gift[0] = others[i];
		expect_arrived(1, 1);
		struct message message = MESSAGE(0);
		expect_equal(ipc_nb_send(place[0], &message), ERR_wrong_kind);
	}
}

/* What a queued message needs of its sender's may go before it is received: it arrives with less. */
static uint64_t sender_caps;

static void long_sender(uint64_t to)
{
	struct message message = message_with_caps(sender_caps);
	message.tag |= 5;
	expect_equal(ipc_send(to, &message), ERR_ok);
	event(1);
	park();
}

TEST(a_queued_message_may_lose_what_its_sender_loses)
{
	make_gifts();
	sender_caps = 2;
	thread_buffer()->receive_slot[0] = place[0];
	thread_buffer()->receive_slot[1] = place[1];
	struct made_thread sender = worker(other_space(), long_sender, endpoint, PRIORITY_high);
	must(cnode_delete(BOOT_SLOT_cnode, sender.buffer));
	struct message message;
	expect_equal(ipc_recv(endpoint, &message), ERR_ok);
	expect_equal(message.word[0], 2);
	expect_equal(tag_length(message.tag), 0);
	expect_equal(tag_caps(message.tag), 0);
	worker(other_space(), long_sender, endpoint, PRIORITY_high);
	must(cnode_delete(BOOT_SLOT_cnode, gift[1]));
	expect_equal(ipc_recv(endpoint, &message), ERR_ok);
	expect_equal(tag_length(message.tag), 5);
	expect_equal(tag_caps(message.tag), 1);
	expect_empty(place[1]);
	settle();
	expect_events(1, 1);
}
