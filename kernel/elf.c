/* SPDX-License-Identifier: BSD-2-Clause -- checking and reading ELF headers (elf.h). */
#include "elf.h"
#include "abi.h"
#include "arch.h"

struct file_header {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, program_offset, section_offset;
	uint32_t flags;
	uint16_t header_bytes, program_bytes, program_count, section_bytes, section_count, section_names;
};

struct program_header {
	uint32_t type, flags;
	uint64_t offset, address, physical, file_bytes, memory_bytes, align;
};


enum { CLASS_64 = 2, LITTLE_ENDIAN_DATA = 1, TYPE_EXECUTABLE = 2, SEGMENT_LOAD = 1 };
enum { FLAG_EXECUTE = 1, FLAG_WRITE = 2, FLAG_READ = 4, PAGE = 4096 };

/* An archive aligns its files to four bytes only, and a file its headers as it likes. */
static void copy(void *to, const char *from, uint64_t bytes)
{
	for (uint64_t i = 0; i < bytes; i++)
		((char *)to)[i] = from[i];
}

static unsigned map_rights(uint32_t flags)
{
	return (flags & FLAG_READ ? MAP_read : 0u) | (flags & FLAG_WRITE ? MAP_write : 0u) |
	       (flags & FLAG_EXECUTE ? MAP_execute : 0u);
}

static bool header_ok(const struct file_header *header, uint64_t bytes)
{
	return header->ident[0] == 0x7f && header->ident[1] == 'E' && header->ident[2] == 'L' &&
	       header->ident[3] == 'F' && header->ident[4] == CLASS_64 && header->ident[5] == LITTLE_ENDIAN_DATA &&
	       header->type == TYPE_EXECUTABLE && header->program_bytes == sizeof(struct program_header) &&
	       header->program_offset <= bytes &&
	       (uint64_t)header->program_count * sizeof(struct program_header) <= bytes - header->program_offset;
}

static bool segment_ok(const struct program_header *program, uint64_t bytes)
{
	return program->offset <= bytes && program->file_bytes <= bytes - program->offset &&
	       program->file_bytes <= program->memory_bytes && program->address >= PAGE && program->address < ARCH_USER_TOP - PAGE &&
	       program->memory_bytes <= ARCH_USER_TOP - PAGE - program->address;
}

bool elf_read(const void *file, uint64_t bytes, struct elf *elf, const char **why)
{
	struct file_header header;

	*why = "it is not an executable 64-bit ELF file, or is cut off";
	if (bytes < sizeof(header))
		return false;
	copy(&header, file, sizeof(header));
	if (!header_ok(&header, bytes))
		return false;
	*why = "it is for another processor";
	if (header.machine != ARCH_ELF_MACHINE)
		return false;
	*why = "its entry lies outside user space";
	if (!arch_pc_ok(header.entry))
		return false;
	elf->entry = header.entry;
	elf->segments = 0;
	for (unsigned i = 0; i < header.program_count; i++) {
		struct program_header program;

		copy(&program, (const char *)file + header.program_offset + i * sizeof(program), sizeof(program));
		if (program.type != SEGMENT_LOAD || program.memory_bytes == 0)
			continue;
		*why = "a segment lies outside the file or outside user space, or there are too many";
		if (elf->segments == ELF_SEGMENTS_MAX || !segment_ok(&program, bytes))
			return false;
		elf->segment[elf->segments++] = (struct elf_segment){
			.address = program.address, .memory_bytes = program.memory_bytes,
			.data = (const char *)file + program.offset, .data_bytes = program.file_bytes,
			.map_rights = map_rights(program.flags),
		};
	}
	*why = "it has nothing to load";
	return elf->segments != 0;
}
