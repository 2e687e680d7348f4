/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading an ELF file for this machine (System V ABI, ELF-64): as much as loading a static program needs.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct elf_segment {
	uint64_t address, memory_bytes;   /* where it goes */
	const char *data;                 /* what goes there; the rest is zero */
	uint64_t data_bytes;
	unsigned map_rights;              /* enum map_right */
};

enum { ELF_SEGMENTS_MAX = 16 };

struct elf {
	uint64_t entry;
	unsigned segments;
	struct elf_segment segment[ELF_SEGMENTS_MAX];
};

/* Reads and checks the headers of a file for this machine; on failure *why is a sentence. */
bool elf_read(const void *file, uint64_t bytes, struct elf *elf, const char **why);
