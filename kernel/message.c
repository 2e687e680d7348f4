/* SPDX-License-Identifier: BSD-2-Clause -- checking and moving messages (message.h). */
#include "message.h"

enum error message_check(const struct thread *from, bool may_grant)
{
	uint64_t tag = from->registers.tag, length = tag_length(tag), caps = tag_caps(tag);

	if (length > MESSAGE_EXTRA)
		return ERR_bad_length;
	if ((length || caps) && !from->buffer)
		return ERR_no_buffer;
	if (caps && !may_grant)
		return ERR_no_right;
	for (unsigned i = 0; i < caps; i++) {           /* caps <= MESSAGE_CAPS by the width of its field */
		const struct capability *slot = cspace_lookup(from, from->buffer->cap[i]);

		if (!slot || capability_empty(slot))
			return ERR_no_cap;
	}
	return ERR_ok;
}

/* Copies one capability into the receiver's CSpace; false if it cannot arrive. */
static bool move_capability(struct thread *from, struct thread *to, unsigned i)
{
	struct capability *source = cspace_lookup(from, from->buffer->cap[i]);
	uint64_t address = to->buffer->receive_slot[i];
	struct capability *slot = address ? cspace_lookup(to, address) : NULL;

	if (!source || capability_empty(source) || !slot || !capability_empty(slot))
		return false;
	return capability_derive(slot, source, source->rights, capability_badge(source)) == ERR_ok;
}

/* What lies in the buffers; the tag of what arrived. */
static uint64_t move_buffer(struct thread *from, struct thread *to, uint64_t tag)
{
	uint64_t caps = 0, length = tag_length(tag);

	tag &= ~(uint64_t)(TAG_LENGTH_MASK | TAG_CAPS_MASK << TAG_CAPS_SHIFT);
	if (!from->buffer || !to->buffer)               /* from's may have gone while it was queued */
		return tag;
	if (length > MESSAGE_EXTRA)                     /* checked by message_check; bounds the loop all the same */
		length = MESSAGE_EXTRA;
	for (uint64_t i = 0; i < length; i++)
		to->buffer->word[i] = from->buffer->word[i];
	while (caps < tag_caps(from->registers.tag) && move_capability(from, to, (unsigned)caps))
		caps++;
	return tag | caps << TAG_CAPS_SHIFT | length;
}

void message_move(struct thread *from, struct thread *to, uint64_t badge)
{
	uint64_t tag = from->registers.tag;

	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		to->registers.message[i] = from->registers.message[i];
	to->registers.badge = badge;
	to->registers.tag = tag_length(tag) || tag_caps(tag) ? move_buffer(from, to, tag) : tag;
}
