/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CSpaces of more than one CNode: addresses with guards, in every place that takes an address.
 */
#include "test.h"

enum { INNER_BITS = 4 };

static uint64_t endpoint, inner;

static unsigned root_bits(void) { return (unsigned)__builtin_ctzll(boot->slots); }

/* Of a slot in a CNode in the root. */
static uint64_t address_of(uint64_t cnode, uint64_t guard, uint64_t index)
{
	return (index << guard_bits(guard) | guard_value(guard)) << root_bits() | cnode;
}

static uint64_t cnode_make(uint64_t bits) { return pool_make(&pool, OBJECT_cnode, bits + SIZE_BITS_slot); }

static void expect_endpoint(uint64_t address)
{
	struct message message = MESSAGE(0);
	expect_equal(ipc_nb_recv(address, &message), ERR_would_block);
}

static void expect_nothing(uint64_t address)
{
	struct message message = MESSAGE(0);
	expect_equal(ipc_nb_recv(address, &message), ERR_no_cap);
}

static void make_inner(void)
{
	inner = cnode_make(INNER_BITS);
	endpoint = endpoint_make();
	must(cnode_copy(inner, 3, endpoint, RIGHTS_all));
}

TEST(an_address_goes_on_through_a_cnode)
{
	make_inner();
	expect_endpoint(address_of(inner, 0, 3));
	expect_nothing(address_of(inner, 0, 2));
	expect_nothing(address_of(endpoint, 0, 3));
	expect_nothing(address_of(slot_empty(), 0, 3));
	expect_nothing(address_of(inner, 0, 3) | (uint64_t)1 << 63);
	must(cnode_delete(inner, 3));
	expect_nothing(address_of(inner, 0, 3));
}

TEST(a_guard_must_be_in_the_address)
{
	make_inner();
	const uint64_t guard = guard_make(5, 0x13);
	must(cnode_mutate(BOOT_SLOT_cnode, inner, inner, RIGHTS_all, guard));
	expect_endpoint(address_of(inner, guard, 3));
	expect_nothing(address_of(inner, 0, 3));
	for (uint64_t value = 0; value < 32; value++)
		if (value != 0x13)
			expect_nothing(address_of(inner, guard_make(5, value), 3));
	uint64_t copy = slot_empty();
	must(cnode_mint(BOOT_SLOT_cnode, copy, inner, RIGHTS_all, guard_make(1, 1)));
	expect_endpoint(address_of(copy, guard_make(1, 1), 3));
	expect_endpoint(address_of(inner, guard, 3));
	must(cnode_copy(inner, 0, endpoint, RIGHTS_all));
	expect_endpoint(address_of(copy, guard_make(1, 1), 0));
	expect_equal(cnode_mint(BOOT_SLOT_cnode, slot_empty(), inner, RIGHTS_all, guard_make(1, 2)), ERR_bad_argument);
	expect_equal(cnode_mint(BOOT_SLOT_cnode, slot_empty(), inner, RIGHTS_all, guard_make(59, 0)), ERR_bad_argument);
}

TEST(a_cnode_that_cannot_be_changed_is_not_looked_into)
{
	make_inner();
	uint64_t copy = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, copy, inner, 0));
	expect_nothing(address_of(copy, 0, 3));
	expect_endpoint(address_of(inner, 0, 3));
}

/* root -> inner -> second -> third, and no further. */
TEST(an_address_has_four_levels_at_most)
{
	make_inner();
	uint64_t second = cnode_make(1), third = cnode_make(1), fourth = cnode_make(1);
	must(cnode_copy(third, 1, fourth, RIGHTS_all));
	must(cnode_copy(fourth, 1, endpoint, RIGHTS_all));
	must(cnode_copy(second, 1, third, RIGHTS_all));
	must(cnode_copy(inner, 5, second, RIGHTS_all));
	uint64_t address = address_of(inner, 0, 5 | 1 << INNER_BITS | 2 << INNER_BITS);
	uint64_t beyond = address | (uint64_t)1 << (root_bits() + INNER_BITS + 2);
	expect_equal(cnode_copy(BOOT_SLOT_cnode, slot_empty(), address, RIGHTS_all), ERR_ok);
	expect_nothing(beyond);
	must(cnode_delete(third, 1));
	must(cnode_copy(third, 1, endpoint, RIGHTS_all));
	expect_endpoint(address);
	must(cnode_delete(BOOT_SLOT_cnode, second));
	expect_nothing(address);
}

static void answering_worker(uint64_t at)
{
	struct message message = MESSAGE(0);
	ipc_recv(at, &message);
	for (;;) {
		message = MESSAGE(message.word[0] + 1, message.word[0] + 1);
		ipc_reply_recv(at, &message);
	}
}

/* Client and server both name the endpoint deep; what they say is what they would say at a short address. */
TEST(messages_pass_through_deep_addresses)
{
	make_inner();
	uint64_t address = address_of(inner, 0, 3);
	worker(other_space(), answering_worker, address, PRIORITY_high);
	for (uint64_t i = 0; i < 3; i++) {
		struct message message = MESSAGE(0, i);
		expect_equal(ipc_call(i % 2 ? address : endpoint, &message), ERR_ok);
		expect_equal(message.word[0], i + 1);
	}
}

static void receiving_worker(uint64_t slot)
{
	struct message message;
	thread_buffer()->receive_slot[0] = slot;
	ipc_recv(endpoint, &message);
	event(tag_caps(message.tag));
	park();
}

TEST(capabilities_are_sent_from_and_to_deep_addresses)
{
	make_inner();
	worker(BOOT_SLOT_space, receiving_worker, address_of(inner, 0, 7), PRIORITY_high);
	settle();
	thread_buffer()->cap[0] = address_of(inner, 0, 3);
	struct message message = { .tag = tag_make(0, 0, 1, 0) };
	expect_equal(ipc_send(endpoint, &message), ERR_ok);
	settle();
	expect_events(1);
	expect_endpoint(address_of(inner, 0, 7));
}

TEST(arguments_of_methods_may_be_deep)
{
	make_inner();
	uint64_t frame = pool_make(&pool, OBJECT_frame, SIZE_BITS_frame), page = address_take(1);
	must(space_map(&pool, BOOT_SLOT_space, frame, page, MAP_read));
	must(frame_unmap(frame));
	must(cnode_move(inner, 9, frame));
	must(cnode_copy(inner, 10, BOOT_SLOT_space, RIGHTS_all));
	expect_equal(frame_map(address_of(inner, 0, 9), address_of(inner, 0, 10), page, MAP_read), ERR_ok);
	expect_equal(frame_unmap(address_of(inner, 0, 9)), ERR_ok);
	expect_equal(frame_map(address_of(inner, 0, 9), address_of(inner, 0, 11), page, MAP_read), ERR_no_cap);
	must(cnode_copy(inner, 11, BOOT_SLOT_cnode, RIGHTS_all));
	uint64_t slot = slot_empty();
	expect_equal(cnode_copy(address_of(inner, 0, 11), slot, endpoint, RIGHTS_all), ERR_ok);
	expect_endpoint(slot);
}
