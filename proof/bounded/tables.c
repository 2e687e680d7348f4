/* SPDX-License-Identifier: BSD-2-Clause -- the walk of page tables (kernel/space.c, with entries that are an address and a bit). */
#include "harness.h"
#include "space.c"

uint64_t arch_entry_table(uint64_t physical)             { return physical | 1; }
bool arch_entry_present(uint64_t entry)                  { return entry & 1; }
bool arch_entry_is_table(uint64_t entry, unsigned level) { return level > 0 && entry & 1; }
uint64_t arch_entry_physical(uint64_t entry)             { return entry & ~(uint64_t)1; }

static struct space space;
static uint64_t table[3][TABLE_ENTRIES] __attribute__((aligned(4096)));

static uint64_t index_of(uint64_t address, unsigned level)
{
	return address / PAGE_BYTES / ((uint64_t)1 << level * LEVEL_BITS) % TABLE_ENTRIES;
}

/* A walk ends at the entry whose index the address's own bits of that level are, or at a missing table. */
void table_entry(void)
{
	ANY(uint64_t, address);
	ANY(unsigned, level);
	ANY(unsigned, present);
	uint64_t *entry;

	ASSUME(level < 4 && present <= 3 && address < ARCH_USER_TOP);
	space.root[index_of(address, 3)] = present > 0 ? arch_entry_table(arch_to_physical(table[2])) : 0;
	table[2][index_of(address, 2)] = present > 1 ? arch_entry_table(arch_to_physical(table[1])) : 0;
	table[1][index_of(address, 1)] = present > 2 ? arch_entry_table(arch_to_physical(table[0])) : 0;
	entry = space_entry(&space, address, level);
	HOLDS((entry == NULL) == (level + present < 3));
	HOLDS(!entry || entry == (level == 3 ? space.root : table[level]) + index_of(address, level));
	REACHED();
}

/* What space_address_ok() lets through lies below the last page, however large, and aligned. */
void address_ok(void)
{
	ANY(uint64_t, address);
	ANY(unsigned, size_bits);
	uint64_t size;

	ASSUME(size_bits == SIZE_BITS_frame || size_bits == SIZE_BITS_frame_large || size_bits == SIZE_BITS_frame_huge);
	size = (uint64_t)1 << size_bits;
	if (space_address_ok(address, size_bits)) {
		HOLDS(address % size == 0);
		HOLDS(address < ARCH_USER_TOP - PAGE_BYTES && size <= ARCH_USER_TOP - PAGE_BYTES - address);
	}
	REACHED();
}
