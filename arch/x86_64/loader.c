/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The two boot protocols (start.S).  PVH: Xen's public/arch-x86/hvm/start_info.h.  Multiboot2: its specification 2.0,
 * section 3.6.  The early page tables map 4 GiB, and both loaders put their structures there.
 */
#include "loader.h"

enum { MEMORY_RAM = 1 };                          /* the same number in both, from the BIOS's INT 15h, E820h */

static char command_line[COMMAND_LINE_MAX];

void memory_add(struct boot_info *info, uint64_t start, uint64_t end)
{
	if (start < end && info->memory_count < BOOT_MEMORY_MAX)
		info->memory[info->memory_count++] = (struct range){ start, end };
}

void reserved_add(struct boot_info *info, uint64_t start, uint64_t end)
{
	if (start >= end)
		return;
	if (info->reserved_count == BOOT_RESERVED_MAX)        /* leaving one out would give it away */
		kernel_panic("more than %d ranges of memory are reserved", BOOT_RESERVED_MAX);
	info->reserved[info->reserved_count++] = (struct range){ start, end };
}

static void command_line_set(struct boot_info *info, const char *from)
{
	unsigned length = 0;

	for (; from[length] && length + 1 < COMMAND_LINE_MAX; length++)
		command_line[length] = from[length];
	command_line[length] = '\0';
	info->command_line = command_line;
}

/* The first module is the archive. */
static void archive_set(struct boot_info *info, uint64_t start, uint64_t end)
{
	if (info->archive.end || start >= end)
		return;
	info->archive = (struct range){ start, end };
	reserved_add(info, start, end);
}

/* ---- PVH ---- */

struct pvh_start {
	uint32_t magic, version, flags, module_count;
	uint64_t modules, command_line, root_pointer;
	uint64_t memory_map;                      /* from version 1 on, like all that follows */
	uint32_t memory_count, reserved;
};
struct pvh_module { uint64_t start, bytes, command_line, reserved; };
struct pvh_memory { uint64_t start, bytes; uint32_t type, reserved; };

static uint64_t pvh_read(uint64_t information, struct boot_info *info)
{
	const struct pvh_start *start = arch_to_virtual(information);
	const struct pvh_module *module = arch_to_virtual(start->modules);
	const struct pvh_memory *memory = arch_to_virtual(start->memory_map);

	if (start->magic != LOADER_PVH || start->version < 1)
		kernel_panic("PVH start information %x, version %u: no memory map", start->magic, start->version);
	for (uint32_t i = 0; i < start->memory_count; i++)
		if (memory[i].type == MEMORY_RAM)
			memory_add(info, memory[i].start, memory[i].start + memory[i].bytes);
	if (start->module_count)
		archive_set(info, module->start, module->start + module->bytes);
	if (start->command_line)
		command_line_set(info, arch_to_virtual(start->command_line));
	return start->root_pointer;
}

/* ---- multiboot2 ---- */

enum multiboot2_kind {
	MULTIBOOT2_end = 0, MULTIBOOT2_command_line = 1, MULTIBOOT2_module = 3, MULTIBOOT2_memory = 6,
	MULTIBOOT2_acpi_old = 14, MULTIBOOT2_acpi_new = 15,
};
struct multiboot2_tag {
	uint32_t kind, bytes;
	union {
		char text[1];
		struct { uint32_t start, end; } module;
		struct { uint32_t entry_bytes, version; } memory;
	};
};
struct multiboot2_memory { uint64_t start, bytes; uint32_t type, reserved; };

enum { ROOT_POINTER_BYTES = 36 };
static char root_pointer[ROOT_POINTER_BYTES];     /* a copy, since the tag holds a copy too */

static void multiboot2_memory(const struct multiboot2_tag *tag, struct boot_info *info)
{
	const char *entry = (const char *)(&tag->memory + 1), *end = (const char *)tag + tag->bytes;

	if (tag->memory.entry_bytes < sizeof(struct multiboot2_memory))
		return;
	for (; entry + tag->memory.entry_bytes <= end; entry += tag->memory.entry_bytes) {
		const struct multiboot2_memory *memory = (const void *)entry;

		if (memory->type == MEMORY_RAM)
			memory_add(info, memory->start, memory->start + memory->bytes);
	}
}

static void multiboot2_root_pointer(const struct multiboot2_tag *tag)
{
	for (unsigned i = 0; i < ROOT_POINTER_BYTES && i + 8 < tag->bytes; i++)
		root_pointer[i] = tag->text[i];
}

static void multiboot2_tag(const struct multiboot2_tag *tag, struct boot_info *info)
{
	switch (tag->kind) {
	case MULTIBOOT2_command_line: command_line_set(info, tag->text); break;
	case MULTIBOOT2_module:       archive_set(info, tag->module.start, tag->module.end); break;
	case MULTIBOOT2_memory:       multiboot2_memory(tag, info); break;
	case MULTIBOOT2_acpi_old:
	case MULTIBOOT2_acpi_new:     multiboot2_root_pointer(tag); break;
	}
}

static uint64_t multiboot2_read(uint64_t information, struct boot_info *info)
{
	const char *position = arch_to_virtual(information), *end = position + *(const uint32_t *)position;

	for (position += 8; position + 8 <= end;) {
		const struct multiboot2_tag *tag = (const void *)position;

		if (tag->kind == MULTIBOOT2_end || tag->bytes < 8)
			break;
		multiboot2_tag(tag, info);
		position += (tag->bytes + 7) & ~7u;
	}
	return root_pointer[0] ? (uint64_t)root_pointer - KERNEL_BASE : 0;
}

uint64_t loader_read(uint64_t magic, uint64_t information, struct boot_info *info)
{
	switch (magic) {
	case LOADER_PVH:        return pvh_read(information, info);
	case LOADER_MULTIBOOT2: return multiboot2_read(information, info);
	default:                kernel_panic("no boot loader that the kernel knows: %lx", magic);
	}
}
