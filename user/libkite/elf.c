/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Loading ELF64 little-endian executables (Tool Interface Standard, ELF 1.2, and the System V ABI's 64-bit layout).
 * The file is trusted as far as this program trusts its archive: wrong numbers kill the loader, not the kernel.
 */
#include "print.h"
#include "space.h"
#include "string.h"

struct elf_header {
	unsigned char ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, program_offset, section_offset;
	uint32_t flags;
	uint16_t header_bytes, program_bytes, program_count, section_bytes, section_count, section_names;
};

struct elf_program {
	uint32_t type, flags;
	uint64_t offset, address, physical, file_bytes, memory_bytes, alignment;
};

enum { ELF_LOAD = 1, ELF_EXECUTE = 1, ELF_WRITE = 2, ELF_READ = 4 };

static uint64_t segment_rights(const struct elf_program *segment)
{
	return (segment->flags & ELF_READ ? MAP_read : 0) | (segment->flags & ELF_WRITE ? MAP_write : 0)
		| (segment->flags & ELF_EXECUTE ? MAP_execute : 0);
}

/* Segments are page aligned and share no page (program.ld). */
static void segment_load(struct pool *from, uint64_t space, const char *file, const struct elf_program *segment)
{
	must_be(segment->address % PAGE_BYTES == 0 && segment->file_bytes <= segment->memory_bytes);
	for (uint64_t done = 0; done < segment->memory_bytes; done += PAGE_BYTES) {
		uint64_t left = done < segment->file_bytes ? segment->file_bytes - done : 0;
		space_add_page(from, space, segment->address + done, segment_rights(segment),
			file + segment->offset + done, left < PAGE_BYTES ? left : PAGE_BYTES);
	}
}

uint64_t space_load(struct pool *from, uint64_t space, const void *file, size_t bytes)
{
	const struct elf_header *header = file;
	must_be(bytes >= sizeof *header && memcmp(header->ident, "\177ELF\2\1", 6) == 0);
	must_be(header->program_bytes == sizeof(struct elf_program));
	must_be(header->program_offset + header->program_count * sizeof(struct elf_program) <= bytes);
	const struct elf_program *segment = (const void *)((const char *)file + header->program_offset);
	for (unsigned i = 0; i < header->program_count; i++, segment++) {
		if (segment->type != ELF_LOAD)
			continue;
		must_be(segment->offset + segment->file_bytes <= bytes);
		segment_load(from, space, file, segment);
	}
	return header->entry;
}
