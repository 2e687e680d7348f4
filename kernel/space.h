/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Address spaces: a root page table, a TLB tag, and the owners of every copy that is made of either.  Who maps things
 * goes through frame.h and page_table.h, which keep the capability's record; boot also maps pages that no capability
 * stands for.
 */
#pragma once
#include "arch.h"
#include "capability.h"

enum { PAGE_SIZE_BITS = SIZE_BITS_frame, TABLE_INDEX_BITS = 9, TABLE_ENTRIES = 1 << TABLE_INDEX_BITS };

#define PAGE_SIZE ((uint64_t)1 << PAGE_SIZE_BITS)

/* First address that cannot be mapped: the last page below ARCH_USER_TOP never is (arch.h). */
#define SPACE_END ((uint64_t)ARCH_USER_TOP - PAGE_SIZE)

struct space {
	uint64_t root[TABLE_ENTRIES];     /* page aligned, as the object is; entries are of level ARCH_TABLE_LEVELS - 1 */
	uint64_t value;                   /* ready for the machine's register (arch_space_value); what threads cache */
	uint64_t tag;                     /* 0 if the machine has none */
	struct thread *threads;           /* all threads that run here (thread.space_next); each caches value */
	struct capability *mappings;      /* all frames and tables that are mapped here (capability.space_next) */
};
_Static_assert(sizeof(struct space) <= 1 << SIZE_BITS_space, "a space fits its object size");

/*
 * Tags.  Tag 0 is the kernel's own; on a machine without tags every space has 0, and there are always enough.  One
 * allocator serves all cores, under the kernel's lock when there are more.  A tag is flushed when it is freed.
 */
uint64_t space_tags_free(void);
uint64_t space_tag_allocate(void);        /* the caller has seen that space_tags_free() > 0 */
void space_tag_free(uint64_t tag);

/* Makes zeroed memory an empty address space with this tag. */
void space_init(struct space *space, uint64_t tag);

/* One step of ending a space: first its threads lose it, then every mapping is forgotten, at last the tag is freed. */
enum progress space_destroy_step(struct space *space);

/*
 * The entry for an address: of level 0 for a page, of level L for a table of level L.  NULL if a table on the way is
 * missing.  0 <= level < ARCH_TABLE_LEVELS, address < SPACE_END.
 */
uint64_t *space_entry(struct space *space, uint64_t address, unsigned level);

/* Enters a page or a table, which is zero: ERR_ok, bad_address, no_table or mapped. */
enum error space_map_page(struct space *space, uint64_t address, uint64_t physical, unsigned map_rights);
enum error space_map_table(struct space *space, uint64_t address, uint64_t physical, unsigned level);

/* Takes out a page or a table if it is still there (a table above it may be gone); complete in the TLB on return. */
void space_unmap_page(struct space *space, uint64_t address, uint64_t physical);
void space_unmap_table(struct space *space, uint64_t address, uint64_t physical);

/* The record that a frame's or a page table's capability is mapped. */
void space_mapping_add(struct space *space, struct capability *slot, uint64_t address);
void space_mapping_remove(struct capability *slot);
