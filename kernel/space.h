/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Address spaces: a root page table, its tag, and everybody who depends on them.
 */
#pragma once
#include "arch.h"
#include "capability.h"

enum { TABLE_ENTRIES = 512, LEVEL_BITS = 9, PAGE_BITS = 12, PAGE_BYTES = 1 << PAGE_BITS };

enum { SPACE_FRESH_MAX = 32 };

struct space {
	uint64_t root[TABLE_ENTRIES];             /* read by the machine */
	uint64_t value;                           /* ready for the address-space register; 0: it has no tag now */
	uint64_t tag;                             /* 0: none now, or a machine without */
	struct thread *fresh[SPACE_FRESH_MAX];    /* threads that cache value, each at its index thread.fresh, or NULL */
	uint32_t fresh_next;                      /* the index that is used next */
	struct thread *threads;                   /* that run here */
	struct capability *mappings;              /* frames and page tables that are mapped here */
};
_Static_assert(sizeof(struct space) <= 1 << SIZE_BITS_space, "a space fits its object size");

/* Makes cleared memory an address space. */
void space_init(struct space *space);

/* ---- tags (space_tag.c) ---- */

/* At boot: no more tags than for so many spaces; 0: as many as the machine has. */
void space_tags_limit(uint64_t spaces);

/* Gives the space a tag, and so a value, if it has none; takes it away and flushes it. */
void space_tag_take(struct space *space);
void space_tag_drop(struct space *space);

/* For the invariant: whether the space's tag is its own. */
bool space_tag_ok(const struct space *space);

/* Complete on return: a page of the space; all of it. */
void space_tlb_invalidate_page(const struct space *space, uint64_t address);
void space_tlb_invalidate(const struct space *space);

/* ---- what is mapped ---- */

/* Whether user space may have a page of this size here: aligned to it, and below the last page, which stays empty. */
static inline bool space_address_ok(uint64_t address, unsigned size_bits)
{
	uint64_t size = (uint64_t)1 << size_bits;

	return (address & (size - 1)) == 0 && address <= ARCH_USER_TOP - PAGE_BYTES - size;
}

/*
 * The entry at a level (0: pages; n: tables of level n) on the way to an address, or NULL if a table above is missing.
 */
uint64_t *space_entry(struct space *space, uint64_t address, unsigned level);

/* Why there is no such entry: no_table, or mapped if a larger page is in the way. */
enum error space_why_no_entry(struct space *space, uint64_t address);

/* Enters a page of a level, or the highest table that is missing.  Errors: no_table, mapped. */
enum error space_map_page(struct space *space, uint64_t address, uint64_t physical, unsigned map_rights, unsigned level);
enum error space_map_table(struct space *space, uint64_t address, uint64_t physical);

/* The list of what is mapped: a capability joins it, leaves it, was moved to another slot. */
void space_mapping_add(struct space *space, struct capability *slot, uint64_t address);
void space_mapping_remove(struct capability *slot);
void space_mapping_moved(struct capability *slot);

enum progress space_destroy_step(struct space *space);
