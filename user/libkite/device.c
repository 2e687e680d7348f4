/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Memory of devices.  An untyped gives its memory in order, so what lies before the wanted page is taken as untypeds of
 * the greatest sizes that fit.
 */
#include "device.h"
#include "invocations.h"
#include "print.h"
#include "runtime.h"

static uint64_t used(uint64_t untyped)
{
	struct untyped_describe description;
	must(untyped_describe(untyped, &description));
	return description.used_bytes;
}

/* Takes an untyped from the start of what is left, no further than to this offset. */
static void skip(uint64_t untyped, uint64_t from, uint64_t to)
{
	unsigned bits = SIZE_BITS_frame;
	while (((uint64_t)2 << bits) <= to - from && from % ((uint64_t)2 << bits) == 0)
		bits++;
	must(untyped_retype(untyped, OBJECT_untyped, bits, BOOT_SLOT_cnode, pool_slots(&pool, 1), 1));
}

static uint64_t frame_at(uint64_t untyped, uint64_t offset)
{
	uint64_t from;
	while ((from = used(untyped)) < offset)
		skip(untyped, from, offset);
	if (from != offset)
		return 0;
	uint64_t slot = pool_slots(&pool, 1);
	must(untyped_retype(untyped, OBJECT_frame, SIZE_BITS_frame, BOOT_SLOT_cnode, slot, 1));
	return slot;
}

uint64_t device_frame(uint64_t physical)
{
	uint64_t page = physical & ~(uint64_t)(PAGE_BYTES - 1);
	for (uint64_t i = 0; i < boot->untyped_count; i++) {
		const struct boot_untyped *untyped = &boot->untyped[i];
		if (untyped->device && page >= untyped->physical && page - untyped->physical < (uint64_t)1 << untyped->size_bits)
			return frame_at(boot->untyped_first + i, page - untyped->physical);
	}
	return 0;
}

enum error device_claim_message(uint64_t irq_control, uint64_t slot, struct device_message *message)
{
	struct irq_control_describe lines;
	enum error error = irq_control_describe(irq_control, &lines);
	if (error != ERR_ok)
		return error;
	error = ERR_bound;
	for (uint64_t i = 0; i < lines.messages && error == ERR_bound; i++) {
		message->data = lines.lines + i + lines.message_data;
		error = irq_control_claim(irq_control, lines.lines + i, IRQ_TRIGGER_edge, BOOT_SLOT_cnode, slot);
	}
	message->address = lines.message_address;
	return error;
}

uint64_t device_unused(void)
{
	for (uint64_t i = 0; i < boot->untyped_count; i++)
		if (boot->untyped[i].device && boot->untyped[i].size_bits >= SIZE_BITS_frame && used(boot->untyped_first + i) == 0)
			return boot->untyped_first + i;
	return 0;
}
