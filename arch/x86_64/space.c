/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Page tables (Intel SDM volume 3, chapter 4), tags and the TLB.
 *
 * With PCID, a tag lies in CR3's low 12 bits, and bit 63 of what is written says that nothing is to be flushed; without
 * it, each write of CR3 flushes all that is not global.  Tag 0 is the kernel's own address space's, too: it maps
 * nothing below, so it cannot collide.
 *
 * Where user programs are isolated (docs/mitigations.md), the kernel runs in its own address space always, and theirs have
 * no more of it than the trampoline.  It reads and writes their memory through the direct map alone, so it does not miss
 * theirs, and one root for each is enough.
 */
#include "tables.h"
#include <stddef.h>
#include "guard.h"
#include "loader.h"
#include "processor.h"
#include "trap.h"

enum {
	ENTRY_PRESENT = 1 << 0, ENTRY_WRITE = 1 << 1, ENTRY_USER = 1 << 2, ENTRY_THROUGH = 1 << 3, ENTRY_UNCACHED = 1 << 4,
	ENTRY_ACCESSED = 1 << 5, ENTRY_DIRTY = 1 << 6, ENTRY_LARGE = 1 << 7, ENTRY_GLOBAL = 1 << 8,
};
#define ENTRY_NO_EXECUTE ((uint64_t)1 << 63)
#define ENTRY_PHYSICAL   0x000ffffffffff000
#define CR3_KEEP         ((uint64_t)1 << 63)

enum { ENTRIES = 512, ENTRIES_BITS = 9, PAGE_BITS = 12, PAGE = 1 << PAGE_BITS, TAG_BITS = 12 };
#define LEVEL_BYTES(level) ((uint64_t)PAGE << (level) * ENTRIES_BITS)

extern const char kernel_start[], kernel_text_start[], kernel_text_end[], kernel_rodata_end[], kernel_end[];   /* kernel.ld */

static uint64_t kernel_root[ENTRIES] __attribute__((section(".bss.page"), aligned(4096)));
static uint64_t trampoline_root[ENTRIES] __attribute__((section(".bss.page"), aligned(4096)));

/* Physical address of something in the kernel's image, which arch_to_physical does not know. */
static uint64_t image_physical(const void *address)
{
	return (uint64_t)address - KERNEL_BASE;
}

/* ---- entries ---- */

uint64_t arch_entry_table(uint64_t physical)
{
	return physical | ENTRY_PRESENT | ENTRY_WRITE | ENTRY_USER | ENTRY_ACCESSED;
}

/* Accessed and dirty are set beforehand, so that the walker has nothing to write. */
uint64_t arch_entry_page(uint64_t physical, unsigned map_rights, unsigned level)
{
	uint64_t entry = physical | ENTRY_PRESENT | ENTRY_USER | ENTRY_ACCESSED | ENTRY_DIRTY | (level ? ENTRY_LARGE : 0);

	if (map_rights & MAP_write)
		entry |= ENTRY_WRITE;
	if (map_rights & MAP_uncached)
		entry |= ENTRY_UNCACHED | ENTRY_THROUGH;
	if (!(map_rights & MAP_execute) && processor.no_execute)
		entry |= ENTRY_NO_EXECUTE;
	return entry;
}

unsigned arch_page_level_max(void)
{
	return processor.gigabyte_pages ? 2 : 1;
}

bool arch_entry_present(uint64_t entry)
{
	return entry & ENTRY_PRESENT;
}

bool arch_entry_is_table(uint64_t entry, unsigned level)
{
	return level > 0 && arch_entry_present(entry) && !(entry & ENTRY_LARGE);
}

uint64_t arch_entry_physical(uint64_t entry)
{
	return entry & ENTRY_PHYSICAL;
}

/* One store: the walker reads entries whole, and keeps no memory of absent ones. */
void arch_entry_write(uint64_t *entry, uint64_t value)
{
	__atomic_store_n(entry, value, __ATOMIC_RELEASE);
}

static bool isolated(void)
{
	return mitigations_on & MITIGATION_BIT(isolation);
}

/* What a user program's root has of the kernel's. */
static const uint64_t *user_root(void)
{
	return isolated() ? trampoline_root : kernel_root;
}

/* Which entries of that are in use, for they are few: known once its tables are what they stay. */
static uint16_t kernel_entry[ENTRIES / 2];
static unsigned kernel_entries;

static void kernel_entries_find(void)
{
	for (unsigned i = ENTRIES / 2; i < ENTRIES; i++)
		if (user_root()[i])
			kernel_entry[kernel_entries++] = (uint16_t)i;
}

