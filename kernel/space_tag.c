/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Tags of address spaces.  A space gets one when a thread of it is about to run; when all are taken, another space
 * loses its, which is flushed, and gets a new one when it runs again.
 *
 * Threads cache their space's value, tag and all, for the fast paths.  Those that do ("fresh") are known by their space,
 * and few, so that taking a tag away is one bounded step: they get the gate bit stale, by which the fast paths leave
 * them to C, and sched_leave() renews them (thread_refresh).  Of a space with more threads than that, those that ran
 * longest ago are stale.
 */
#include "space.h"
#include "thread.h"

enum { TAGS_MAX = 4096, WORD_BITS = 64 };         /* more than this are not used */

/* Who has which tag; 0 is the kernel's.  Per machine: a lock, or a part for each core, when there are more. */
static struct space *owner[TAGS_MAX];
static uint64_t taken[TAGS_MAX / WORD_BITS] = { 1 };
static uint64_t count_max = TAGS_MAX;
static uint64_t hand;                             /* the tag that was taken away last */

static uint64_t tag_count(void)
{
	uint64_t count = (uint64_t)1 << arch_tag_bits();

	return count < count_max ? count : count_max;
}

void space_tags_limit(uint64_t spaces)
{
	if (spaces > 0 && spaces < TAGS_MAX)
		count_max = spaces + 1;
}

/* The first free tag; 0: none. */
static uint64_t tag_find(void)
{
	for (uint64_t word = 0; word * WORD_BITS < tag_count(); word++) {
		uint64_t tag;

		if (~taken[word] == 0)
			continue;
		tag = word * WORD_BITS + (uint64_t)__builtin_ctzll(~taken[word]);
		return tag < tag_count() ? tag : 0;
	}
	return 0;
}

static void make_stale(struct thread *thread)
{
	thread->space_object->fresh[thread->fresh] = NULL;
	thread->space = 0;
	gate_set(thread, GATE_OF(stale));
}

/* Flushed when it is certain that nothing is looked up under it any more: the space may be the loaded one. */
void space_tag_drop(struct space *space)
{
	for (unsigned i = 0; i < SPACE_FRESH_MAX; i++)
		if (space->fresh[i])
			make_stale(space->fresh[i]);
	arch_space_activate(0);
	if (space->value)
		arch_tlb_invalidate_tag(space->tag);
	if (space->tag) {
		taken[space->tag / WORD_BITS] &= ~((uint64_t)1 << space->tag % WORD_BITS);
		owner[space->tag] = NULL;
	}
	space->tag = 0;
	space->value = 0;
}

/* In turn, so that each space keeps its tag as long as any other. */
static void tag_take_away(void)
{
	hand = hand + 1 < tag_count() ? hand + 1 : 1;
	space_tag_drop(owner[hand]);
}

void space_tag_take(struct space *space)
{
	if (space->value)
		return;
	if (arch_tag_bits()) {
		if (!tag_find())
			tag_take_away();
		space->tag = tag_find();
		taken[space->tag / WORD_BITS] |= (uint64_t)1 << space->tag % WORD_BITS;
		owner[space->tag] = space;
	}
	space->value = arch_space_value(arch_to_physical(space->root), space->tag);
}

bool space_tag_ok(const struct space *space)
{
	return space->tag ? owner[space->tag] == space && space->value : arch_tag_bits() == 0 || !space->value;
}

void thread_refresh(struct thread *thread)
{
	struct space *space = thread->space_object;

	space_tag_take(space);
	if (space->fresh[space->fresh_next])
		make_stale(space->fresh[space->fresh_next]);
	space->fresh[space->fresh_next] = thread;
	thread->fresh = space->fresh_next;
	space->fresh_next = (space->fresh_next + 1) % SPACE_FRESH_MAX;
	thread->space = space->value;
	gate_clear(thread, GATE_OF(stale));
}

void thread_forget_space(struct thread *thread)
{
	if (!(thread->gate & GATE_OF(stale)))
		make_stale(thread);
	gate_clear(thread, GATE_OF(stale));
}

/* A space without a tag has nothing in the TLB. */
void space_tlb_invalidate_page(const struct space *space, uint64_t address)
{
	if (space->value)
		arch_tlb_invalidate_page(address, space->tag);
}

void space_tlb_invalidate(const struct space *space)
{
	if (space->value)
		arch_tlb_invalidate_tag(space->tag);
}
