/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CNodes: copying, minting, moving, deleting, revoking.
 */
#include "test.h"

enum { DERIVATIONS_MAX = 300 };           /* more than the kernel allows in a row */

static uint64_t endpoint;

static void expect_endpoint(uint64_t slot)
{
	struct message message = MESSAGE(0);
	expect_equal(ipc_nb_recv(slot, &message), ERR_would_block);
}

static void expect_empty(uint64_t slot)
{
	struct message message = MESSAGE(0);
	expect_equal(ipc_nb_recv(slot, &message), ERR_no_cap);
}

TEST(a_copy_names_the_same_object)
{
	endpoint = endpoint_make();
	uint64_t copy = pool_copy(&pool, endpoint);
	expect_endpoint(copy);
	expect_equal(cnode_copy(BOOT_SLOT_cnode, copy, endpoint, RIGHTS_all), ERR_slot_taken);
	expect_equal(cnode_copy(BOOT_SLOT_cnode, slot_empty(), slot_empty(), RIGHTS_all), ERR_no_cap);
	expect_equal(cnode_copy(BOOT_SLOT_cnode, slot_empty(), boot->slots, RIGHTS_all), ERR_no_cap);
	expect_equal(cnode_copy(BOOT_SLOT_cnode, boot->slots, endpoint, RIGHTS_all), ERR_bad_argument);
	expect_equal(cnode_copy(BOOT_SLOT_cnode, UINT64_MAX, endpoint, RIGHTS_all), ERR_bad_argument);
}

TEST(a_copy_has_no_more_rights)
{
	endpoint = endpoint_make();
	uint64_t less = slot_empty(), same = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, less, endpoint, RIGHT_endpoint_send));
	must(cnode_copy(BOOT_SLOT_cnode, same, less, RIGHTS_all));
	struct message message = MESSAGE(0);
	expect_equal(ipc_nb_recv(same, &message), ERR_no_right);
	message = MESSAGE(0);
	expect_equal(ipc_nb_send(same, &message), ERR_would_block);
}

TEST(changing_a_cnode_needs_the_right_to)
{
	endpoint = endpoint_make();
	uint64_t cnode = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, cnode, BOOT_SLOT_cnode, 0));
	uint64_t slot = slot_empty();
	expect_equal(cnode_copy(cnode, slot, endpoint, RIGHTS_all), ERR_no_right);
	expect_equal(cnode_mint(cnode, slot, endpoint, RIGHTS_all, 1), ERR_no_right);
	expect_equal(cnode_move(cnode, slot, endpoint), ERR_no_right);
	expect_equal(cnode_delete(cnode, endpoint), ERR_no_right);
	expect_equal(cnode_revoke(cnode, endpoint), ERR_no_right);
	expect_equal(untyped_retype(TASK_SLOT_untyped, OBJECT_endpoint, SIZE_BITS_endpoint, cnode, slot, 1), ERR_no_right);
	expect_empty(slot);
	expect_endpoint(endpoint);
}

TEST(a_badge_is_given_once_and_to_endpoints_only)
{
	endpoint = endpoint_make();
	uint64_t badged = pool_mint(&pool, endpoint, RIGHTS_all, 5);
	uint64_t slot = slot_empty();
	expect_equal(cnode_mint(BOOT_SLOT_cnode, slot, badged, RIGHTS_all, 6), ERR_bad_argument);
	expect_equal(cnode_mint(BOOT_SLOT_cnode, slot, BOOT_SLOT_thread, RIGHTS_all, 6), ERR_wrong_kind);
	expect_equal(cnode_mint(BOOT_SLOT_cnode, badged, endpoint, RIGHTS_all, 6), ERR_slot_taken);
	expect_equal(cnode_mint(BOOT_SLOT_cnode, slot, slot + 1, RIGHTS_all, 6), ERR_no_cap);
	expect_empty(slot);
	must(cnode_copy(BOOT_SLOT_cnode, slot, badged, RIGHTS_all));
	expect_endpoint(slot);
}

