/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sv39 page tables, ASIDs and the TLB (Privileged Architecture 1.12, chapters 4.1.11, 4.2.1 and 4.4).
 *
 * Memory attributes are the machine's (PMA): without Svpbmt an entry cannot ask for uncached memory, and devices are
 * uncached by what they are.
 */
#include "arch.h"
#include "memory.h"

enum { PAGE_BITS = 12, ENTRY_SHIFT = 10, ROOT_ENTRIES = 512, ROOT_KERNEL = 256, GIGABYTE_BITS = 30 };

static unsigned tag_bits;

static uint64_t satp_read(void)
{
	uint64_t value;

	__asm__ volatile("csrr %0, satp" : "=r"(value));
	return value;
}

static void satp_write(uint64_t value)
{
	__asm__ volatile("csrw satp, %0" : : "r"(value) : "memory");
}

static void flush_all(void)
{
	__asm__ volatile("sfence.vma" : : : "memory");
}

static uint64_t image_to_physical(const void *address)
{
	return (uint64_t)(uintptr_t)address - KERNEL_BASE + image_physical;
}

/* ---- entries ---- */

uint64_t arch_entry_table(uint64_t physical)
{
	return physical >> PAGE_BITS << ENTRY_SHIFT | PTE_VALID;
}

/* Writable without readable is a reserved encoding, so that writable pages are readable. */
uint64_t arch_entry_page(uint64_t physical, unsigned map_rights, unsigned level)
{
	uint64_t entry = arch_entry_table(physical) | PTE_USER | PTE_ACCESSED | PTE_DIRTY;

	(void)level;                              /* what may be read is a leaf, wherever it stands */
	if (map_rights & (MAP_read | MAP_write))
		entry |= PTE_READ;
	if (map_rights & MAP_write)
		entry |= PTE_WRITE;
	if (map_rights & MAP_execute)
		entry |= PTE_EXECUTE;
	return entry;
}

unsigned arch_page_level_max(void)
{
	return 2;
}

bool arch_entry_present(uint64_t entry)
{
	return (entry & PTE_VALID) != 0;
}

bool arch_entry_is_table(uint64_t entry, unsigned level)
{
	return level > 0 && (entry & (PTE_VALID | PTE_READ | PTE_WRITE | PTE_EXECUTE)) == PTE_VALID;
}

uint64_t arch_entry_physical(uint64_t entry)
{
	return (entry >> ENTRY_SHIFT & (((uint64_t)1 << 44) - 1)) << PAGE_BITS;
}

/* Invalid entries may be cached too (4.2.1), hence the fence; without an address, since the entry does not know its. */
void arch_entry_write(uint64_t *entry, uint64_t value)
{
	*(volatile uint64_t *)entry = value;
	flush_all();
}

/* Which entries of the kernel's root are in use, for they are few: known once the direct map is what it stays. */
static uint16_t kernel_entry[ROOT_ENTRIES - ROOT_KERNEL];
static unsigned kernel_entries;

static void kernel_entries_find(void)
{
	for (unsigned i = ROOT_KERNEL; i < ROOT_ENTRIES; i++)
		if (table_root[i])
			kernel_entry[kernel_entries++] = (uint16_t)i;
}

void arch_root_init(uint64_t *root)
{
	for (unsigned i = 0; i < kernel_entries; i++)
		root[kernel_entry[i]] = table_root[kernel_entry[i]];
}

void arch_boot_text_unmap(void)
{
	for (const char *page = image_start; page < text_start; page += 1 << PAGE_BITS)
		table_image_low[(page - image_start) >> PAGE_BITS] = 0;
	flush_all();
}

/* ---- tags ---- */

BOOT_TEXT void tags_probe(unsigned limit)
{
	uint64_t loaded = satp_read(), ones = ((uint64_t)1 << SATP_ASID_BITS) - 1, held;

	satp_write(loaded | ones << SATP_ASID_SHIFT);
	held = satp_read() >> SATP_ASID_SHIFT & ones;
	satp_write(loaded);
	flush_all();
	tag_bits = (unsigned)__builtin_popcountll(held);
	if (tag_bits > limit)
		tag_bits = limit;
}

unsigned arch_tag_bits(void)
{
	return tag_bits;
}

uint64_t arch_space_value(uint64_t root_physical, uint64_t tag)
{
	return (uint64_t)SATP_SV39 << SATP_MODE_SHIFT | tag << SATP_ASID_SHIFT | root_physical >> PAGE_BITS;
}

/* The kernel's own space has tag 0, as all have where there are no tags. */
void arch_space_activate(uint64_t value)
{
	if (value == 0)
		value = arch_space_value(image_to_physical(table_root), 0);
	if (satp_read() == value)
		return;
	satp_write(value);
	if (tag_bits == 0)
		flush_all();
}

void arch_tlb_invalidate_page(uint64_t address, uint64_t tag)
{
	if (tag_bits == 0)
		__asm__ volatile("sfence.vma %0, zero" : : "r"(address) : "memory");
	else
		__asm__ volatile("sfence.vma %0, %1" : : "r"(address), "r"(tag) : "memory");
}

void arch_tlb_invalidate_tag(uint64_t tag)
{
	if (tag_bits == 0)
		flush_all();
	else
		__asm__ volatile("sfence.vma zero, %0" : : "r"(tag) : "memory");
}

/*
 * Without Zicbom, of which firmware must let the kernel have its part, there is no such instruction: such machines'
 * devices look into the cache, or their memory is uncached by what it is.
 */
void arch_cache_clean(const void *address, uint64_t bytes, bool invalidate)
{
	(void)address, (void)bytes, (void)invalidate;
	__asm__ volatile("fence iorw, iorw" : : : "memory");
}

void arch_sync_instructions(const void *address, uint64_t bytes)
{
	(void)address, (void)bytes;
	__asm__ volatile("fence.i" : : : "memory");     /* knows no address */
}

/* ---- the direct map ---- */

static bool gigabyte_used(const struct boot_info *info, uint64_t start, uint64_t console, uint64_t controller)
{
	uint64_t end = start + ((uint64_t)1 << GIGABYTE_BITS);

	for (unsigned i = 0; i < info->memory_count; i++)
		if (info->memory[i].start < end && start < info->memory[i].end)
			return true;
	return (console >= start && console < end) || (controller >= start && controller < end);
}

/* What is not mapped cannot be speculated into. */
BOOT_TEXT void direct_map_trim(const struct boot_info *info, uint64_t console, uint64_t controller)
{
	unsigned last = ROOT_KERNEL + (unsigned)((KERNEL_BASE - ARCH_DIRECT_BASE) >> GIGABYTE_BITS);

	for (unsigned i = ROOT_KERNEL; i < last; i++)
		if (!gigabyte_used(info, (uint64_t)(i - ROOT_KERNEL) << GIGABYTE_BITS, console, controller))
			table_root[i] = 0;
	kernel_entries_find();
	flush_all();
}
