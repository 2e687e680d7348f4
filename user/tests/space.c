/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Address spaces: mapping pages and tables, and what that allows.
 */
#include "string.h"
#include "test.h"

/* A frame, and an address at which there are tables already. */
static uint64_t frame, address;

static void make_place(void)
{
	address = address_take(4);
	uint64_t first = pool_make(&pool, OBJECT_frame, SIZE_BITS_frame);
	frame = pool_make(&pool, OBJECT_frame, SIZE_BITS_frame);
	must(space_map(&pool, BOOT_SLOT_space, first, address, MAP_read));
	must(frame_unmap(first));
}

/* Reads or writes a word; the test asks afterwards whether it faulted. */
static void reading_worker(uint64_t from)
{
	event(*(volatile uint64_t *)from);
	park();
}

static void writing_worker(uint64_t to)
{
	*(volatile uint64_t *)to = 1;
	event(1);
	park();
}

static void calling_worker(uint64_t to)
{
	((void (*)(void))to)();
	event(1);
	park();
}

static void expect_fault(uint64_t space, void (*function)(uint64_t), uint64_t argument)
{
	struct made_thread thread = worker(space, function, argument, PRIORITY_high);
	settle();
	expect_equal(thread_waiting(thread.thread), WAITING_faulted);
	expect_equal(shared->events, 0);
}

static void expect_no_fault(uint64_t space, void (*function)(uint64_t), uint64_t argument, uint64_t noted)
{
	struct made_thread thread = worker(space, function, argument, PRIORITY_high);
	settle();
	expect(thread_waiting(thread.thread) != WAITING_faulted);
	expect_events(noted);
}

TEST(a_mapped_page_can_be_used_until_it_is_unmapped)
{
	make_place();
	expect_fault(BOOT_SLOT_space, reading_worker, address);
	must(frame_map(frame, BOOT_SLOT_space, address, MAP_read | MAP_write));
	*(volatile uint64_t *)address = 12;
	expect_no_fault(BOOT_SLOT_space, reading_worker, address, 12);
	must(frame_unmap(frame));
	expect_fault(BOOT_SLOT_space, reading_worker, address);
	expect_equal(frame_unmap(frame), ERR_not_mapped);
	must(frame_map(frame, BOOT_SLOT_space, address + PAGE_BYTES, MAP_read));
	expect_no_fault(BOOT_SLOT_space, reading_worker, address + PAGE_BYTES, 12);
	expect_fault(BOOT_SLOT_space, reading_worker, address);
}

TEST(a_page_deleted_is_a_page_unmapped)
{
	make_place();
	must(frame_map(frame, BOOT_SLOT_space, address, MAP_read | MAP_write));
	uint64_t copy = pool_copy(&pool, frame);
	must(frame_map(copy, BOOT_SLOT_space, address + PAGE_BYTES, MAP_read));
	*(volatile uint64_t *)address = 3;
	expect_equal(*(volatile uint64_t *)(address + PAGE_BYTES), 3);
	must(cnode_delete(BOOT_SLOT_cnode, copy));
	expect_fault(BOOT_SLOT_space, reading_worker, address + PAGE_BYTES);
	expect_no_fault(BOOT_SLOT_space, reading_worker, address, 3);
	must(cnode_delete(BOOT_SLOT_cnode, frame));
	expect_fault(BOOT_SLOT_space, reading_worker, address);
}

TEST(a_page_allows_what_it_was_mapped_for)
{
	make_place();
	must(frame_map(frame, BOOT_SLOT_space, address, MAP_read));
	expect_no_fault(BOOT_SLOT_space, reading_worker, address, 0);
	expect_fault(BOOT_SLOT_space, writing_worker, address);
	expect_fault(BOOT_SLOT_space, calling_worker, address);
	must(frame_unmap(frame));
	must(frame_map(frame, BOOT_SLOT_space, address, MAP_read | MAP_write));
	expect_no_fault(BOOT_SLOT_space, writing_worker, address, 1);
	expect_fault(BOOT_SLOT_space, calling_worker, address);
	expect_fault(BOOT_SLOT_space, writing_worker, (uint64_t)reading_worker);      /* text */
}

