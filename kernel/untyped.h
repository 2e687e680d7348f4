/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Untyped memory.  Its state (watermark, how much is cleared) lives in its one capability: an untyped is neither copied
 * nor moved.  Its memory is aligned to its size.
 */
#pragma once
#include "capability.h"

enum {
	RETYPE_COUNT_MAX = 64,            /* objects made by one retype */
	RETYPE_CLEAR_MAX = 1 << 16,       /* bytes cleared between two preemption points */
};

/* The capability value of a whole untyped, for capability_insert at boot. */
struct capability untyped_value(uint64_t physical, unsigned size_bits, bool device);

/* Bytes from its start that are taken; 0 as soon as nothing made from it is left. */
uint64_t untyped_used(const struct capability *untyped);