TEST(a_moved_capability_leaves_its_slot)
{
	endpoint = endpoint_make();
	uint64_t child = pool_copy(&pool, endpoint), moved = slot_empty();
	must(cnode_move(BOOT_SLOT_cnode, moved, endpoint));
	expect_empty(endpoint);
	expect_endpoint(moved);
	expect_endpoint(child);
	expect_equal(cnode_move(BOOT_SLOT_cnode, child, moved), ERR_slot_taken);
	expect_equal(cnode_move(BOOT_SLOT_cnode, slot_empty(), endpoint), ERR_no_cap);
	expect_equal(cnode_move(BOOT_SLOT_cnode, boot->slots, moved), ERR_bad_argument);
	must(cnode_revoke(BOOT_SLOT_cnode, moved));
	expect_empty(child);
	expect_endpoint(moved);
}

TEST(untyped_memory_and_cnodes_do_not_move)
{
	uint64_t cnode = pool_make(&pool, OBJECT_cnode, SIZE_BITS_cnode_min);
	uint64_t untyped = pool_make(&pool, OBJECT_untyped, SIZE_BITS_frame);
	expect_equal(cnode_move(BOOT_SLOT_cnode, slot_empty(), cnode), ERR_immovable);
	expect_equal(cnode_move(BOOT_SLOT_cnode, slot_empty(), untyped), ERR_immovable);
	expect_equal(cnode_copy(BOOT_SLOT_cnode, slot_empty(), untyped, RIGHTS_all), ERR_immovable);
	uint64_t copy = pool_copy(&pool, cnode);
	must(cnode_move(BOOT_SLOT_cnode, slot_empty(), copy));
}

/* endpoint -> a -> (b, c -> d): deleting c takes d along, revoking a takes b. */
TEST(deleting_and_revoking_take_what_is_derived)
{
	endpoint = endpoint_make();
	uint64_t a = pool_copy(&pool, endpoint), b = pool_copy(&pool, a), c = pool_copy(&pool, a), d = pool_copy(&pool, c);
	must(cnode_delete(BOOT_SLOT_cnode, c));
	expect_empty(c);
	expect_empty(d);
	expect_endpoint(b);
	must(cnode_revoke(BOOT_SLOT_cnode, a));
	expect_empty(b);
	expect_endpoint(a);
	expect_endpoint(endpoint);
	must(cnode_delete(BOOT_SLOT_cnode, endpoint));
	expect_empty(a);
	expect_empty(endpoint);
	expect_equal(cnode_delete(BOOT_SLOT_cnode, boot->slots), ERR_bad_argument);
	expect_equal(cnode_revoke(BOOT_SLOT_cnode, boot->slots), ERR_bad_argument);
	must(cnode_delete(BOOT_SLOT_cnode, endpoint));           /* nothing there: nothing to do */
}

TEST(derivation_has_a_depth)
{
	endpoint = endpoint_make();
	uint64_t last = endpoint, first = pool.slot;
	enum error error = ERR_ok;
	unsigned count = 0;
	for (; count < DERIVATIONS_MAX && error == ERR_ok; count++) {
		uint64_t slot = slot_empty();
		error = cnode_copy(BOOT_SLOT_cnode, slot, last, RIGHTS_all);
		last = slot;
	}
	expect_equal(error, ERR_too_deep);
	expect_equal(cnode_mint(BOOT_SLOT_cnode, slot_empty(), last - 1, RIGHTS_all, 5), ERR_too_deep);
	expect(count > 100);
	must(cnode_revoke(BOOT_SLOT_cnode, endpoint));
	for (uint64_t slot = first; slot < pool.slot; slot++)
		expect_empty(slot);
}

