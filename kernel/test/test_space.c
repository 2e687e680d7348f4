/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Address spaces as the hardware sees them: host_access() walks the tables and remembers, like a TLB, what it found.
 */
#include "invariant.h"
#include "space.h"
#include "untyped.h"
#include "world.h"
#include <string.h>

/* Slots: tables for TABLE + level, frames, spaces. */
enum { TABLE = 20, FRAME = 30, FRAME_COPY, SPACE = 40, OTHER };

static const uint64_t ADDRESS = 0x12345678000;

static struct space *space_of(uint64_t slot) { return capability_object(&world_slots[slot]); }
static uint64_t access(uint64_t space, uint64_t address)
{
	space_tag_take(space_of(space));
	return host_access(space_of(space)->value, address);
}

static uint64_t expected(uint64_t frame, unsigned rights)
{
	const struct capability *slot = &world_slots[frame];

	return arch_entry_page(arch_to_physical(capability_object(slot)), rights, (slot->size_bits - PAGE_BITS) / LEVEL_BITS);
}

/* Tables for one address, in slots first + level. */
static void make_tables(uint64_t space, uint64_t first, uint64_t address)
{
	for (unsigned level = ARCH_TABLE_LEVELS - 1; level > 0; level--) {
		make(OBJECT_page_table, first + level, 0);
		EXPECT(ok, first + level, page_table, map, space, address, level);
	}
}

static void begin(void)
{
	world_init();
	make_tables(SLOT_space, TABLE, ADDRESS);
	make(OBJECT_frame, FRAME, 0);
}

void test_map_access(void)
{
	begin();
	EQUAL(access(SLOT_space, ADDRESS), 0);
	EXPECT(ok, FRAME, frame, map, SLOT_space, ADDRESS, MAP_read | MAP_write);
	EQUAL(access(SLOT_space, ADDRESS), expected(FRAME, MAP_read | MAP_write));
	EQUAL(access(SLOT_space, ADDRESS + PAGE_BYTES), 0);
	EQUAL(access(SLOT_space, ADDRESS - PAGE_BYTES), 0);
	EXPECT(ok, FRAME, frame, unmap, 0);
	EQUAL(access(SLOT_space, ADDRESS), 0);
	EQUAL(host.synced, 0);
	EXPECT(ok, FRAME, frame, map, SLOT_space, ADDRESS + PAGE_BYTES, MAP_read | MAP_execute);
	EQUAL(access(SLOT_space, ADDRESS + PAGE_BYTES), expected(FRAME, MAP_read | MAP_execute));
	EQUAL(host.synced, PAGE_BYTES);
}