void arch_root_init(uint64_t *root)
{
	for (unsigned i = 0; i < kernel_entries; i++)
		root[kernel_entry[i]] = user_root()[kernel_entry[i]];
}

/* ---- tags ---- */

unsigned arch_tag_bits(void)
{
	return processor.pcid ? TAG_BITS : 0;
}

uint64_t arch_space_value(uint64_t root_physical, uint64_t tag)
{
	return processor.pcid ? root_physical | tag | CR3_KEEP : root_physical;
}

/* What an address space learnt of branches is forgotten before another one runs; the kernel's own does not count. */
static void forget_branches(uint64_t value)
{
	static uint64_t last;

	if (value == 0 || value == last)
		return;
	last = value;
	msr_write(MSR_PRED_CMD, PRED_CMD_IBPB);
}

/* CR3 reads without CR3_KEEP.  Where user programs are isolated the kernel stays in its own space, and guard.S loads theirs. */
void arch_space_activate(uint64_t value)
{
	if (__builtin_expect(mitigations_on, 0)) {
		if (mitigations_on & MITIGATION_BIT(branches))
			forget_branches(value);
		if (isolated())
			return;
	}
	if (value == 0)
		value = arch_space_value(image_physical(kernel_root), 0);
	if (cr3_read() != (value & ~CR3_KEEP))
		cr3_write(value);
}

enum invalidate { INVALIDATE_page = 0, INVALIDATE_tag = 1 };

static void invpcid(uint64_t kind, uint64_t tag, uint64_t address)
{
	struct { uint64_t tag, address; } what = { tag, address };

	__asm__ volatile("invpcid %0, %1" : : "m"(what), "r"(kind) : "memory");
}

