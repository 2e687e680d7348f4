/* SPDX-License-Identifier: BSD-2-Clause -- times in order (deadline.h). */
#include <stddef.h>
#include "deadline.h"

static uint32_t rank_of(const struct deadline *deadline)
{
	return deadline ? deadline->rank : 0;
}

/* Both children are right: makes this one so. */
static void restore(struct deadline *deadline)
{
	struct deadline *left = deadline->left;

	if (rank_of(left) < rank_of(deadline->right)) {
		deadline->left = deadline->right;
		deadline->right = left;
	}
	deadline->rank = rank_of(deadline->right) + 1;
}

/* Of two heaps, whose roots have nothing above, makes one: down both right spines, and back up. */
static struct deadline *merge(struct deadline *one, struct deadline *other)
{
	struct deadline *root = NULL, *last = NULL, *rest;

	while (one && other) {
		struct deadline *first = other->time < one->time ? other : one;

		if (first == other)
			other = one;
		if (last)
			last->right = first;
		else
			root = first;
		first->up = last;
		last = first;
		one = first->right;
	}
	rest = one ? one : other;
	if (rest)
		rest->up = last;
	if (!last)
		return rest;
	last->right = rest;
	for (; last; last = last->up)
		restore(last);
	return root;
}

void deadline_insert(struct deadline **root, struct deadline *deadline, uint64_t time)
{
	*deadline = (struct deadline){ .time = time, .rank = 1, .queued = 1 };
	*root = merge(*root, deadline);
}

void deadline_remove(struct deadline **root, struct deadline *deadline)
{
	struct deadline *up = deadline->up, *child;

	if (deadline->left)
		deadline->left->up = NULL;
	if (deadline->right)
		deadline->right->up = NULL;
	child = merge(deadline->left, deadline->right);
	if (child)
		child->up = up;
	if (!up)
		*root = child;
	else if (up->left == deadline)
		up->left = child;
	else
		up->right = child;
	deadline->queued = 0;
	for (uint32_t before = 0; up; up = up->up) {
		before = up->rank;
		restore(up);
		if (up->rank == before)
			return;
	}
}
