/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An allocator of kernel objects whose memory and slots are used again: a buddy system whose blocks are untypeds, taken
 * from the program's pool.  (struct pool itself only ever gives; it is for what stays, or goes all at once.)
 */
#pragma once
#include "abi.h"

/* Makes an object of 2^size_bits bytes, its slot in *slot.  Errors: no_memory, also if OBJECTS_MAX are there. */
enum error object_make(enum object_kind kind, uint64_t size_bits, uint64_t *slot);

/* Destroys an object that object_make made, with all that is derived from it; not_bound if it made none in this slot. */
enum error object_free(uint64_t slot);

enum { OBJECTS_MAX = 512 };

/* How many bytes the allocator has taken from the pool, and how many of them no object has. */
uint64_t objects_taken(void);
uint64_t objects_unused(void);