static uint64_t one(void) { return 1; }
static uint64_t two(void) { return 2; }

static void result_worker(uint64_t function)
{
	event(((uint64_t (*)(void))function)());
	park();
}

/* Instructions written as data run once they are mapped executable, and others in their place after that. */
TEST(written_instructions_run_once_mapped)
{
	enum { CODE_BYTES = 16 };         /* a leaf function that loads a constant is no longer, anywhere */
	make_place();
	for (unsigned round = 0; round < 4; round++) {
		memcpy(frame_open(frame), round % 2 ? (const void *)two : (const void *)one, CODE_BYTES);
		frame_close();
		must(frame_map(frame, BOOT_SLOT_space, address, MAP_read | MAP_execute));
		expect_no_fault(BOOT_SLOT_space, result_worker, address, 1 + round % 2);
		must(frame_unmap(frame));
	}
}

TEST(wrong_mappings_are_refused)
{
	make_place();
	uint64_t space = BOOT_SLOT_space, rights = MAP_read | MAP_write;
	expect_equal(frame_map(frame, space, address + 8, rights), ERR_bad_address);
	expect_equal(frame_map(frame, space, boot->user_top, rights), ERR_bad_address);
	expect_equal(frame_map(frame, space, boot->user_top - PAGE_BYTES, rights), ERR_bad_address);
	expect_equal(frame_map(frame, space, UINT64_MAX - PAGE_BYTES + 1, rights), ERR_bad_address);
	expect_equal(frame_map(frame, space, (uint64_t)1 << 63, rights), ERR_bad_address);
	expect_equal(frame_map(frame, space, address, 0), ERR_bad_argument);
	expect_equal(frame_map(frame, space, address, MAP_write), ERR_bad_argument);
	expect_equal(frame_map(frame, space, address, MAP_read | 16), ERR_bad_argument);
	expect_equal(frame_map(frame, BOOT_SLOT_cnode, address, rights), ERR_wrong_kind);
	expect_equal(frame_map(frame, slot_empty(), address, rights), ERR_no_cap);
	expect_equal(frame_map(frame, space, 0x1000000000, rights), ERR_no_table);
	expect_equal(frame_map(frame, space, (uint64_t)make_place & ~(uint64_t)(PAGE_BYTES - 1), rights), ERR_mapped);
	must(frame_map(frame, space, address, rights));
	expect_equal(frame_map(frame, space, address + PAGE_BYTES, rights), ERR_mapped);
}

TEST(a_mapping_needs_the_rights)
{
	make_place();
	uint64_t readable = slot_empty(), no_space = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, readable, frame, RIGHT_frame_read));
	must(cnode_copy(BOOT_SLOT_cnode, no_space, BOOT_SLOT_space, 0));
	expect_equal(frame_map(readable, BOOT_SLOT_space, address, MAP_read | MAP_write), ERR_no_right);
	expect_equal(frame_map(readable, BOOT_SLOT_space, address, MAP_read | MAP_execute), ERR_no_right);
	expect_equal(frame_map(frame, no_space, address, MAP_read), ERR_no_right);
	must(frame_map(readable, BOOT_SLOT_space, address, MAP_read));
	uint64_t nothing = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, nothing, frame, 0));
	expect_equal(frame_map(nothing, BOOT_SLOT_space, address + PAGE_BYTES, MAP_read), ERR_no_right);
}

