/* SPDX-License-Identifier: BSD-2-Clause -- capability addresses of more than one level (cspace.c). */
#include "cnode.h"
#include "world.h"

enum { INNER = 20, ENDPOINT, COPY, INNER_BITS = 6 };

static struct capability *lookup(uint64_t address) { return cspace_lookup(world_thread, address); }

static struct capability *inner(uint64_t index)
{
	return &((struct capability *)capability_object(&world_slots[INNER]))[index];
}

static void set_guard(unsigned bits, uint64_t value)
{
	EXPECT(ok, SLOT_cnode, cnode, mutate, INNER, INNER, RIGHTS_all, guard_make(bits, value));
}

static uint64_t address_of(uint64_t index, unsigned bits, uint64_t guard)
{
	return (index << bits | guard) << WORLD_SLOTS_BITS | INNER;
}

static void begin(void)
{
	world_init();
	make(OBJECT_cnode, INNER, INNER_BITS + SIZE_BITS_slot);
	make(OBJECT_endpoint, ENDPOINT, 0);
}

void test_cspace_levels(void)
{
	begin();
	CHECK(lookup(INNER) == &world_slots[INNER]);
	CHECK(lookup(address_of(1, 0, 0)) == inner(1));
	CHECK(lookup(address_of(63, 0, 0)) == inner(63));
	CHECK(lookup(address_of(64, 0, 0)) == NULL);                /* on through an empty slot */
	CHECK(lookup(address_of(1, 0, 0) - INNER + ENDPOINT) == NULL);
	CHECK(lookup((uint64_t)1 << 63 | INNER) == NULL);
	CHECK(lookup(UINT64_MAX) == NULL);

	EXPECT(ok, INNER, cnode, copy, 5, ENDPOINT, RIGHTS_all);
	EXPECT(ok, SLOT_cnode, cnode, copy, COPY, address_of(5, 0, 0), RIGHTS_all);
	CHECK(capability_object(&world_slots[COPY]) == capability_object(&world_slots[ENDPOINT]));

	/* No right to modify it, no look into it; nor while it is being destroyed. */
	EXPECT(ok, SLOT_cnode, cnode, mutate, INNER, INNER, 0, 0);
	CHECK(lookup(address_of(1, 0, 0)) == NULL);
}

void test_cspace_guards(void)
{
	begin();
	for (unsigned bits = 1; bits <= GUARD_BITS_MAX; bits++) {
		uint64_t guard = (uint64_t)1 << (bits - 1);

		set_guard(bits, guard);
		if (bits + WORLD_SLOTS_BITS > 64) {                 /* an address has no room for it */
			CHECK(lookup(UINT64_MAX) == NULL && lookup(address_of(0, 0, UINT64_MAX >> 9)) == NULL);
			continue;
		}
		CHECK(lookup(address_of(0, bits, guard)) == inner(0));
		CHECK(lookup(address_of(0, bits, guard - 1)) == (bits > 1 ? NULL : &world_slots[INNER]));
		if (bits + WORLD_SLOTS_BITS + INNER_BITS > 64)
			continue;
		CHECK(lookup(address_of(63, bits, guard)) == inner(63));
		CHECK(lookup(address_of(63, bits, guard - 1)) == NULL);
	}
}

/* Each address names one slot, each slot has one address on one way: no two addresses below a bound find the same. */
void test_cspace_no_aliases(void)
{
	enum { ADDRESSES = 1 << (WORLD_SLOTS_BITS + INNER_BITS + 3) };
	static unsigned char found[1 << INNER_BITS];

	begin();
	set_guard(2, 2);
	for (uint64_t address = 0; address < ADDRESSES; address++) {
		struct capability *slot = lookup(address);

		if (address < WORLD_SLOTS)
			CHECK(slot == &world_slots[address]);
		else if (address % WORLD_SLOTS == INNER && slot)    /* the root is in itself, too: another way */
			CHECK(found[slot - inner(0)]++ == 0);
	}
	for (unsigned i = 0; i < 1 << INNER_BITS; i++)
		EQUAL(found[i], 1);
}

/* A CNode in itself: any number of levels for an address, but not for the kernel. */
void test_cspace_bounded(void)
{
	enum { LEVELS = 4, SELF = 1 };
	uint64_t address = INNER;
	unsigned shift = WORLD_SLOTS_BITS;

	begin();
	EXPECT(ok, INNER, cnode, copy, SELF, INNER, RIGHTS_all);
	for (unsigned level = 1; level < 9; level++, shift += INNER_BITS) {
		address |= (uint64_t)SELF << shift;
		CHECK(lookup(address) == (level < LEVELS ? inner(SELF) : NULL));
	}
}
