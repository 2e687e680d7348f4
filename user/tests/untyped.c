/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Untyped memory: what can be made from it, and that it comes back.
 */
#include "test.h"

enum { COUNT_MAX = 32 };

static enum error retype(uint64_t untyped, uint64_t kind, uint64_t size_bits, uint64_t slot, uint64_t count)
{
	return untyped_retype(untyped, kind, size_bits, BOOT_SLOT_cnode, slot, count);
}

static uint64_t used_bytes(uint64_t untyped)
{
	struct untyped_describe description;
	must(untyped_describe(untyped, &description));
	return description.used_bytes;
}

TEST(every_kind_of_object_can_be_made)
{
	static const struct { uint64_t kind, size_bits; } objects[] = {
		{ OBJECT_untyped, SIZE_BITS_untyped_min }, { OBJECT_cnode, SIZE_BITS_cnode_min }, { OBJECT_thread, SIZE_BITS_thread },
		{ OBJECT_endpoint, SIZE_BITS_endpoint }, { OBJECT_notification, SIZE_BITS_notification }, { OBJECT_reply, SIZE_BITS_reply },
		{ OBJECT_sched_context, SIZE_BITS_sched_context },
		{ OBJECT_space, SIZE_BITS_space }, { OBJECT_page_table, SIZE_BITS_page_table }, { OBJECT_frame, SIZE_BITS_frame },
	};
	uint64_t untyped = pool_make(&pool, OBJECT_untyped, 16);
	for (unsigned i = 0; i < sizeof objects / sizeof objects[0]; i++) {
		uint64_t slot = slot_empty();
		expect_equal(retype(untyped, objects[i].kind, objects[i].size_bits, slot, 1), ERR_ok);
		expect_equal(used_bytes(untyped), (uint64_t)1 << objects[i].size_bits);
		must(cnode_delete(BOOT_SLOT_cnode, slot));
		expect_equal(used_bytes(untyped), 0);
	}
}

TEST(objects_of_wrong_size_or_kind_are_refused)
{
	uint64_t untyped = pool_make(&pool, OBJECT_untyped, 16), slot = slot_empty();
	expect_equal(retype(untyped, OBJECT_none, 12, slot, 1), ERR_bad_argument);
	expect_equal(retype(untyped, 63, 12, slot, 1), ERR_bad_argument);
	expect_equal(retype(untyped, UINT64_MAX, 12, slot, 1), ERR_bad_argument);
	expect_equal(retype(untyped, OBJECT_thread, SIZE_BITS_thread + 1, slot, 1), ERR_bad_argument);
	expect_equal(retype(untyped, OBJECT_frame, 0, slot, 1), ERR_bad_argument);
	expect_equal(retype(untyped, OBJECT_cnode, SIZE_BITS_cnode_min - 1, slot, 1), ERR_bad_argument);
	expect_equal(retype(untyped, OBJECT_cnode, SIZE_BITS_cnode_max + 1, slot, 1), ERR_bad_argument);
	expect_equal(retype(untyped, OBJECT_untyped, SIZE_BITS_untyped_max + 1, slot, 1), ERR_bad_argument);
	expect_equal(retype(untyped, OBJECT_untyped, UINT64_MAX, slot, 1), ERR_bad_argument);
	expect_equal(retype(untyped, OBJECT_endpoint, SIZE_BITS_endpoint, slot, 0), ERR_bad_argument);
	expect_equal(retype(untyped, OBJECT_endpoint, SIZE_BITS_endpoint, slot, COUNT_MAX + 1), ERR_bad_argument);
	expect_equal(retype(untyped, OBJECT_endpoint, SIZE_BITS_endpoint, boot->slots, 1), ERR_bad_argument);
	expect_equal(retype(untyped, OBJECT_endpoint, SIZE_BITS_endpoint, boot->slots - 1, 2), ERR_bad_argument);
	expect_equal(retype(untyped, OBJECT_endpoint, SIZE_BITS_endpoint, UINT64_MAX, 2), ERR_bad_argument);
	expect_equal(untyped_retype(untyped, OBJECT_endpoint, SIZE_BITS_endpoint, BOOT_SLOT_thread, slot, 1), ERR_wrong_kind);
	expect_equal(untyped_retype(untyped, OBJECT_endpoint, SIZE_BITS_endpoint, slot, slot, 1), ERR_no_cap);
	expect_equal(used_bytes(untyped), 0);
}