void test_map_errors(void)
{
	begin();
	make(OBJECT_page_table, 50, 0);
	make(OBJECT_frame, FRAME + 5, 0);
	EXPECT(ok, SLOT_cnode, cnode, copy, SPACE, SLOT_space, 0);
#define MAP(error, ...) EXPECT(error, FRAME, frame, map, __VA_ARGS__)
	MAP(no_cap, 60, ADDRESS, MAP_read);
	MAP(wrong_kind, SLOT_cnode, ADDRESS, MAP_read);
	MAP(no_right, SPACE, ADDRESS, MAP_read);
	MAP(bad_address, SLOT_space, ADDRESS + 8, MAP_read);
	MAP(bad_address, SLOT_space, ARCH_USER_TOP - PAGE_BYTES, MAP_read);
	MAP(bad_address, SLOT_space, ARCH_USER_TOP, MAP_read);
	MAP(bad_address, SLOT_space, -(uint64_t)PAGE_BYTES, MAP_read);
	MAP(bad_argument, SLOT_space, ADDRESS, 0);
	MAP(bad_argument, SLOT_space, ADDRESS, MAP_write);
	MAP(bad_argument, SLOT_space, ADDRESS, MAP_read | 16);
	MAP(bad_argument, SLOT_space, ADDRESS, (uint64_t)1 << 32 | MAP_read);
	MAP(no_table, SLOT_space, 0, MAP_read);
	MAP(no_table, SLOT_space, ADDRESS + (1 << 21), MAP_read);
	EXPECT(not_mapped, FRAME, frame, unmap, 0);
	MAP(ok, SLOT_space, ADDRESS, MAP_read);
	MAP(mapped, SLOT_space, ADDRESS + PAGE_BYTES, MAP_read);
	EXPECT(mapped, FRAME + 5, frame, map, SLOT_space, ADDRESS, MAP_read);
#undef MAP
#define MAP(error, ...) EXPECT(error, 50, page_table, map, __VA_ARGS__)
	MAP(no_cap, 60, ADDRESS, 1);
	MAP(wrong_kind, SLOT_cnode, ADDRESS, 1);
	MAP(no_right, SPACE, ADDRESS, 1);
	MAP(bad_argument, SLOT_space, 0, 0);
	MAP(bad_argument, SLOT_space, 0, ARCH_TABLE_LEVELS);
	MAP(bad_argument, SLOT_space, 0, (uint64_t)1 << 32 | 1);
	MAP(bad_address, SLOT_space, 4, 3);
	MAP(bad_address, SLOT_space, ARCH_USER_TOP, 3);
	MAP(bad_address, SLOT_space, (uint64_t)1 << 63, 3);
	MAP(no_table, SLOT_space, (uint64_t)1 << 41, 2);
	MAP(mapped, SLOT_space, ADDRESS, 1);
	MAP(mapped, SLOT_space, ADDRESS, 3);
	EXPECT(not_mapped, 50, page_table, unmap, 0);
	MAP(ok, SLOT_space, ADDRESS + (1 << 21), 1);
	MAP(mapped, SLOT_space, ADDRESS + (2 << 21), 1);
#undef MAP
	check_slots(world_slots, WORLD_SLOTS);
}

void test_map_rights(void)
{
	begin();
	for (unsigned rights = 0; rights < 8; rights++) {
		unsigned has = (rights & 1 ? RIGHT_frame_read : 0u) | (rights & 2 ? RIGHT_frame_write : 0u) |
			       (rights & 4 ? RIGHT_frame_execute : 0u);

		EXPECT(ok, SLOT_cnode, cnode, copy, FRAME_COPY, FRAME, has);
		for (unsigned map = 1; map < 8; map += 2) {
			enum error error = INVOKE(FRAME_COPY, frame, map, SLOT_space, ADDRESS, map).error;

			EQUAL(error, map & ~rights ? ERR_no_right : ERR_ok);
			EQUAL(access(SLOT_space, ADDRESS), error ? 0 : expected(FRAME, map));
			if (!error)
				EXPECT(ok, FRAME_COPY, frame, unmap, 0);
		}
		EXPECT(ok, SLOT_cnode, cnode, delete, FRAME_COPY);
	}

	/* Device memory is mapped uncached, whatever was asked, and never executable. */
	EXPECT(ok, SLOT_device, untyped, retype, OBJECT_frame, SIZE_BITS_frame, SLOT_cnode, 50, 1);
	host.synced = 0;
	EXPECT(no_right, 50, frame, map, SLOT_space, ADDRESS, MAP_read | MAP_execute);
	EXPECT(ok, 50, frame, map, SLOT_space, ADDRESS, MAP_read | MAP_write);
	EQUAL(access(SLOT_space, ADDRESS), expected(50, MAP_read | MAP_write | MAP_uncached));
	EQUAL(host.synced, 0);
}

/* A frame that nothing is read or written through: of any size, at a physical address of that size. */
static void pretend_frame(uint64_t slot, unsigned size_bits)
{
	struct capability value = {
		.object = object_pack((void *)((uintptr_t)5 << size_bits), OBJECT_frame), .rights = rights_of(OBJECT_frame),
		.size_bits = (uint8_t)size_bits,
	};

	capability_insert(&world_slots[slot], &world_slots[SLOT_untyped], &value);
}

