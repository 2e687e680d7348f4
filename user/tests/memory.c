/* SPDX-License-Identifier: BSD-2-Clause
 *
 * libkite's allocators: objects whose memory is used again, and the heap.
 */
#include "heap.h"
#include "objects.h"
#include "report.h"
#include "string.h"

static uint64_t taken_of_pool(void)
{
	struct untyped_describe description;
	must(untyped_describe(pool.untyped, &description));
	return description.used_bytes;
}

TEST(objects_are_made_and_freed_for_ever_in_the_same_memory)
{
	static const struct { enum object_kind kind; uint64_t bits; } kinds[] = {
		{ OBJECT_endpoint, SIZE_BITS_endpoint }, { OBJECT_frame, SIZE_BITS_frame }, { OBJECT_thread, SIZE_BITS_thread },
		{ OBJECT_cnode, SIZE_BITS_slot + 4 }, { OBJECT_space, SIZE_BITS_space },
	};
	uint64_t slot[5], used = 0, first_free = 0;
	for (unsigned round = 0; round < 40; round++) {
		for (unsigned i = 0; i < 5; i++)
			must(object_make(kinds[i].kind, kinds[i].bits, &slot[i]));
		expect(objects_unused() < objects_taken());
		for (unsigned i = 0; i < 5; i++)
			must(object_free(slot[(i + round) % 5]));
		expect_equal(objects_unused(), objects_taken());
		if (round == 0) {
			used = taken_of_pool();
			first_free = pool.slot;
		}
	}
	expect_equal(taken_of_pool(), used);
	expect_equal(pool.slot, first_free);
}

TEST(objects_of_all_sizes_do_not_overlap)
{
	uint64_t untyped[24];
	struct untyped_describe one, other;
	for (unsigned i = 0; i < 24; i++)
		must(object_make(OBJECT_untyped, SIZE_BITS_untyped_min + i % 8, &untyped[i]));
	for (unsigned i = 0; i < 24; i++)
		for (unsigned j = 0; j < i; j++) {
			must(untyped_describe(untyped[i], &one));
			must(untyped_describe(untyped[j], &other));
			expect(one.physical_address + ((uint64_t)1 << one.size_bits) <= other.physical_address ||
				other.physical_address + ((uint64_t)1 << other.size_bits) <= one.physical_address);
		}
	for (unsigned i = 0; i < 24; i++)
		must(object_free(untyped[i]));
	expect_equal(objects_unused(), objects_taken());
}

TEST(what_no_allocator_made_is_not_freed)
{
	uint64_t slot;
	expect_equal(object_free(BOOT_SLOT_thread), ERR_not_bound);
	must(object_make(OBJECT_endpoint, SIZE_BITS_endpoint, &slot));
	must(object_free(slot));
	expect_equal(object_free(slot), ERR_not_bound);
	expect_equal(object_make(OBJECT_frame, SIZE_BITS_frame + 1, &slot), ERR_bad_argument);
	expect_equal(object_make(OBJECT_untyped, 40, &slot), ERR_no_memory);
	expect_equal(objects_unused(), objects_taken());
}

TEST(the_heap_gives_memory_that_nobody_else_has_and_takes_it_back)
{
	enum { PIECES = 32, ROUNDS = 20 };
	unsigned char *piece[PIECES] = { 0 };
	size_t bytes[PIECES], most = 0;
	uint64_t random = 1;
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (unsigned i = 0; i < PIECES; i++) {
			random = random * 6364136223846793005 + 1442695040888963407;
			bytes[i] = random >> 54;                 /* 0 to 1023 */
			piece[i] = malloc(bytes[i]);
			expect(piece[i] && (uint64_t)piece[i] % 16 == 0);
			memset(piece[i], (int)i + 1, bytes[i]);
		}
		for (unsigned i = 0; i < PIECES; i++) {
			for (size_t byte = 0; byte < bytes[i]; byte++)
				expect_equal(piece[i][byte], i + 1);
			free(piece[i]);
		}
		most = round == 0 ? 2 * heap_pages() : most;
	}
	expect(heap_pages() <= most);
	size_t pages = heap_pages();
	free(malloc(pages * PAGE_BYTES - 16));            /* all of it is one piece again */
	expect_equal(heap_pages(), pages);
	expect(!malloc((size_t)-1));
	expect(!malloc((size_t)HEAP_PAGES * PAGE_BYTES));
}
