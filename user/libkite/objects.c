/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Objects whose memory is used again (objects.h).  A block is an untyped; it is unused, split in two halves of which it is
 * the parent, or has one object made of all of it.  Deleting the object makes its untyped empty again; when both halves
 * of a block are unused they are deleted, and the block is whole.  What is split is an untyped within an untyped, so a
 * chunk from the pool is only so much larger than the smallest object (kernel/README.md: nesting).
 */
#include <stddef.h>
#include "invocations.h"
#include "objects.h"
#include "runtime.h"

enum { CHUNK_BITS = 14, SIZES = SIZE_BITS_untyped_max + 1, BLOCKS = 2 * OBJECTS_MAX, SLOTS = 2 * BLOCKS };

struct block {
	uint64_t untyped, object;         /* slots; object 0: none; untyped 0: this record is not in use */
	struct block *parent, *half;      /* half: the first of two records side by side, if it is split */
	struct block *next, **link;       /* of the unused ones of its size */
	unsigned bits;
};

static struct block blocks[BLOCKS];
static struct block *unused[SIZES];
static uint64_t slots[SLOTS];             /* given back */
static unsigned slot_count;
static uint64_t taken, idle;

uint64_t objects_taken(void)  { return taken; }
uint64_t objects_unused(void) { return idle; }

static uint64_t slot_take(void)       { return slot_count ? slots[--slot_count] : pool_slots(&pool, 1); }
static void slot_give(uint64_t slot)  { slots[slot_count++] = slot; }

/* Two neighbouring records, for a block of its own only the first is used; NULL: there are none. */
static struct block *records_take(void)
{
	for (struct block *block = blocks; block < blocks + BLOCKS; block += 2)
		if (!block[0].untyped && !block[1].untyped)
			return block;
	return NULL;
}

static void push(struct block *block)
{
	block->next = unused[block->bits];
	block->link = &unused[block->bits];
	if (block->next)
		block->next->link = &block->next;
	unused[block->bits] = block;
	idle += (uint64_t)1 << block->bits;
}

static void take_out(struct block *block)
{
	*block->link = block->next;
	if (block->next)
		block->next->link = block->link;
	idle -= (uint64_t)1 << block->bits;
}

/* A new untyped for a record. */
static enum error block_make(struct block *block, uint64_t from, unsigned bits, struct block *parent)
{
	uint64_t slot = slot_take();
	enum error error = untyped_retype(from, OBJECT_untyped, bits, BOOT_SLOT_cnode, slot, 1);
	if (error) {
		slot_give(slot);
		return error;
	}
	*block = (struct block){ .untyped = slot, .bits = bits, .parent = parent };
	push(block);
	return ERR_ok;
}

static void block_delete(struct block *block)
{
	cnode_delete(BOOT_SLOT_cnode, block->untyped);
	slot_give(block->untyped);
	block->untyped = 0;
}

static enum error chunk_add(unsigned bits)
{
	struct block *record = records_take();
	if (!record)
		return ERR_no_memory;
	enum error error = block_make(record, pool.untyped, bits > CHUNK_BITS ? bits : CHUNK_BITS, NULL);
	if (error == ERR_ok)
		taken += (uint64_t)1 << record->bits;
	return error;
}

static enum error split(struct block *block)
{
	struct block *half = records_take();
	if (!half)
		return ERR_no_memory;
	enum error error = block_make(&half[0], block->untyped, block->bits - 1, block);
	if (error)
		return error;
	error = block_make(&half[1], block->untyped, block->bits - 1, block);
	if (error) {
		take_out(&half[0]);
		block_delete(&half[0]);
		return error;
	}
	take_out(block);
	block->half = half;
	return ERR_ok;
}

/* Makes an unused block of this size the first of its list. */
static enum error provide(unsigned bits)
{
	unsigned larger = bits;
	while (larger < SIZES && !unused[larger])
		larger++;
	if (larger == SIZES) {
		enum error error = chunk_add(bits);
		if (error)
			return error;
		larger = bits > CHUNK_BITS ? bits : CHUNK_BITS;
	}
	for (; larger > bits; larger--) {
		enum error error = split(unused[larger]);
		if (error)
			return error;
	}
	return ERR_ok;
}

enum error object_make(enum object_kind kind, uint64_t size_bits, uint64_t *slot)
{
	if (size_bits < SIZE_BITS_untyped_min || size_bits >= SIZES)
		return ERR_bad_argument;
	enum error error = provide((unsigned)size_bits);
	if (error)
		return error;
	struct block *block = unused[size_bits];
	uint64_t place = slot_take();
	error = untyped_retype(block->untyped, kind, size_bits, BOOT_SLOT_cnode, place, 1);
	if (error) {
		slot_give(place);
		return error;
	}
	take_out(block);
	*slot = block->object = place;
	return ERR_ok;
}

/* Joins a block with its other half for as long as that is unused, too. */
static void join(struct block *block)
{
	for (struct block *parent; (parent = block->parent); block = parent) {
		struct block *other = block == &parent->half[0] ? &parent->half[1] : &parent->half[0];
		if (other->object || other->half)
			return;
		take_out(block);
		take_out(other);
		block_delete(block);
		block_delete(other);
		parent->half = NULL;
		push(parent);
	}
}

enum error object_free(uint64_t slot)
{
	struct block *block = blocks;
	while (block < blocks + BLOCKS && (!block->untyped || block->object != slot))
		block++;
	if (slot == 0 || block == blocks + BLOCKS)
		return ERR_not_bound;
	enum error error = cnode_delete(BOOT_SLOT_cnode, slot);
	if (error)
		return error;
	slot_give(slot);
	block->object = 0;
	push(block);
	join(block);
	return ERR_ok;
}