void test_large_frames(void)
{
	for (unsigned level = 1; level <= 2; level++) {
		unsigned bits = PAGE_BITS + LEVEL_BITS * level;
		uint64_t size = (uint64_t)1 << bits, at = (ADDRESS + ((uint64_t)1 << 38)) & ~(size - 1);

		begin();
		host.tlb_count = 0;
		pretend_frame(50, bits);
		for (unsigned above = ARCH_TABLE_LEVELS - 1; above > level; above--)
			INVOKE(TABLE + above, page_table, unmap, 0);
		for (unsigned above = ARCH_TABLE_LEVELS - 1; above > level; above--)
			EXPECT(ok, TABLE + above, page_table, map, SLOT_space, at, above);
		EXPECT(ok, 50, frame, map, SLOT_space, at, MAP_read | MAP_write);
		EQUAL(access(SLOT_space, at), expected(50, MAP_read | MAP_write));
		EQUAL(access(SLOT_space, at + size - 1), expected(50, MAP_read | MAP_write));
		EQUAL(access(SLOT_space, at + size), 0);
		EQUAL(access(SLOT_space, at - 1), 0);
		check_slots(world_slots, WORLD_SLOTS);
		EXPECT(ok, 50, frame, remap, MAP_read);
		EQUAL(access(SLOT_space, at + size / 2), expected(50, MAP_read));
		EXPECT(ok, 50, frame, unmap, 0);
		EQUAL(access(SLOT_space, at), 0);
		EQUAL(access(SLOT_space, at + size / 2), 0);
	}
}

void test_large_frames_errors(void)
{
	const uint64_t size = 1 << SIZE_BITS_frame_large, at = ADDRESS & ~(size - 1);

	begin();
	pretend_frame(50, SIZE_BITS_frame_large);
	pretend_frame(51, SIZE_BITS_frame_huge);
	for (uint64_t wrong = PAGE_BYTES; wrong < size; wrong *= 2)
		EXPECT(bad_address, 50, frame, map, SLOT_space, at + wrong, MAP_read);
	EXPECT(bad_address, 50, frame, map, SLOT_space, ARCH_USER_TOP - size, MAP_read);
	EXPECT(bad_address, 50, frame, map, SLOT_space, -size, MAP_read);
	EXPECT(mapped, 50, frame, map, SLOT_space, at, MAP_read);                   /* a table is there */
	EXPECT(ok, 50, frame, map, SLOT_space, at + size, MAP_read);
	EXPECT(mapped, FRAME, frame, map, SLOT_space, at + size + PAGE_BYTES, MAP_read);
	make(OBJECT_page_table, 52, 0);
	EXPECT(mapped, 52, page_table, map, SLOT_space, at + size, 1);
	EXPECT(mapped, 51, frame, map, SLOT_space, at & ~(((uint64_t)1 << 30) - 1), MAP_read);
	EXPECT(no_table, 51, frame, map, SLOT_space, (uint64_t)1 << 45, MAP_read);

	/* Nothing of the frame is a table, though an entry with its address is there. */
	EXPECT(ok, TABLE + 2, page_table, unmap, 0);
	EXPECT(no_table, 50, frame, remap, MAP_read);
	EXPECT(ok, 50, frame, unmap, 0);
	host.no_huge_pages = true;
	EXPECT(bad_argument, 51, frame, map, SLOT_space, (uint64_t)1 << 45, MAP_read);
	check_slots(world_slots, WORLD_SLOTS);
}

