/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Memory of devices: it can be mapped, and nothing else.  The runner gives a test one page of it, if the machine told
 * the kernel of any; no test touches it.
 */
#include "report.h"

static uint64_t device(void)
{
	struct untyped_describe description;
	if (untyped_describe(TEST_SLOT_device, &description) == ERR_no_cap)
		test_skip("the kernel gives no device memory on this machine");
	expect_equal(description.device, 1);
	return TEST_SLOT_device;
}

TEST(no_objects_are_made_of_device_memory)
{
	static const struct { uint64_t kind, size_bits; } objects[] = {
		{ OBJECT_cnode, SIZE_BITS_cnode_min }, { OBJECT_thread, SIZE_BITS_thread }, { OBJECT_endpoint, SIZE_BITS_endpoint },
		{ OBJECT_sched_context, SIZE_BITS_sched_context }, { OBJECT_page_table, SIZE_BITS_page_table },
	};
	uint64_t untyped = device(), slot = slot_empty();
	for (unsigned i = 0; i < sizeof objects / sizeof objects[0]; i++)
		expect_equal(untyped_retype(untyped, objects[i].kind, objects[i].size_bits, BOOT_SLOT_cnode, slot, 1),
			ERR_bad_address);
}

TEST(device_memory_can_be_mapped_but_is_no_buffer)
{
	uint64_t frame = slot_empty(), thread = pool_make(&pool, OBJECT_thread, SIZE_BITS_thread);
	must(untyped_retype(device(), OBJECT_frame, SIZE_BITS_frame, BOOT_SLOT_cnode, frame, 1));
	expect_equal(thread_configure(thread, BOOT_SLOT_cnode, BOOT_SLOT_space, frame, 0), ERR_bad_address);
	uint64_t copy = pool_copy(&pool, frame);
	expect_equal(thread_configure(thread, BOOT_SLOT_cnode, BOOT_SLOT_space, copy, 0), ERR_bad_address);
	must(space_map(&pool, BOOT_SLOT_space, copy, address_take(1), MAP_read | MAP_write));
	must(frame_unmap(copy));
	must(space_map(&pool, BOOT_SLOT_space, frame, address_take(1), MAP_read | MAP_uncached));
}

TEST(the_caches_hold_nothing_of_a_device)
{
	uint64_t frame = slot_empty();
	must(untyped_retype(device(), OBJECT_frame, SIZE_BITS_frame, BOOT_SLOT_cnode, frame, 1));
	expect_equal(frame_clean(frame, 0, 64), ERR_bad_address);
	expect_equal(frame_clean_invalidate(frame, 0, 64), ERR_bad_address);
	expect_equal(frame_unify(frame, 0, 64), ERR_bad_address);
}
