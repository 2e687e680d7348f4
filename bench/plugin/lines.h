/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A set of 64-byte lines that is emptied in O(1), for counting the distinct lines of one passage.  It counts to
 * LINES_MAX and stays there.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { LINE_BITS = 6, SLOT_BITS = 14, LINES_SLOTS = 1 << SLOT_BITS, LINES_MAX = LINES_SLOTS / 2 };

struct lines {
	uint32_t count;
	uint32_t round;                           /* a slot is taken if it carries this number */
	uint64_t line[LINES_MAX];                 /* in the order in which they came */
	struct { uint64_t line; uint32_t round; } slot[LINES_SLOTS];
};

static inline void lines_clear(struct lines *lines)
{
	lines->count = 0;
	lines->round++;                           /* 2^32 passages take longer than anyone waits */
}

/* The slot that holds the line, or the empty one where it belongs; there always is one, LINES_MAX sees to it. */
static inline uint64_t lines_slot(const struct lines *lines, uint64_t line)
{
	uint64_t slot = line * 0x9e3779b97f4a7c15u >> (64 - SLOT_BITS);   /* Fibonacci hashing: neighbours spread */

	while (lines->slot[slot].round == lines->round && lines->slot[slot].line != line)
		slot = (slot + 1) % LINES_SLOTS;
	return slot;
}

static inline bool lines_has(const struct lines *lines, uint64_t line)
{
	return lines->slot[lines_slot(lines, line)].round == lines->round;
}

/* Adds every line that size bytes from address on touch. */
static inline void lines_add(struct lines *lines, uint64_t address, uint64_t size)
{
	uint64_t last = (address + size - 1) >> LINE_BITS;

	for (uint64_t line = address >> LINE_BITS; line <= last; line++) {
		uint64_t slot = lines_slot(lines, line);

		if (lines->slot[slot].round == lines->round || lines->count == LINES_MAX)
			continue;
		lines->slot[slot].line = line;
		lines->slot[slot].round = lines->round;
		lines->line[lines->count++] = line;
	}
}

/* How many distinct lines two sets have together. */
static inline uint32_t lines_together(const struct lines *a, const struct lines *b)
{
	uint32_t count = a->count;

	for (uint32_t i = 0; i < b->count; i++)
		count += !lines_has(a, b->line[i]);
	return count;
}