void test_large_frames_clean(void)
{
	begin();
	EXPECT(bad_argument, SLOT_untyped, untyped, retype, OBJECT_frame, SIZE_BITS_frame + 1, SLOT_cnode, 50, 1);
	EXPECT(bad_argument, SLOT_untyped, untyped, retype, OBJECT_frame, SIZE_BITS_frame_large - 1, SLOT_cnode, 50, 1);
	EXPECT(no_memory, SLOT_untyped, untyped, retype, OBJECT_frame, SIZE_BITS_frame_huge, SLOT_cnode, 50, 1);
	EQUAL(host.synced, 0);
	EXPECT(ok, SLOT_untyped, untyped, retype, OBJECT_frame, SIZE_BITS_frame_large, SLOT_cnode, 50, 2);
	EQUAL(host.synced, 2 << SIZE_BITS_frame_large);
	for (uint64_t i = 0; i < 2 << SIZE_BITS_frame_large; i += 8)
		CHECK(*(uint64_t *)((char *)capability_object(&world_slots[50]) + i) == 0);
}

void test_remap(void)
{
	begin();
	EXPECT(not_mapped, FRAME, frame, remap, MAP_read);
	EXPECT(ok, FRAME, frame, map, SLOT_space, ADDRESS, MAP_read | MAP_write);
	CHECK(access(SLOT_space, ADDRESS));
	EXPECT(ok, FRAME, frame, remap, MAP_read);
	EQUAL(access(SLOT_space, ADDRESS), expected(FRAME, MAP_read));
	EQUAL(host.synced, 0);
	EXPECT(ok, FRAME, frame, remap, MAP_read | MAP_execute | MAP_uncached);
	EQUAL(access(SLOT_space, ADDRESS), expected(FRAME, MAP_read | MAP_execute | MAP_uncached));
	EQUAL(host.synced, PAGE_BYTES);
	EXPECT(bad_argument, FRAME, frame, remap, 0);
	EXPECT(bad_argument, FRAME, frame, remap, MAP_write);
	EXPECT(bad_argument, FRAME, frame, remap, MAP_read | 16);
	EXPECT(ok, SLOT_cnode, cnode, copy, FRAME_COPY, FRAME, RIGHT_frame_read);
	EXPECT(ok, FRAME_COPY, frame, map, SLOT_space, ADDRESS + PAGE_BYTES, MAP_read);
	EXPECT(no_right, FRAME_COPY, frame, remap, MAP_read | MAP_write);
	EXPECT(no_right, FRAME_COPY, frame, remap, MAP_read | MAP_execute);
	EQUAL(access(SLOT_space, ADDRESS + PAGE_BYTES), expected(FRAME, MAP_read));
	EXPECT(ok, TABLE + 1, page_table, unmap, 0);
	EXPECT(no_table, FRAME, frame, remap, MAP_read);
	EXPECT(ok, FRAME, frame, unmap, 0);
	make(OBJECT_thread, 50, 0);
	EXPECT(ok, 50, thread, configure, SLOT_cnode, SLOT_space, FRAME, 0);
	EXPECT(not_mapped, FRAME, frame, remap, MAP_read);

	/* A device stays uncached. */
	EXPECT(ok, SLOT_device, untyped, retype, OBJECT_frame, SIZE_BITS_frame, SLOT_cnode, 51, 1);
	make(OBJECT_page_table, 52, 0);
	EXPECT(ok, 52, page_table, map, SLOT_space, ADDRESS, 1);
	EXPECT(ok, 51, frame, map, SLOT_space, ADDRESS, MAP_read | MAP_write);
	EXPECT(ok, 51, frame, remap, MAP_read);
	EQUAL(access(SLOT_space, ADDRESS), expected(51, MAP_read | MAP_uncached));
}

