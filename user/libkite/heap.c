/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The heap: a list of unused pieces in order of address, first fit, neighbours joined (Kernighan and Ritchie, "The C
 * Programming Language", section 8.7).  Each piece begins with its size.
 */
#include "heap.h"
#include "invocations.h"
#include "space.h"

struct piece {
	size_t bytes;                     /* with this header */
	struct piece *next;               /* while it is unused */
};
enum { ALIGNMENT = 16 };
_Static_assert(sizeof(struct piece) == ALIGNMENT, "what follows the header is aligned");

static struct piece *unused;
static uint64_t first;
static size_t pages;

size_t heap_pages(void) { return pages; }

static void give(struct piece *piece)
{
	struct piece **link = &unused, *before = NULL;
	for (; *link && *link < piece; link = &(*link)->next)
		before = *link;
	piece->next = *link;
	*link = piece;
	if (piece->next && (char *)piece + piece->bytes == (char *)piece->next) {
		piece->bytes += piece->next->bytes;
		piece->next = piece->next->next;
	}
	if (before && (char *)before + before->bytes == (char *)piece) {
		before->bytes += piece->bytes;
		before->next = piece->next;
	}
}

/* One page more, where the last one ends; it is never given back, so it comes from the pool itself. */
static int grow(void)
{
	if (!first)
		first = address_take(HEAP_PAGES);
	uint64_t address = first + pages * PAGE_BYTES;
	if (pages == HEAP_PAGES || pool.slot == pool.slot_end)
		return 0;
	if (untyped_retype(pool.untyped, OBJECT_frame, SIZE_BITS_frame, BOOT_SLOT_cnode, pool.slot, 1))
		return 0;
	if (space_map(&pool, BOOT_SLOT_space, pool_slots(&pool, 1), address, MAP_read | MAP_write))
		return 0;
	pages++;
	struct piece *piece = (struct piece *)address;
	piece->bytes = PAGE_BYTES;
	give(piece);
	return 1;
}

static struct piece *take(size_t bytes)
{
	for (struct piece **link = &unused; *link; link = &(*link)->next) {
		struct piece *piece = *link;
		if (piece->bytes < bytes)
			continue;
		if (piece->bytes >= bytes + 2 * sizeof *piece) {         /* the end of it is enough */
			piece->bytes -= bytes;
			piece = (struct piece *)((char *)piece + piece->bytes);
			piece->bytes = bytes;
		} else {
			*link = piece->next;
		}
		return piece;
	}
	return NULL;
}

void *malloc(size_t bytes)
{
	if (bytes > (size_t)HEAP_PAGES * PAGE_BYTES - sizeof(struct piece))
		return NULL;
	size_t whole = (bytes + sizeof(struct piece) + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	struct piece *piece;
	while (!(piece = take(whole)))
		if (!grow())
			return NULL;
	return piece + 1;
}

void free(void *memory)
{
	if (memory)
		give((struct piece *)memory - 1);
}