TEST(a_taken_slot_is_not_overwritten)
{
	uint64_t untyped = pool_make(&pool, OBJECT_untyped, 16), slot = pool_slots(&pool, 4);
	must(retype(untyped, OBJECT_endpoint, SIZE_BITS_endpoint, slot + 2, 1));
	expect_equal(retype(untyped, OBJECT_endpoint, SIZE_BITS_endpoint, slot, 4), ERR_slot_taken);
	expect_equal(used_bytes(untyped), 1 << SIZE_BITS_endpoint);
	expect_equal(retype(untyped, OBJECT_endpoint, SIZE_BITS_endpoint, slot, 2), ERR_ok);
}

TEST(memory_ends)
{
	uint64_t untyped = pool_make(&pool, OBJECT_untyped, 14), slot = pool_slots(&pool, 8);
	expect_equal(retype(untyped, OBJECT_frame, SIZE_BITS_frame, slot, 5), ERR_no_memory);
	expect_equal(retype(untyped, OBJECT_untyped, 15, slot, 1), ERR_no_memory);
	expect_equal(retype(untyped, OBJECT_endpoint, SIZE_BITS_endpoint, slot, 1), ERR_ok);
	expect_equal(retype(untyped, OBJECT_frame, SIZE_BITS_frame, slot + 1, 4), ERR_no_memory);   /* aligned to their size */
	expect_equal(retype(untyped, OBJECT_frame, SIZE_BITS_frame, slot + 1, 3), ERR_ok);
	expect_equal(used_bytes(untyped), 1 << 14);
	expect_equal(retype(untyped, OBJECT_endpoint, SIZE_BITS_endpoint, slot + 5, 1), ERR_no_memory);
	must(cnode_revoke(BOOT_SLOT_cnode, untyped));
	expect_equal(used_bytes(untyped), 0);
	expect_equal(retype(untyped, OBJECT_frame, SIZE_BITS_frame, slot, 4), ERR_ok);
}

TEST(many_objects_are_made_at_once)
{
	uint64_t untyped = pool_make(&pool, OBJECT_untyped, 19), slot = pool_slots(&pool, COUNT_MAX);
	expect_equal(retype(untyped, OBJECT_frame, SIZE_BITS_frame, slot, COUNT_MAX), ERR_ok);      /* 256 KiB to clear */
	expect_equal(used_bytes(untyped), COUNT_MAX << SIZE_BITS_frame);
	for (uint64_t i = 0; i < COUNT_MAX; i += 21) {
		uint64_t *word = frame_open(slot + i);
		for (unsigned j = 0; j < PAGE_BYTES / 8; j++)
			expect_equal(word[j], 0);
		word[7] = i;
		frame_close();
	}
}

/* New objects are zero although their memory was used before. */
TEST(memory_is_cleared_before_it_is_used_again)
{
	uint64_t untyped = pool_make(&pool, OBJECT_untyped, 13), slot = pool_slots(&pool, 2);
	for (unsigned round = 0; round < 3; round++) {
		must(retype(untyped, OBJECT_frame, SIZE_BITS_frame, slot, 2));
		for (unsigned i = 0; i < 2; i++) {
			uint64_t *word = frame_open(slot + i);
			for (unsigned j = 0; j < PAGE_BYTES / 8; j++) {
				expect_equal(word[j], 0);
				word[j] = UINT64_MAX;
			}
			frame_close();
		}
		must(cnode_revoke(BOOT_SLOT_cnode, untyped));
	}
}

TEST(an_untyped_describes_itself)
{
	struct untyped_describe outer, inner;
	must(untyped_describe(TASK_SLOT_untyped, &outer));
	uint64_t untyped = pool_make(&pool, OBJECT_untyped, 14);
	must(untyped_describe(untyped, &inner));
	expect_equal(inner.size_bits, 14);
	expect_equal(inner.used_bytes, 0);
	expect_equal(inner.device, 0);
	expect_equal(inner.physical_address & ((1 << 14) - 1), 0);
	expect(inner.physical_address >= outer.physical_address);
	expect(inner.physical_address + (1 << 14) <= outer.physical_address + ((uint64_t)1 << outer.size_bits));
}

/* Untyped from untyped, as deep as the kernel goes, and all of it back at once. */
TEST(memory_is_nested)
{
	uint64_t first = pool_make(&pool, OBJECT_untyped, 16), last = first;
	enum error error = ERR_ok;
	unsigned depth = 0;
	for (uint64_t bits = 15; bits >= SIZE_BITS_untyped_min && error == ERR_ok; bits--) {
		uint64_t slot = slot_empty();
		error = retype(last, OBJECT_untyped, bits, slot, 1);
		last = slot;
		depth++;
	}
	expect(error == ERR_ok || error == ERR_too_deep);
	expect(depth > 3);
	must(cnode_revoke(BOOT_SLOT_cnode, first));
	expect_equal(used_bytes(first), 0);
}