TEST(page_tables_are_mapped_from_the_top)
{
	uint64_t space = pool_make(&pool, OBJECT_space, SIZE_BITS_space);
	uint64_t table[4], lone = pool_make(&pool, OBJECT_page_table, SIZE_BITS_page_table);
	uint64_t level = boot->table_levels - 1;
	for (unsigned i = 0; i < 4; i++)
		table[i] = pool_make(&pool, OBJECT_page_table, SIZE_BITS_page_table);
	frame = pool_make(&pool, OBJECT_frame, SIZE_BITS_frame);
	address = address_take(1);
	expect_equal(page_table_map(lone, space, address, 0), ERR_bad_argument);
	expect_equal(page_table_map(lone, space, address, boot->table_levels), ERR_bad_argument);
	expect_equal(page_table_map(lone, space, address + 1, level), ERR_bad_address);
	expect_equal(page_table_map(lone, space, boot->user_top, level), ERR_bad_address);
	expect_equal(page_table_map(lone, space, address, level - 1), ERR_no_table);
	expect_equal(page_table_unmap(lone), ERR_not_mapped);
	for (; level >= 1; level--) {
		expect_equal(frame_map(frame, space, address, MAP_read), ERR_no_table);
		must(page_table_map(table[level], space, address, level));
		expect_equal(page_table_map(lone, space, address, level), ERR_mapped);
		expect_equal(page_table_map(table[level], space, address, level), ERR_mapped);
	}
	must(frame_map(frame, space, address, MAP_read));
	must(page_table_unmap(table[1]));
	must(frame_unmap(frame));
	expect_equal(frame_map(frame, space, address, MAP_read), ERR_no_table);
	must(page_table_map(lone, space, address, 1));
	must(frame_map(frame, space, address, MAP_read));
}

/* Taking a table out takes the pages away from who runs there, at once. */
TEST(a_table_taken_out_unmaps_what_is_below)
{
	uint64_t far = (uint64_t)1 << 36;         /* no other test page is there */
	frame = pool_make(&pool, OBJECT_frame, SIZE_BITS_frame);
	uint64_t first_table = pool.slot;
	must(space_map(&pool, BOOT_SLOT_space, frame, far, MAP_read | MAP_write));
	*(volatile uint64_t *)far = 4;
	expect_no_fault(BOOT_SLOT_space, reading_worker, far, 4);
	must(page_table_unmap(first_table));
	expect_fault(BOOT_SLOT_space, reading_worker, far);
}

/*
 * Unmapping is complete when it returns: between the last use of the page and the next there is no other mapping and no
 * change of address space, either of which might clear the TLB by the way.
 */
static void expect_gone_at_once(enum error (*unmap)(uint64_t), uint64_t capability, uint64_t where)
{
	struct made_thread reader = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)reading_worker, where,
		PRIORITY_high, THREAD_active);
	*(volatile uint64_t *)where = 6;
	must(unmap(capability));
	must(thread_resume(reader.thread));
	expect_equal(thread_waiting(reader.thread), WAITING_faulted);
	expect_equal(shared->events, 0);
}

static enum error delete(uint64_t slot) { return cnode_delete(BOOT_SLOT_cnode, slot); }

TEST(unmapping_counts_at_once)
{
	uint64_t far = (uint64_t)1 << 36;
	frame = pool_make(&pool, OBJECT_frame, SIZE_BITS_frame);
	uint64_t table = pool.slot;
	must(space_map(&pool, BOOT_SLOT_space, frame, far, MAP_read | MAP_write));
	expect_gone_at_once(frame_unmap, frame, far);
	must(frame_map(frame, BOOT_SLOT_space, far, MAP_read | MAP_write));
	expect_gone_at_once(page_table_unmap, table, far);
	must(frame_unmap(frame));
	must(space_map(&pool, BOOT_SLOT_space, frame, far, MAP_read | MAP_write));
	expect_gone_at_once(delete, frame, far);
}

/* The tag of a space that is gone is somebody else's: nothing of the old one is seen. */
TEST(a_new_space_sees_nothing_of_an_old_one)
{
	make_place();
	for (unsigned round = 0; round < 3; round++) {
		uint64_t untyped = pool_make(&pool, OBJECT_untyped, 20);
		struct pool inner = { .untyped = untyped, .slot = pool.slot, .slot_end = pool.slot_end };
		struct pool outer = pool;
		pool = inner;
		uint64_t space = other_space();
		uint64_t page = pool_make(&pool, OBJECT_frame, SIZE_BITS_frame);
		if (round != 1)
			must(space_map(&pool, space, page, address, MAP_read | MAP_write));
		if (round == 1)
			expect_fault(space, reading_worker, address);
		else
			expect_no_fault(space, reading_worker, address, 0);
		uint64_t end = pool.slot;
		pool = outer;
		must(cnode_revoke(BOOT_SLOT_cnode, untyped));
		for (uint64_t slot = inner.slot; slot < end; slot++)      /* other_space()'s copy of the shared page */
			must(cnode_delete(BOOT_SLOT_cnode, slot));
	}
}