void test_caches(void)
{
	const uint64_t size = 1 << SIZE_BITS_frame_large;
	uint64_t before;

	begin();
	EXPECT(ok, SLOT_untyped, untyped, retype, OBJECT_frame, SIZE_BITS_frame_large, SLOT_cnode, 50, 1);
	host.synced = 0;
	EXPECT(ok, 50, frame, clean, 100, 0);
	EXPECT(ok, 50, frame, clean, size, 0);
	EQUAL(host.cleaned, 0);
	EXPECT(ok, 50, frame, clean, 100, 200);
	EQUAL(host.cleaned, 200);
	before = host.restarts;
	EXPECT(ok, 50, frame, clean_invalidate, 4096, size - 4096);
	EQUAL(host.invalidated, size - 4096);
	EQUAL(host.restarts - before, size / 16384 - 1);
	EXPECT(ok, 50, frame, unify, 0, size);
	EQUAL(host.synced, size);
	EXPECT(bad_argument, 50, frame, clean, size, 1);
	EXPECT(bad_argument, 50, frame, clean, size + 1, 0);
	EXPECT(bad_argument, 50, frame, clean_invalidate, 4096, -(uint64_t)4096);
	EXPECT(bad_argument, 50, frame, unify, 0, size + 1);
	EXPECT(ok, SLOT_device, untyped, retype, OBJECT_frame, SIZE_BITS_frame, SLOT_cnode, 51, 1);
	EXPECT(bad_address, 51, frame, clean, 0, 64);
	EXPECT(bad_address, 51, frame, unify, 0, 64);
}

void test_delete_unmaps(void)
{
	begin();
	EXPECT(ok, SLOT_cnode, cnode, copy, FRAME_COPY, FRAME, RIGHTS_all);
	EXPECT(ok, FRAME, frame, map, SLOT_space, ADDRESS, MAP_read);
	EXPECT(ok, FRAME_COPY, frame, map, SLOT_space, ADDRESS + PAGE_BYTES, MAP_read);
	CHECK(access(SLOT_space, ADDRESS) && access(SLOT_space, ADDRESS + PAGE_BYTES));
	EXPECT(ok, SLOT_cnode, cnode, delete, FRAME);
	CHECK(!access(SLOT_space, ADDRESS) && !access(SLOT_space, ADDRESS + PAGE_BYTES));
	check_slots(world_slots, WORLD_SLOTS);
}

void test_table_taken_out(void)
{
	for (unsigned level = 1; level < ARCH_TABLE_LEVELS; level++) {
		begin();
		EXPECT(ok, FRAME, frame, map, SLOT_space, ADDRESS, MAP_read);
		CHECK(access(SLOT_space, ADDRESS));
		EXPECT(ok, TABLE + level, page_table, unmap, 0);
		EQUAL(access(SLOT_space, ADDRESS), 0);
		EXPECT(ok, FRAME, frame, unmap, 0);
		check_slots(world_slots, WORLD_SLOTS);
		host.tlb_count = 0;
	}
	begin();
	EXPECT(ok, FRAME, frame, map, SLOT_space, ADDRESS, MAP_read);
	CHECK(access(SLOT_space, ADDRESS));
	EXPECT(ok, SLOT_cnode, cnode, delete, TABLE + 2);
	EQUAL(access(SLOT_space, ADDRESS), 0);
}

/* Otherwise a frame that was given up while the table was out would be accessible again. */
void test_table_comes_back(void)
{
	for (unsigned level = 1; level < ARCH_TABLE_LEVELS; level++) {
		begin();
		EXPECT(ok, FRAME, frame, map, SLOT_space, ADDRESS, MAP_read);
		EXPECT(ok, TABLE + level, page_table, unmap, 0);
		EXPECT(ok, SLOT_cnode, cnode, delete, FRAME);
		EXPECT(ok, TABLE + level, page_table, map, SLOT_space, ADDRESS, level);
		EQUAL(access(SLOT_space, ADDRESS), 0);
		host.tlb_count = 0;
	}

	/* Also if the table above was taken out first, so that the table cannot be found from the root any more. */
	begin();
	EXPECT(ok, FRAME, frame, map, SLOT_space, ADDRESS, MAP_read);
	EXPECT(ok, TABLE + 2, page_table, unmap, 0);
	EXPECT(ok, SLOT_cnode, cnode, delete, FRAME);
	EXPECT(ok, TABLE + 1, page_table, unmap, 0);
	EXPECT(ok, TABLE + 2, page_table, map, SLOT_space, ADDRESS, 2);
	EXPECT(ok, TABLE + 1, page_table, map, SLOT_space, ADDRESS, 1);
	EQUAL(access(SLOT_space, ADDRESS), 0);
}

