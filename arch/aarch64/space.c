/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Page-table entries, ASIDs and the TLB (DDI 0487, chapters D8 and K11: what must follow which write).
 */
#include "arch.h"
#include "trap.h"

enum {
	ENTRY_VALID = 1,                          /* alone: a block, above level 0 */
	ENTRY_TABLE = 3,                          /* above level 0 a table, on level 0 a page */
	ENTRY_USER = 1 << 6,
	ENTRY_READ_ONLY = 1 << 7,
	ENTRY_INNER_SHAREABLE = 3 << 8,
	ENTRY_ACCESSED = 1 << 10,
	ENTRY_NOT_GLOBAL = 1 << 11,
	ATTRIBUTE_SHIFT = 2,
	ATTRIBUTE_DEVICE = 1,                     /* MAIR's index; 0 is normal memory (start.S) */
};
extern char image_start[], text_start[];          /* kernel.ld */

#define ENTRY_KERNEL_XN    ((uint64_t)1 << 53)
#define ENTRY_USER_XN      ((uint64_t)1 << 54)
#define ENTRY_ADDRESS_MASK 0x0000fffffffff000ul

enum { TCR_AS_SHIFT = 36, TAG_SHIFT = 48, PAGE_SHIFT = 12 };
#define TLBI_ADDRESS_MASK  (((uint64_t)1 << 44) - 1)    /* address bits 55:12 */

/* ---- entries ---- */

uint64_t arch_entry_table(uint64_t physical)
{
	return physical | ENTRY_TABLE;
}

/* Writing includes reading, and executing alone is possible. */
uint64_t arch_entry_page(uint64_t physical, unsigned map_rights, unsigned level)
{
	uint64_t entry = physical | (level ? ENTRY_VALID : ENTRY_TABLE) | ENTRY_INNER_SHAREABLE | ENTRY_ACCESSED |
			 ENTRY_NOT_GLOBAL | ENTRY_KERNEL_XN;

	if (map_rights & (MAP_read | MAP_write))
		entry |= ENTRY_USER;
	if (!(map_rights & MAP_write))
		entry |= ENTRY_READ_ONLY;
	if (!(map_rights & MAP_execute))
		entry |= ENTRY_USER_XN;
	if (map_rights & MAP_uncached)
		entry |= ATTRIBUTE_DEVICE << ATTRIBUTE_SHIFT;
	return entry;
}

unsigned arch_page_level_max(void)
{
	return 2;
}

bool arch_entry_present(uint64_t entry)
{
	return entry & ENTRY_VALID;
}

bool arch_entry_is_table(uint64_t entry, unsigned level)
{
	return level > 0 && (entry & ENTRY_TABLE) == ENTRY_TABLE;
}

uint64_t arch_entry_physical(uint64_t entry)
{
	return entry & ENTRY_ADDRESS_MASK;
}

/* A walk by this core's next user instruction must see it: the store completes here, and ERET synchronises. */
void arch_entry_write(uint64_t *entry, uint64_t value)
{
	*(volatile uint64_t *)entry = value;
	__asm__ volatile("dsb ishst" : : : "memory");
}

/* The kernel has TTBR1 for itself. */
void arch_root_init(uint64_t *root)
{
	(void)root;
}

/* The image begins where kernel_level_0 does. */
void arch_boot_text_unmap(void)
{
	for (const char *page = image_start; page < text_start; page += 1 << PAGE_SHIFT)
		kernel_level_0[(page - image_start) >> PAGE_SHIFT] = 0;
	__asm__ volatile("dsb nshst\n\ttlbi vmalle1\n\tdsb nsh\n\tisb" : : : "memory");
}

/* ---- ASIDs ---- */

unsigned arch_tag_bits(void)
{
	return READ_SYSTEM(tcr_el1) >> TCR_AS_SHIFT & 1 ? 16 : 8;
}

uint64_t arch_space_value(uint64_t root_physical, uint64_t tag)
{
	return root_physical | tag << TAG_SHIFT;
}

/* The kernel never uses a user address: ERET is synchronisation enough.  Tag 0, an empty table: nobody's space. */
void arch_space_activate(uint64_t value)
{
	if (!value)                               /* both tables lie in the image, which is contiguous */
		value = READ_SYSTEM(ttbr1_el1) + (uintptr_t)empty_root - (uintptr_t)kernel_root;
	if (READ_SYSTEM(ttbr0_el1) != value)
		WRITE_SYSTEM(ttbr0_el1, value);
}

/* ---- TLB ---- */

/* Also forgets what walks to this address remembered of the tables above. */
void arch_tlb_invalidate_page(uint64_t address, uint64_t tag)
{
	uint64_t what = tag << TAG_SHIFT | (address >> PAGE_SHIFT & TLBI_ADDRESS_MASK);

	__asm__ volatile("dsb nshst\n\ttlbi vae1, %0\n\tdsb nsh\n\tisb" : : "r"(what) : "memory");
}

void arch_tlb_invalidate_tag(uint64_t tag)
{
	__asm__ volatile("dsb nshst\n\ttlbi aside1, %0\n\tdsb nsh\n\tisb" : : "r"(tag << TAG_SHIFT) : "memory");
}

/* ---- caches ---- */

static uint64_t data_line(void)
{
	return (uint64_t)4 << (READ_SYSTEM(ctr_el0) >> 16 & 0xf);
}

void arch_cache_clean(const void *address, uint64_t bytes, bool invalidate)
{
	uint64_t line = data_line();
	uintptr_t start = (uintptr_t)address & ~(line - 1), end = (uintptr_t)address + bytes;

	for (uintptr_t at = start; at < end; at += line) {
		if (invalidate)
			__asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
		else
			__asm__ volatile("dc cvac, %0" : : "r"(at) : "memory");
	}
	__asm__ volatile("dsb sy" : : : "memory");
}

/* The whole instruction cache, for user space has the page at another address and the cache may be indexed by it. */
void arch_sync_instructions(const void *address, uint64_t bytes)
{
	uint64_t line = data_line();
	uintptr_t start = (uintptr_t)address & ~(line - 1), end = (uintptr_t)address + bytes;

	for (uintptr_t at = start; at < end; at += line)
		__asm__ volatile("dc cvau, %0" : : "r"(at) : "memory");
	__asm__ volatile("dsb ish\n\tic iallu\n\tdsb ish\n\tisb" : : : "memory");
}