/* A frame of 2 MiB at an address of its own, with a table at level 2 above it already. */
static void make_large_place(uint64_t size_bits)
{
	uint64_t size = (uint64_t)1 << size_bits;
	uint64_t small = pool_make(&pool, OBJECT_untyped, 20);                /* all else comes from it: aligning wastes the rest */
	frame = pool_make(&pool, OBJECT_frame, size_bits);
	pool.untyped = small;
	address = ((uint64_t)1 << 36) + size;
	for (uint64_t level = boot->table_levels - 1; level > (size_bits - SIZE_BITS_frame) / 9; level--) {
		enum error error = page_table_map(pool_make(&pool, OBJECT_page_table, SIZE_BITS_page_table),
			BOOT_SLOT_space, address, level);
		expect(error == ERR_ok || error == ERR_mapped);
	}
}

static void use_large_frame(uint64_t size_bits)
{
	uint64_t size = (uint64_t)1 << size_bits, step = size / 16;
	make_large_place(size_bits);
	expect_equal(frame_map(frame, BOOT_SLOT_space, address + PAGE_BYTES, MAP_read), ERR_bad_address);
	expect_equal(frame_map(frame, BOOT_SLOT_space, address + size / 2, MAP_read), ERR_bad_address);
	must(frame_map(frame, BOOT_SLOT_space, address, MAP_read | MAP_write));
	for (uint64_t at = 0; at < size; at += step)
		expect_equal(*(volatile uint64_t *)(address + at), 0);
	for (uint64_t at = 0; at < size; at += step)
		*(volatile uint64_t *)(address + at + 8) = at;
	for (uint64_t at = 0; at < size; at += step)
		expect_equal(*(volatile uint64_t *)(address + at + 8), at);
	expect_fault(BOOT_SLOT_space, reading_worker, address + size);
	expect_fault(BOOT_SLOT_space, reading_worker, address - 8);
	must(frame_remap(frame, MAP_read));
	expect_no_fault(BOOT_SLOT_space, reading_worker, address + size - step + 8, size - step);
	expect_fault(BOOT_SLOT_space, writing_worker, address + step);
	must(frame_unmap(frame));
	for (uint64_t at = 0; at < size; at += size / 4)
		expect_fault(BOOT_SLOT_space, reading_worker, address + at);
}

TEST(a_large_frame_is_mapped_and_unmapped_whole)
{
	use_large_frame(SIZE_BITS_frame_large);
}

/* Needs more memory than a test has: run with memory_bits=32 on a machine that has that. */
TEST(a_huge_frame_is_mapped_and_unmapped_whole)
{
	if (boot->untyped[0].size_bits <= SIZE_BITS_frame_huge) {
		/* Without its memory it cannot be made, which is what can be seen here. */
		expect_equal(untyped_retype(TASK_SLOT_untyped, OBJECT_frame, SIZE_BITS_frame_huge, BOOT_SLOT_cnode,
			slot_empty(), 1), ERR_no_memory);
		return;
	}
	use_large_frame(SIZE_BITS_frame_huge);
}

TEST(pages_and_large_frames_do_not_overlap)
{
	make_large_place(SIZE_BITS_frame_large);
	uint64_t page = pool_make(&pool, OBJECT_frame, SIZE_BITS_frame);
	uint64_t table = pool_make(&pool, OBJECT_page_table, SIZE_BITS_page_table);
	must(frame_map(frame, BOOT_SLOT_space, address, MAP_read));
	expect_equal(frame_map(page, BOOT_SLOT_space, address + PAGE_BYTES, MAP_read), ERR_mapped);
	expect_equal(page_table_map(table, BOOT_SLOT_space, address, 1), ERR_mapped);
	must(frame_unmap(frame));
	expect_equal(frame_map(page, BOOT_SLOT_space, address + PAGE_BYTES, MAP_read), ERR_no_table);
	must(page_table_map(table, BOOT_SLOT_space, address, 1));
	expect_equal(frame_map(frame, BOOT_SLOT_space, address, MAP_read), ERR_mapped);
	expect_equal(frame_map(frame, BOOT_SLOT_space, boot->user_top - (boot->user_top & ((1 << 21) - 1)), MAP_read), ERR_bad_address);
}