/* Many copies of copies, in several CNodes, go in one system call, however often the kernel interrupts itself. */
TEST(a_large_tree_is_revoked_in_one_call)
{
	enum { BITS = 9 };
	uint64_t cnode = pool_make(&pool, OBJECT_cnode, BITS + SIZE_BITS_slot);
	endpoint = endpoint_make();
	uint64_t child = pool_copy(&pool, endpoint);
	for (uint64_t i = 0; i < 1 << BITS; i++)
		must(cnode_copy(cnode, i, i % 2 ? child : endpoint, RIGHTS_all));
	must(cnode_revoke(BOOT_SLOT_cnode, endpoint));
	expect_empty(child);
	for (uint64_t i = 0; i < 1 << BITS; i++)
		must(cnode_copy(cnode, i, endpoint, RIGHTS_all));
	must(cnode_delete(BOOT_SLOT_cnode, cnode));              /* with all that is in it */
	expect_endpoint(endpoint);
}

/* A CNode in itself, and two in each other, can be deleted. */
TEST(cnodes_in_circles_can_be_deleted)
{
	uint64_t a = pool_make(&pool, OBJECT_cnode, SIZE_BITS_cnode_min + 1), b = pool_make(&pool, OBJECT_cnode, SIZE_BITS_cnode_min + 1);
	must(cnode_copy(a, 0, a, RIGHTS_all));
	must(cnode_copy(a, 1, b, RIGHTS_all));
	must(cnode_copy(b, 0, a, RIGHTS_all));
	must(cnode_delete(BOOT_SLOT_cnode, a));
	expect_empty(a);
	must(cnode_delete(BOOT_SLOT_cnode, b));
	expect_empty(b);
}

TEST(mutate_takes_rights_away_in_place_or_on_the_way)
{
	endpoint = endpoint_make();
	uint64_t child = pool_copy(&pool, endpoint), moved = slot_empty();
	must(cnode_mutate(BOOT_SLOT_cnode, moved, endpoint, RIGHT_endpoint_send | RIGHT_endpoint_receive, 0));
	expect_empty(endpoint);
	expect_endpoint(moved);
	must(cnode_mutate(BOOT_SLOT_cnode, moved, moved, RIGHT_endpoint_send, 0));
	struct message message = MESSAGE(0);
	expect_equal(ipc_nb_recv(moved, &message), ERR_no_right);
	must(cnode_mutate(BOOT_SLOT_cnode, moved, moved, RIGHTS_all, 0));
	expect_equal(ipc_nb_recv(moved, &message), ERR_no_right);
	expect_endpoint(child);
	must(cnode_revoke(BOOT_SLOT_cnode, moved));
	expect_empty(child);
}

TEST(mutate_refuses_what_it_cannot_do)
{
	endpoint = endpoint_make();
	uint64_t slot = slot_empty(), other = pool_copy(&pool, endpoint);
	uint64_t cnode = pool_make(&pool, OBJECT_cnode, SIZE_BITS_cnode_min);
	uint64_t untyped = pool_make(&pool, OBJECT_untyped, SIZE_BITS_frame);
	expect_equal(cnode_mutate(BOOT_SLOT_cnode, boot->slots, endpoint, RIGHTS_all, 0), ERR_bad_argument);
	expect_equal(cnode_mutate(BOOT_SLOT_cnode, slot, endpoint, RIGHTS_all, 1), ERR_bad_argument);
	expect_equal(cnode_mutate(BOOT_SLOT_cnode, slot, boot->slots, RIGHTS_all, 0), ERR_no_cap);
	expect_equal(cnode_mutate(BOOT_SLOT_cnode, slot, slot, RIGHTS_all, 0), ERR_no_cap);
	expect_equal(cnode_mutate(BOOT_SLOT_cnode, other, endpoint, RIGHTS_all, 0), ERR_slot_taken);
	expect_equal(cnode_mutate(BOOT_SLOT_cnode, slot, cnode, RIGHTS_all, 0), ERR_immovable);
	expect_equal(cnode_mutate(BOOT_SLOT_cnode, slot, untyped, RIGHTS_all, 0), ERR_immovable);
	expect_equal(cnode_mutate(BOOT_SLOT_cnode, cnode, cnode, RIGHTS_all, guard_make(2, 4)), ERR_bad_argument);
	must(cnode_mutate(BOOT_SLOT_cnode, cnode, cnode, 0, 0));
	expect_equal(cnode_mutate(cnode, 0, endpoint, RIGHTS_all, 0), ERR_no_right);
	expect_endpoint(endpoint);
	expect_empty(slot);
}

