/* SPDX-License-Identifier: BSD-2-Clause -- the arithmetic of memory (kernel/untyped.c). */
#include "harness.h"
#include "untyped.c"
#include "sched_context.h"

/* Objects begin at or above the watermark, aligned, do not overlap, and end within the untyped; no byte too many is lost. */
void retype_fits(void)
{
	ANY(uint64_t, watermark);
	ANY(uint64_t, kind);
	ANY(uint64_t, size_bits);
	ANY(uint64_t, count);
	ANY(unsigned, untyped_bits);
	uint64_t start, end, size;

	ASSUME(untyped_bits >= SIZE_BITS_untyped_min && untyped_bits <= SIZE_BITS_untyped_max);
	ASSUME(watermark <= (uint64_t)1 << untyped_bits);
	ASSUME(untyped_size_ok(kind, size_bits));
	ASSUME(count >= 1 && count <= RETYPE_COUNT_MAX);
	size = (uint64_t)1 << size_bits;
	if (untyped_fits(watermark, untyped_bits, (unsigned)size_bits, count, &start, &end)) {
		HOLDS(start >= watermark && start - watermark < size);
		HOLDS((start & (size - 1)) == 0);
		HOLDS((end - start) >> size_bits == count && ((end - start) & (size - 1)) == 0);
		HOLDS(end <= (uint64_t)1 << untyped_bits);
	} else {
		uint64_t first = watermark + (size - (watermark & (size - 1))) % size;

		HOLDS(size_bits > untyped_bits || first + count * size > (uint64_t)1 << untyped_bits);
	}
	REACHED();
}

/* Every size that retype accepts holds the object's structure, and can be shifted by. */
void retype_sizes(void)
{
	ANY(uint64_t, kind);
	ANY(uint64_t, size_bits);

	ASSUME(untyped_size_ok(kind, size_bits));
	HOLDS(size_bits >= 6 && size_bits <= 47);
	HOLDS(kind > OBJECT_none && kind <= KIND_MASK);
	HOLDS(kind != OBJECT_thread || sizeof(struct thread) <= (size_t)1 << size_bits);
	HOLDS(kind != OBJECT_endpoint || sizeof(struct endpoint) <= (size_t)1 << size_bits);
	HOLDS(kind != OBJECT_notification || sizeof(struct notification) <= (size_t)1 << size_bits);
	HOLDS(kind != OBJECT_sched_context || sizeof(struct sched_context) <= (size_t)1 << size_bits);
	HOLDS(kind != OBJECT_reply || sizeof(struct reply) <= (size_t)1 << size_bits);
	HOLDS(kind != OBJECT_space || sizeof(struct space) <= (size_t)1 << size_bits);
	REACHED();
}
