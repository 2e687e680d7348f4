/* SPDX-License-Identifier: BSD-2-Clause -- what shares a word: tags, guards, pointers with a kind (abi/abi.h, kernel/capability.h). */
#include "harness.h"
#include "thread.h"

/* A tag's four fields come back as they were put, and any tag is its four fields. */
void tag_fields(void)
{
	ANY(uint64_t, operation);
	ANY(uint64_t, label);
	ANY(uint64_t, caps);
	ANY(uint64_t, length);
	ANY(uint64_t, tag);
	uint64_t made;

	ASSUME(operation <= TAG_OPERATION_MASK && caps <= TAG_CAPS_MASK && length <= TAG_LENGTH_MASK);
	ASSUME(label <= UINT64_MAX >> TAG_LABEL_SHIFT);
	made = tag_make(operation, label, caps, length);
	HOLDS(tag_operation(made) == operation && tag_label(made) == label && tag_caps(made) == caps && tag_length(made) == length);
	HOLDS(tag_make(tag_operation(tag), tag_label(tag), tag_caps(tag), tag_length(tag)) == tag);
	HOLDS(tag_caps(tag) <= MESSAGE_CAPS);
	REACHED();
}

/* A guard's two fields come back as they were put. */
void guard_fields(void)
{
	ANY(unsigned, bits);
	ANY(uint64_t, value);

	ASSUME(bits <= GUARD_BITS_MAX && value < (uint64_t)1 << bits);
	HOLDS(guard_bits(guard_make(bits, value)) == bits && guard_value(guard_make(bits, value)) == value);
	REACHED();
}

/* Of an aligned object's address and any kind, each comes back; and a thread's address alone means that it is awaited. */
void object_fields(void)
{
	static struct thread thread;
	static struct capability aligned[1] __attribute__((aligned(64)));
	struct capability slot = { 0 };
	ANY(unsigned, kind);

	ASSUME(kind >= 1 && kind <= KIND_MASK);
	slot.object = object_pack(aligned, (enum object_kind)kind);
	HOLDS(capability_object(&slot) == aligned && (unsigned)capability_kind(&slot) == kind && !capability_empty(&slot));
	thread.waits = waits_pack(aligned, kind);
	HOLDS(waits_kind(thread.waits) == kind && !thread_awaits_reply(&thread));
	thread.waits = waits_pack(&thread, WAITS_reply);
	HOLDS(thread_awaits_reply(&thread) && thread_callee(&thread) == &thread);
	REACHED();
}