/* Without tags, what the TLB holds is the loaded address space's; of another one there is nothing to invalidate. */
void arch_tlb_invalidate_page(uint64_t address, uint64_t tag)
{
	if (processor.pcid)
		invpcid(INVALIDATE_page, tag, address);
	else
		__asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

void arch_tlb_invalidate_tag(uint64_t tag)
{
	if (processor.pcid)
		invpcid(INVALIDATE_tag, tag, 0);
	else
		cr3_write(cr3_read());
}

/* For memory that is mapped uncached elsewhere, or read by a device that does not snoop; every clflush invalidates. */
void arch_cache_clean(const void *address, uint64_t bytes, bool invalidate)
{
	uint64_t line = processor.cache_line;
	uint64_t start = (uint64_t)address & ~(line - 1), end = (uint64_t)address + bytes;

	(void)invalidate;
	for (uint64_t at = start; at < end; at += line)
		__asm__ volatile("clflush (%0)" : : "r"(at) : "memory");
	__asm__ volatile("mfence" : : : "memory");
}

/* Instruction fetches see stores, by address in memory; the jump to user space serializes. */
void arch_sync_instructions(const void *address, uint64_t bytes)
{
	(void)address;
	(void)bytes;
}

/* ---- the kernel's own tables ---- */

static struct range taken;                        /* pages behind the image, for tables */

static const struct range *overlaps(const struct range *range, unsigned count, uint64_t page)
{
	for (unsigned i = 0; i < count; i++)
		if (page < range[i].end && page + PAGE > range[i].start)
			return &range[i];
	return NULL;
}

/* The next page behind the image that nothing else lies in; each turn passes one reserved range. */
static uint64_t take_page(const struct boot_info *info)
{
	const struct range *other;
	uint64_t page = taken.end;

	while ((other = overlaps(info->reserved, info->reserved_count, page)))
		page = (other->end + PAGE - 1) & ~(uint64_t)(PAGE - 1);
	taken.end = page + PAGE;
	for (unsigned i = 0; i < info->memory_count; i++)
		if (page >= info->memory[i].start && page + PAGE <= info->memory[i].end)
			return page;
	kernel_panic("no memory behind the kernel's image for page tables");
}

static uint64_t *take_table(const struct boot_info *info)
{
	uint64_t *table = arch_to_virtual(take_page(info));

	for (unsigned i = 0; i < ENTRIES; i++)
		table[i] = 0;
	return table;
}

/* Maps one page of a level, making the tables on the way; nothing, if a larger page is there already. */
static void map_under(uint64_t *table, const struct boot_info *info, uint64_t address, uint64_t physical, unsigned level,
		      uint64_t rights)
{
	uint64_t *entry;

	for (unsigned at = ARCH_TABLE_LEVELS - 1;; at--) {
		entry = &table[address / LEVEL_BYTES(at) % ENTRIES];
		if (at == level)
			break;
		if (!arch_entry_present(*entry))
			*entry = arch_to_physical(take_table(info)) | ENTRY_PRESENT | ENTRY_WRITE | ENTRY_ACCESSED;
		else if (!arch_entry_is_table(*entry, at))
			return;
		table = arch_to_virtual(arch_entry_physical(*entry));
	}
	if (!processor.no_execute)
		rights &= ~ENTRY_NO_EXECUTE;
	*entry = physical | rights | ENTRY_PRESENT | ENTRY_ACCESSED | ENTRY_DIRTY | (isolated() ? 0 : ENTRY_GLOBAL) |
		 (level ? ENTRY_LARGE : 0);
}

static void map(const struct boot_info *info, uint64_t address, uint64_t physical, unsigned level, uint64_t rights)
{
	map_under(kernel_root, info, address, physical, level, rights);
}

static void map_image(uint64_t *root, const struct boot_info *info, const char *start, const char *end, uint64_t rights)
{
	for (const char *page = start; page < end; page += PAGE)
		if (page != kernel_stack_guard)
			map_under(root, info, (uint64_t)page, image_physical(page), 0, rights);
}

/*
 * What is mapped of the kernel while an isolated user program runs: the text of the entries and exits, and what the
 * processor itself looks at when it traps.  Neither holds a secret, and no entry here is global, nor in the kernel's tables.
 */
BOOT_TEXT static void map_trampoline(const struct boot_info *info)
{
	map_image(trampoline_root, info, kernel_text_start, trampoline_end, 0);
	map_image(trampoline_root, info, trampoline_data, trampoline_data_end, ENTRY_WRITE | ENTRY_NO_EXECUTE);
	guard_root = arch_space_value(image_physical(kernel_root), 0);
}

/*
 * RAM in the largest pages there are, the image's too: writable here, executable only at KERNEL_BASE.  At its edges some
 * of what is beside it is mapped as well, whose cacheability the MTRRs know.
 */
static void map_memory(struct boot_info *info, struct range memory)
{
	uint64_t small = LEVEL_BYTES(1), large = LEVEL_BYTES(2), step;
	uint64_t end = (memory.end + small - 1) & ~(small - 1);

	for (uint64_t at = memory.start & ~(small - 1); at < end; at += step) {
		bool use_large = processor.gigabyte_pages && at % large == 0 && at + large <= end;

		step = use_large ? large : small;
		map(info, ARCH_DIRECT_BASE + at, at, use_large ? 2 : 1, ENTRY_WRITE | ENTRY_NO_EXECUTE);
	}
	if (info->mapped_end < end)
		info->mapped_end = end;
}

/* A few pages, all below one table. */
void arch_boot_text_unmap(void)
{
	uint64_t *table = kernel_root;

	for (unsigned level = ARCH_TABLE_LEVELS - 1; level > 0; level--)
		table = arch_to_virtual(arch_entry_physical(table[(uint64_t)kernel_start / LEVEL_BYTES(level) % ENTRIES]));
	for (const char *page = kernel_start; page < kernel_text_start; page += PAGE) {
		table[(uint64_t)page / PAGE % ENTRIES] = 0;
		__asm__ volatile("invlpg (%0)" : : "r"(page) : "memory");
	}
}

BOOT_TEXT void tables_init(struct boot_info *info, const uint64_t device[], unsigned devices)
{
	uint64_t end = image_physical(kernel_end);

	reserved_add(info, image_physical(kernel_start), end);
	info->boot_text = (struct range){ image_physical(kernel_start), image_physical(kernel_text_start) };
	taken = (struct range){ end, end };
	map_image(kernel_root, info, kernel_start, kernel_text_end, 0);
	map_image(kernel_root, info, kernel_text_end, kernel_rodata_end, ENTRY_NO_EXECUTE);
	map_image(kernel_root, info, kernel_rodata_end, kernel_end, ENTRY_WRITE | ENTRY_NO_EXECUTE);
	if (isolated())
		map_trampoline(info);
	for (unsigned i = 0; i < info->memory_count; i++)
		map_memory(info, info->memory[i]);
	for (unsigned i = 0; i < devices; i++) {
		uint64_t page = device[i] & ~(uint64_t)(PAGE - 1);

		map(info, ARCH_DIRECT_BASE + page, page, 0, ENTRY_WRITE | ENTRY_NO_EXECUTE | ENTRY_UNCACHED);
	}
	reserved_add(info, taken.start, taken.end);
	kernel_entries_find();
	cr3_write(image_physical(kernel_root));
}
