/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The start of a program, its memory and its slots.
 */
#include "console.h"
#include "invocations.h"
#include "print.h"
#include "runtime.h"
#include "task.h"

const struct boot_page *boot;
struct pool pool;

/*
 * Far from what the kernel maps for the first task, and in every machine's user space (Sv39 has 2^38).  A task begins
 * behind what its parent mapped for it there, of which the IPC buffer is the last (task.c).
 */
static const uint64_t ADDRESS_FIRST = 0x2000000000;
static uint64_t address_next;

static void find_memory(void)
{
	uint64_t best = 0;
	for (uint64_t i = 0; i < boot->untyped_count; i++) {
		const struct boot_untyped *untyped = &boot->untyped[i];
		if (!untyped->device && untyped->size_bits > best) {
			best = untyped->size_bits;
			pool.untyped = boot->untyped_first + i;
		}
	}
	must_be(best > 0);
}

void start(const struct boot_page *page)
{
	boot = page;
	must_be(boot->magic == BOOT_MAGIC);
	pool.slot = boot->first_free_slot;
	pool.slot_end = boot->slots;
	address_next = boot->buffer_address > ADDRESS_FIRST ? boot->buffer_address + PAGE_BYTES : ADDRESS_FIRST;
	find_memory();
	console_init();
	program();
	if (boot->archive_bytes)                  /* the first task */
		system_halt(0);
	struct message message = MESSAGE(0);
	ipc_send(TASK_SLOT_parent, &message);
	for (;;)
		thread_suspend(BOOT_SLOT_thread);
}

uint64_t pool_slots(struct pool *from, uint64_t count)
{
	uint64_t first = from->slot;
	must_be(from->slot_end - first >= count);
	from->slot = first + count;
	return first;
}

uint64_t pool_make(struct pool *from, enum object_kind kind, uint64_t size_bits)
{
	uint64_t slot = pool_slots(from, 1);
	must(untyped_retype(from->untyped, kind, size_bits, BOOT_SLOT_cnode, slot, 1));
	return slot;
}

uint64_t pool_copy(struct pool *from, uint64_t capability)
{
	uint64_t slot = pool_slots(from, 1);
	must(cnode_copy(BOOT_SLOT_cnode, slot, capability, RIGHTS_all));
	return slot;
}

uint64_t pool_mint(struct pool *from, uint64_t capability, uint64_t rights, uint64_t badge)
{
	uint64_t slot = pool_slots(from, 1);
	must(cnode_mint(BOOT_SLOT_cnode, slot, capability, rights, badge));
	return slot;
}

uint64_t address_take(uint64_t pages)
{
	uint64_t first = address_next + PAGE_BYTES;
	address_next = first + pages * PAGE_BYTES;
	return first;
}