/* In two spaces, unmapping a page would leave it in the other's TLB; at two levels, a page would be read as a table. */
void test_table_one_place(void)
{
	begin();
	EXPECT(immovable, SLOT_cnode, cnode, copy, 50, TABLE + 1, RIGHTS_all);
	EXPECT(mapped, TABLE + 1, page_table, map, SLOT_space, ADDRESS + (1 << 21), 1);
	EXPECT(mapped, TABLE + 1, page_table, map, SLOT_space, (uint64_t)1 << 40, 3);
}

void test_space_destroyed(void)
{
	struct thread *thread;
	struct space *space;
	uint64_t value;

	begin();
	space = make(OBJECT_space, SPACE, 0);
	space_tag_take(space);
	value = space->value;
	make_tables(SPACE, 60, ADDRESS);
	EXPECT(ok, FRAME, frame, map, SPACE, ADDRESS, MAP_read);
	EXPECT(ok, SLOT_cnode, cnode, copy, OTHER, SPACE, RIGHTS_all);
	for (unsigned i = 0; i < 3; i++) {
		make(OBJECT_thread, 70 + i, 0);
		EXPECT(ok, 70 + i, thread, configure, SLOT_cnode, OTHER, 0, 0);
	}
	CHECK(host_access(value, ADDRESS));
	EXPECT(ok, SLOT_cnode, cnode, delete, SPACE);
	CHECK(capability_empty(&world_slots[OTHER]));
	for (unsigned i = 0; i < 3; i++) {
		thread = capability_object(&world_slots[70 + i]);
		CHECK(!thread->space_object && !thread->space && thread->gate & GATE_OF(unready));
		EXPECT(not_ready, 70 + i, thread, resume, 0);
	}
	for (unsigned i = 0; i < host.tlb_count; i++)
		CHECK(host.tlb[i].tag != value >> 48);

	/* The frame and the tables are free for another use, and the table comes back empty. */
	EXPECT(not_mapped, FRAME, frame, unmap, 0);
	for (unsigned level = ARCH_TABLE_LEVELS - 1; level > 0; level--)
		EXPECT(not_mapped, 60 + level, page_table, unmap, 0);
	make(OBJECT_space, SPACE, 0);
	for (unsigned level = ARCH_TABLE_LEVELS - 1; level > 0; level--)
		EXPECT(ok, 60 + level, page_table, map, SPACE, ADDRESS, level);
	EQUAL(access(SPACE, ADDRESS), 0);
	check_slots(world_slots, WORLD_SLOTS);
}

void test_space_destroyed_loaded(void)
{
	struct space *space;

	world_init();
	space = make(OBJECT_space, SPACE, 0);
	space_tag_take(space);
	host.loaded = space->value;
	while (capability_delete_step(&world_slots[SPACE], true) == PROGRESS_more)
		continue;
	CHECK(host.loaded == 0);
}

static bool in_tlb(uint64_t tag)
{
	for (unsigned i = 0; i < host.tlb_count; i++)
		if (host.tlb[i].tag == tag)
			return true;
	return false;
}

