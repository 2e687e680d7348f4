/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Filling address spaces: mapping with the page tables that it takes, cloning the program, loading an ELF file.
 */
#pragma once
#include <stddef.h>
#include "runtime.h"

/* Maps a frame, making the page tables that are missing from memory of the pool. */
enum error space_map(struct pool *from, uint64_t space, uint64_t frame, uint64_t address, uint64_t rights);

/*
 * Opens a frame at a fixed window of this program's own space, through a copy of its capability; one at a time.  The
 * first time makes the window from the program's pool; window_make() does so at a time of the program's choice.
 */
void window_make(void);
void *frame_open(uint64_t frame);
void frame_close(void);

/* Makes a frame with these contents (the rest zero) and maps it; returns the frame's slot. */
uint64_t space_add_page(struct pool *from, uint64_t space, uint64_t address, uint64_t rights, const void *contents, size_t bytes);

/* A new address space in which the memory of this program's image is as it is here and now. */
uint64_t space_clone(struct pool *from);

/* Loads a static ELF file into a space and returns its entry address; dies on a file that is none. */
uint64_t space_load(struct pool *from, uint64_t space, const void *file, size_t bytes);

/* The file of that name in a cpio archive (newc) and its length, or NULL. */
const void *archive_find(const void *archive, size_t archive_bytes, const char *name, size_t *bytes);