TEST(an_ipc_buffer_may_lie_in_a_large_frame)
{
	make_large_place(SIZE_BITS_frame_large);
	const uint64_t offset = (1 << SIZE_BITS_frame_large) - (1 << IPC_BUFFER_SIZE_BITS);
	uint64_t thread = pool_make(&pool, OBJECT_thread, SIZE_BITS_thread);
	uint64_t copy = pool_copy(&pool, frame);
	expect_equal(thread_configure(thread, BOOT_SLOT_cnode, BOOT_SLOT_space, copy, offset), ERR_ok);
	expect_equal(thread_configure(thread, BOOT_SLOT_cnode, BOOT_SLOT_space, copy, offset + (1 << IPC_BUFFER_SIZE_BITS)),
		ERR_bad_argument);
}

/* No access finds the old rights once remap has returned. */
TEST(remap_changes_what_a_page_allows)
{
	make_place();
	expect_equal(frame_remap(frame, MAP_read), ERR_not_mapped);
	must(frame_map(frame, BOOT_SLOT_space, address, MAP_read | MAP_write));
	*(volatile uint64_t *)address = 9;
	must(frame_remap(frame, MAP_read));
	expect_no_fault(BOOT_SLOT_space, reading_worker, address, 9);
	expect_fault(BOOT_SLOT_space, writing_worker, address);
	must(frame_remap(frame, MAP_read | MAP_write | MAP_uncached));
	*(volatile uint64_t *)address = 10;
	must(frame_remap(frame, MAP_read | MAP_write));
	memcpy((void *)address, (const void *)two, 16);
	expect_fault(BOOT_SLOT_space, calling_worker, address);
	must(frame_remap(frame, MAP_read | MAP_execute));
	expect_no_fault(BOOT_SLOT_space, result_worker, address, 2);
}

TEST(remap_gives_no_right_that_the_capability_lacks)
{
	make_place();
	uint64_t less = slot_empty(), none = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, less, frame, RIGHT_frame_read));
	must(cnode_copy(BOOT_SLOT_cnode, none, frame, 0));
	must(frame_map(less, BOOT_SLOT_space, address, MAP_read));
	expect_equal(frame_remap(less, MAP_read | MAP_write), ERR_no_right);
	expect_equal(frame_remap(less, MAP_read | MAP_execute), ERR_no_right);
	expect_equal(frame_remap(none, MAP_read), ERR_no_right);
	expect_equal(frame_remap(less, 0), ERR_bad_argument);
	expect_equal(frame_remap(less, MAP_write), ERR_bad_argument);
	expect_equal(frame_remap(less, MAP_read | 16), ERR_bad_argument);
	expect_fault(BOOT_SLOT_space, writing_worker, address);
}

TEST(remap_needs_the_table_still_there)
{
	uint64_t far = (uint64_t)1 << 36;
	frame = pool_make(&pool, OBJECT_frame, SIZE_BITS_frame);
	uint64_t first_table = pool.slot;
	must(space_map(&pool, BOOT_SLOT_space, frame, far, MAP_read));
	must(page_table_unmap(first_table));
	expect_equal(frame_remap(frame, MAP_read | MAP_write), ERR_no_table);
	must(frame_unmap(frame));
}

