/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Page-table entries, tags, and the model of a table walker and its TLB.
 *
 * An entry says no more of its level than x86_64's does: one that maps a page of 4 KiB, met at a higher level, points
 * to a table.
 * So a test sees what becomes of a table that is entered where it does not belong.
 */
#include "arch.h"
#include "host.h"

enum { ENTRY_present = 1, ENTRY_RIGHTS_SHIFT = 1, ENTRY_large = 1 << 7, PAGE_BITS = 12, INDEX_BITS = 9, INDEX_MASK = 511, TAG_SHIFT = 48 };
#define ENTRY_ADDRESS 0x0000fffffffff000ul

uint64_t arch_entry_table(uint64_t physical) { return physical | ENTRY_present; }
uint64_t arch_entry_page(uint64_t physical, unsigned map_rights, unsigned level)
{
	return physical | (uint64_t)map_rights << ENTRY_RIGHTS_SHIFT | (level ? ENTRY_large : 0u) | ENTRY_present;
}

unsigned arch_page_level_max(void) { return host.no_huge_pages ? 1 : 2; }

bool arch_entry_present(uint64_t entry)                  { return entry & ENTRY_present; }
bool arch_entry_is_table(uint64_t entry, unsigned level)
{
	return level > 0 && entry & ENTRY_present && !(entry & ENTRY_large);
}

uint64_t arch_entry_physical(uint64_t entry)             { return entry & ENTRY_ADDRESS; }
void arch_entry_write(uint64_t *entry, uint64_t value)   { *entry = value; }
void arch_root_init(uint64_t *root)                      { (void)root; }

unsigned arch_tag_bits(void) { return host.tag_bits; }
uint64_t arch_space_value(uint64_t root_physical, uint64_t tag) { return root_physical | tag << TAG_SHIFT; }
void arch_space_activate(uint64_t value) { host.loaded = value; }

/* Whether an entry of the TLB is that of a page number, which may lie anywhere in a larger page. */
static bool hit(unsigned i, uint64_t tag, uint64_t page)
{
	return host.tlb[i].tag == tag && host.tlb[i].page == page >> host.tlb[i].level * INDEX_BITS;
}

static void forget(uint64_t tag, bool all, uint64_t page)
{
	for (unsigned i = 0; i < host.tlb_count;) {
		if (all ? host.tlb[i].tag == tag : hit(i, tag, page))
			host.tlb[i] = host.tlb[--host.tlb_count];
		else
			i++;
	}
}

void arch_tlb_invalidate_page(uint64_t address, uint64_t tag) { forget(tag, false, address >> PAGE_BITS); }
void arch_tlb_invalidate_tag(uint64_t tag)                    { forget(tag, true, 0); }

void arch_sync_instructions(const void *address, uint64_t bytes)
{
	(void)address;
	host.synced += bytes;
}

void arch_cache_clean(const void *address, uint64_t bytes, bool invalidate)
{
	(void)address;
	host.cleaned += bytes;
	host.invalidated += invalidate ? bytes : 0;
}

static uint64_t walk(uint64_t root_physical, uint64_t address, unsigned *found)
{
	uint64_t entry = arch_entry_table(root_physical);

	for (unsigned level = ARCH_TABLE_LEVELS; level-- > 0;) {
		const uint64_t *table = arch_to_virtual(arch_entry_physical(entry));

		entry = table[address >> (PAGE_BITS + level * INDEX_BITS) & INDEX_MASK];
		if (!arch_entry_present(entry))
			return 0;
		*found = level;
		if (level > 0 && !arch_entry_is_table(entry, level))
			break;
	}
	return entry;
}

uint64_t host_access(uint64_t space_value, uint64_t address)
{
	uint64_t tag = space_value >> TAG_SHIFT, page = address >> PAGE_BITS, entry;
	unsigned level = 0;

	for (unsigned i = 0; i < host.tlb_count; i++)
		if (hit(i, tag, page))
			return host.tlb[i].entry;
	entry = walk(space_value & ENTRY_ADDRESS, address, &level);
	if (entry && host.tlb_count < HOST_TLB_ENTRIES) {
		host.tlb[host.tlb_count].tag = tag;
		host.tlb[host.tlb_count].page = page >> level * INDEX_BITS;
		host.tlb[host.tlb_count].level = level;
		host.tlb[host.tlb_count++].entry = entry;
	}
	return entry;
}

void arch_boot_text_unmap(void) { }
