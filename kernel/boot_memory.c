/* SPDX-License-Identifier: BSD-2-Clause -- memory while the kernel starts (boot_memory.h). */
#include "boot_memory.h"
#include "begin.h"

enum {
	PAGE = 4096,
	FREE_MAX = BOOT_MEMORY_MAX + BOOT_RESERVED_MAX,   /* each reserved range cuts at most one free one in two */
	SIZE_BITS_MIN = 12,                               /* smaller pieces are not worth a capability */
	ADDRESS_BITS = 47,
};

static struct range free_range[FREE_MAX];
static unsigned free_count;

static uint64_t up(uint64_t address, uint64_t size)   { return (address + size - 1) & ~(size - 1); }
static uint64_t down(uint64_t address, uint64_t size) { return address & ~(size - 1); }

static void add(uint64_t start, uint64_t end)
{
	if (start >= end)
		return;
	if (free_count == FREE_MAX)
		kernel_panic("the machine's memory is in too many pieces");
	free_range[free_count++] = (struct range){ start, end };
}

/* Takes a range out of all free ones, in pages. */
static void reserve(struct range taken)
{
	unsigned count = free_count;

	taken.start = down(taken.start, PAGE);
	taken.end = up(taken.end, PAGE);
	for (unsigned i = 0; i < count; i++) {
		struct range whole = free_range[i];

		if (taken.start >= whole.end || taken.end <= whole.start)
			continue;
		free_range[i] = (struct range){ whole.start, whole.start < taken.start ? taken.start : whole.start };
		if (taken.end < whole.end)
			add(taken.end, whole.end);
	}
}

void boot_memory_init(const struct boot_info *info)
{
	for (unsigned i = 0; i < info->memory_count; i++) {
		uint64_t end = info->memory[i].end < info->mapped_end ? info->memory[i].end : info->mapped_end;
		struct range range = { up(info->memory[i].start, PAGE), down(end, PAGE) };

		reserve(range);                              /* what was said twice is there once */
		add(range.start, range.end);
	}
	if (free_count == 0)
		kernel_panic("the machine described no memory");
	reserve((struct range){ 0, PAGE });                  /* physical page 0 stays unused: a NULL in physical terms */
	for (unsigned i = 0; i < info->reserved_count; i++)
		reserve(info->reserved[i]);
	if (info->archive.start < info->archive.end)
		reserve(info->archive);
}

static void clear(void *memory, uint64_t bytes)
{
	uint64_t *word = memory;

	for (uint64_t i = 0; i < bytes / sizeof(*word); i++)
		word[i] = 0;
}

void *boot_memory_take(unsigned size_bits)
{
	uint64_t size = (uint64_t)1 << size_bits;

	for (unsigned i = 0; i < free_count; i++) {
		uint64_t start = up(free_range[i].start, size), end = free_range[i].end;

		if (start >= end || end - start < size)
			continue;
		if (start == free_range[i].start) {
			free_range[i].start = start + size;
		} else {                                         /* what lies before, and what lies behind */
			free_range[i].end = start;
			add(start + size, end);
		}
		clear(arch_to_virtual(start), size);
		return arch_to_virtual(start);
	}
	kernel_panic("no memory for %lu bytes while starting", size);
}

/* The largest aligned power of two at the start of a range. */
static unsigned piece_bits(uint64_t start, uint64_t end)
{
	unsigned bits = SIZE_BITS_MIN;

	while (bits + 1 < ADDRESS_BITS && (start & (((uint64_t)1 << (bits + 1)) - 1)) == 0 &&
	       end - start >= (uint64_t)1 << (bits + 1))
		bits++;
	return bits;
}

static void give_range(struct range range, bool device, void (*give)(uint64_t, unsigned, bool))
{
	uint64_t start = up(range.start, PAGE), end = down(range.end, PAGE);

	while (start < end) {
		unsigned bits = piece_bits(start, end);

		give(start, bits, device);
		start += (uint64_t)1 << bits;
	}
}

/* A "device" in what is also said to be memory would be a way into the kernel's. */
static bool in_memory(const struct boot_info *info, const struct range *device)
{
	for (unsigned i = 0; i < info->memory_count; i++)
		if (device->start < up(info->memory[i].end, PAGE) && device->end > down(info->memory[i].start, PAGE))
			return true;
	return false;
}

void boot_memory_give_rest(const struct boot_info *info, void (*give)(uint64_t physical, unsigned size_bits, bool device))
{
	for (unsigned i = 0; i < free_count; i++)
		give_range(free_range[i], false, give);
	if (!boot_text_kept())
		give_range(info->boot_text, false, give);      /* the last: whoever took memory before runs in it */
	for (unsigned i = 0; i < info->device_count; i++)
		if (!in_memory(info, &info->device[i]))
			give_range(info->device[i], true, give);
}