/* The kernel goes through the frame in steps, and the call returns once, whatever was asked for. */
TEST(caches_are_cleaned_by_range)
{
	make_large_place(SIZE_BITS_frame_large);
	const uint64_t size = 1 << SIZE_BITS_frame_large;
	must(frame_map(frame, BOOT_SLOT_space, address, MAP_read | MAP_write));
	for (uint64_t at = 0; at < size; at += size / 64)
		*(volatile uint64_t *)(address + at) = at;
	expect_equal(frame_clean(frame, 0, size), ERR_ok);
	expect_equal(frame_clean_invalidate(frame, 0, size), ERR_ok);
	expect_equal(frame_clean_invalidate(frame, 5, 1), ERR_ok);
	expect_equal(frame_clean(frame, size, 0), ERR_ok);
	for (uint64_t at = 0; at < size; at += size / 64)
		expect_equal(*(volatile uint64_t *)(address + at), at);
}

TEST(caches_are_cleaned_inside_the_frame_only)
{
	make_place();
	expect_equal(frame_clean(frame, 0, PAGE_BYTES + 1), ERR_bad_argument);
	expect_equal(frame_clean(frame, PAGE_BYTES + 1, 0), ERR_bad_argument);
	expect_equal(frame_clean_invalidate(frame, 1, PAGE_BYTES), ERR_bad_argument);
	expect_equal(frame_unify(frame, 64, -(uint64_t)64), ERR_bad_argument);
	uint64_t none = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, none, frame, 0));
	expect_equal(frame_clean(none, 0, 64), ERR_no_right);
	expect_equal(frame_clean_invalidate(none, 0, 64), ERR_no_right);
	expect_equal(frame_unify(none, 0, 64), ERR_no_right);
}

TEST(instructions_in_a_large_frame_run_once_unified)
{
	make_large_place(SIZE_BITS_frame_large);
	const uint64_t offset = 5 * PAGE_BYTES;
	must(frame_map(frame, BOOT_SLOT_space, address, MAP_read | MAP_write | MAP_execute));
	for (unsigned round = 0; round < 4; round++) {
		memcpy((void *)(address + offset), round % 2 ? (const void *)two : (const void *)one, 16);
		must(frame_unify(frame, offset, 16));
		expect_no_fault(BOOT_SLOT_space, result_worker, address + offset, 1 + round % 2);
	}
}

static void own_page_server(uint64_t at)
{
	struct message message = MESSAGE(0);
	ipc_recv(at, &message);
	for (;;) {
		uint64_t *word = (uint64_t *)message.word[0];
		message = MESSAGE(0, *word);
		++*word;
		ipc_reply_recv(at, &message);
	}
}

/* With kite.tags=2 on the kernel's command line, every second call takes a tag away from another space. */
TEST(spaces_see_their_own_memory_however_few_the_tags)
{
	enum { SPACES = 6, ROUNDS = 8 };
	uint64_t server[SPACES];
	make_place();
	for (unsigned i = 0; i < SPACES; i++) {
		uint64_t space = other_space(), first = i * 100;
		space_add_page(&pool, space, address, MAP_read | MAP_write, &first, sizeof first);
		server[i] = endpoint_make();
		passive_worker(space, own_page_server, server[i], PRIORITY_high);
	}
	for (unsigned round = 0; round < ROUNDS; round++)
		for (unsigned i = 0; i < SPACES; i++) {
			struct message message = MESSAGE(0, address);
			expect_equal(ipc_call(server[i], &message), ERR_ok);
			expect_equal(message.word[0], i * 100 + round);
		}
}

/* More threads in a space than know its tag, on the fast path and off it. */
TEST(a_space_has_any_number_of_threads)
{
	enum { THREADS = 40, ROUNDS = 3 };
	uint64_t server[THREADS], space = other_space();
	make_place();
	uint64_t first = 0;
	space_add_page(&pool, space, address, MAP_read | MAP_write, &first, sizeof first);
	for (unsigned i = 0; i < THREADS; i++) {
		server[i] = endpoint_make();
		worker(space, own_page_server, server[i], PRIORITY_high);
	}
	for (unsigned i = 0; i < ROUNDS * THREADS; i++) {
		struct message message = MESSAGE(0, address);
		expect_equal(ipc_call(server[i % THREADS], &message), ERR_ok);
		expect_equal(message.word[0], i);
	}
}
