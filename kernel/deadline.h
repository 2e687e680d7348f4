/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Times in order: a leftist heap (Crane 1972), whose links are in what waits.  Insert and remove take at most
 * 2 * log2(n + 1) steps, whatever n is, and there is nothing to allocate.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct deadline {
	uint64_t time;
	struct deadline *left, *right, *up;       /* no later than this; up: the other way, NULL at the root */
	uint32_t rank;                            /* of the right spine, in nodes; left's is at least right's */
	uint32_t queued;                          /* 1: it is in a heap */
};

/* The root is the earliest, NULL if there is none. */
void deadline_insert(struct deadline **root, struct deadline *deadline, uint64_t time);
void deadline_remove(struct deadline **root, struct deadline *deadline);
