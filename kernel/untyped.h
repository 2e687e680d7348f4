/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Untyped memory, from which user space makes every object.  An untyped has one capability, never copied or moved: its
 * badge is the watermark, the offset below which memory is taken.  When its children are gone it starts again at 0.
 */
#pragma once
#include "capability.h"

enum {
	RETYPE_COUNT_MAX = 32,                    /* objects made by one invocation */
	CLEAR_BYTES = 4096,                       /* cleared in one step */
};

/* Whether objects of this kind have this size: exactly, or between the kind's minimum and maximum. */
bool untyped_size_ok(uint64_t kind, uint64_t size_bits);

/* Where count objects would end if the first of them started at the watermark, aligned; false: beyond the end. */
bool untyped_fits(uint64_t watermark, unsigned untyped_bits, unsigned size_bits, uint64_t count, uint64_t *start,
		  uint64_t *end);

/* Bytes from its start that are taken; 0 as soon as nothing made from it is left. */
uint64_t untyped_used(const struct capability *untyped);