/* Each space has a page of its own at the same address, and sees nothing of those that had its tag before. */
void test_tags_recycled(void)
{
	enum { SPACES = 10, TAGS = 3, ROUNDS = 5, PAGES = 100 };

	host.tag_bits = 2;                                        /* three, and the kernel's */
	world_init();
	for (unsigned i = 0; i < SPACES; i++) {
		make(OBJECT_space, SPACE + i, 0);
		make_tables(SPACE + i, PAGES + 8 * i, ADDRESS);
		make(OBJECT_frame, PAGES + 8 * i, 0);
		EXPECT(ok, PAGES + 8 * i, frame, map, SPACE + i, ADDRESS, MAP_read);
	}
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned tagged = 0;

		for (unsigned i = 0; i < SPACES; i++) {
			bool had = space_of(SPACE + i)->value != 0;

			space_tag_take(space_of(SPACE + i));
			CHECK(space_of(SPACE + i)->tag && (had || !in_tlb(space_of(SPACE + i)->tag)));
			EQUAL(access(SPACE + i, ADDRESS), expected(PAGES + 8 * i, MAP_read));
		}
		for (unsigned i = 0; i < SPACES; i++)
			tagged += space_of(SPACE + i)->tag != 0;
		EQUAL(tagged, TAGS);
		EXPECT(ok, SLOT_cnode, cnode, delete, SPACE + SPACES - 1 - round);
		make(OBJECT_space, SPACE + SPACES - 1 - round, 0);
		make_tables(SPACE + SPACES - 1 - round, 200 + 8 * round, ADDRESS);
		EXPECT(ok, PAGES + 8 * (SPACES - 1 - round), frame, map, SPACE + SPACES - 1 - round, ADDRESS, MAP_read);
	}

	/* Unmapping in a space without a tag leaves nothing for later. */
	for (unsigned i = 0; i < SPACES; i++) {
		EXPECT(ok, PAGES + 8 * i, frame, unmap, 0);
		EQUAL(access(SPACE + i, ADDRESS), 0);
	}
}

/* The thread whose space lost its tag has the new one as soon as it runs, and is stale until then. */
void test_tags_threads(void)
{
	enum { THREADS = SPACE_FRESH_MAX + 8 };
	struct space *space;

	host.tag_bits = 1;                                        /* one, and the kernel's */
	world_init();
	CHECK(world_thread->space == space_of(SLOT_space)->value && !(world_thread->gate & GATE_OF(stale)));
	space = make(OBJECT_space, SPACE, 0);
	space_tag_take(space);
	CHECK(world_thread->gate & GATE_OF(stale) && !world_thread->space && !space_of(SLOT_space)->value);
	system_call(tag_make(SYS_yield, 0, 0, 0), 0);
	CHECK(!(world_thread->gate & GATE_OF(stale)) && world_thread->space == host.loaded && !space->value);

	for (unsigned i = 0; i < THREADS; i++) {
		thread_refresh(make_thread(60 + i, 0));
		CHECK(invariant_check() == NULL);
	}
	for (unsigned i = 0, fresh = 0; i < THREADS; i++) {
		const struct thread *thread = capability_object(&world_slots[60 + i]);

		fresh += !(thread->gate & GATE_OF(stale));
		CHECK(fresh <= SPACE_FRESH_MAX && (i < THREADS - SPACE_FRESH_MAX + 1 || fresh));
	}
	EXPECT(ok, SLOT_cnode, cnode, revoke, SLOT_untyped);
}

void test_tags_none(void)
{
	host.tag_bits = 0;
	world_init();
	for (unsigned i = 0; i < 100; i++) {
		make(OBJECT_space, SPACE + i, 0);
		EQUAL(space_of(SPACE + i)->tag, 0);
	}
	EXPECT(ok, SLOT_cnode, cnode, revoke, SLOT_untyped);
}

void test_tags_word_full(void)
{
	bool taken[256] = { 0 };

	host.tag_bits = 8;
	world_init();
	for (unsigned i = 0; i < 200; i++) {
		make(OBJECT_space, SPACE + i, 0);
		space_tag_take(space_of(SPACE + i));
		CHECK(!taken[space_of(SPACE + i)->tag]);
		taken[space_of(SPACE + i)->tag] = true;
	}
}