/* Otherwise a mapping would have rights that its capability has no more. */
TEST(mutate_leaves_a_mapped_frame_its_rights)
{
	uint64_t frame = pool_make(&pool, OBJECT_frame, SIZE_BITS_frame), page = address_take(1), moved = slot_empty();
	must(space_map(&pool, BOOT_SLOT_space, frame, page, MAP_read | MAP_write));
	expect_equal(cnode_mutate(BOOT_SLOT_cnode, moved, frame, RIGHT_frame_read, 0), ERR_mapped);
	must(cnode_mutate(BOOT_SLOT_cnode, moved, frame, RIGHTS_all, 0));
	*(volatile uint64_t *)page = 1;
	must(frame_unmap(moved));
	must(cnode_mutate(BOOT_SLOT_cnode, moved, moved, RIGHT_frame_read, 0));
	expect_equal(frame_map(moved, BOOT_SLOT_space, page, MAP_read | MAP_write), ERR_no_right);
}

TEST(rotate_moves_two_capabilities_at_once)
{
	endpoint = endpoint_make();
	uint64_t slot = slot_empty(), badged = pool_mint(&pool, endpoint, RIGHT_endpoint_send, 7), child = pool_copy(&pool, badged);
	must(cnode_rotate(BOOT_SLOT_cnode, slot, endpoint, badged));            /* endpoint -> slot, badged -> endpoint */
	expect_endpoint(slot);
	expect_empty(badged);
	struct message message = MESSAGE(0);
	expect_equal(ipc_nb_recv(endpoint, &message), ERR_no_right);
	must(cnode_rotate(BOOT_SLOT_cnode, slot, endpoint, slot));              /* an exchange */
	expect_endpoint(endpoint);
	must(cnode_delete(BOOT_SLOT_cnode, slot));
	expect_empty(child);
	expect_endpoint(endpoint);
}

TEST(rotate_refuses_what_it_cannot_do)
{
	uint64_t a = endpoint_make(), b = endpoint_make(), c = endpoint_make(), slot = slot_empty(), none = slot_empty();
	uint64_t cnode = pool_make(&pool, OBJECT_cnode, SIZE_BITS_cnode_min);
	uint64_t untyped = pool_make(&pool, OBJECT_untyped, SIZE_BITS_frame), weak = slot_empty();
	expect_equal(cnode_rotate(BOOT_SLOT_cnode, boot->slots, a, b), ERR_bad_argument);
	expect_equal(cnode_rotate(BOOT_SLOT_cnode, slot, a, a), ERR_bad_argument);
	expect_equal(cnode_rotate(BOOT_SLOT_cnode, a, a, b), ERR_bad_argument);
	expect_equal(cnode_rotate(BOOT_SLOT_cnode, c, a, b), ERR_slot_taken);
	expect_equal(cnode_rotate(BOOT_SLOT_cnode, slot, none, b), ERR_no_cap);
	expect_equal(cnode_rotate(BOOT_SLOT_cnode, slot, a, none), ERR_no_cap);
	expect_equal(cnode_rotate(BOOT_SLOT_cnode, slot, a, boot->slots), ERR_no_cap);
	expect_equal(cnode_rotate(BOOT_SLOT_cnode, slot, a, untyped), ERR_immovable);
	expect_equal(cnode_rotate(BOOT_SLOT_cnode, slot, cnode, b), ERR_immovable);
	must(cnode_copy(BOOT_SLOT_cnode, weak, BOOT_SLOT_cnode, 0));
	expect_equal(cnode_rotate(weak, slot, a, b), ERR_no_right);
	expect_endpoint(a);
	expect_endpoint(b);
	expect_empty(slot);
}
