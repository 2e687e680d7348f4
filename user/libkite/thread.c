/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Making threads.
 */
#include "invocations.h"
#include "print.h"
#include "space.h"
#include "thread.h"

/* The page of buffer and block: the block lies behind the buffer. */
static void page_make(struct pool *from, uint64_t space, struct made_thread *made)
{
	struct { struct ipc_buffer buffer; struct thread_block block; } contents = { 0 };
	uint64_t block_address = made->page_address + (uint64_t)((char *)&contents.block - (char *)&contents);
	contents.block.self = (struct thread_block *)block_address;
	contents.block.buffer = (struct ipc_buffer *)made->page_address;
	made->page = space_add_page(from, space, made->page_address, MAP_read | MAP_write, &contents, sizeof contents);
}

struct made_thread thread_make(struct pool *from, uint64_t cnode, uint64_t space, uint64_t pc, uint64_t argument,
	uint64_t priority, unsigned kind)
{
	struct made_thread made = { 0 };
	made.stack_address = address_take(2);
	made.page_address = made.stack_address + PAGE_BYTES;
	page_make(from, space, &made);
	made.stack = space_add_page(from, space, made.stack_address, MAP_read | MAP_write, NULL, 0);
	made.thread = pool_make(from, OBJECT_thread, SIZE_BITS_thread);
	made.context = pool_make(from, OBJECT_sched_context, SIZE_BITS_sched_context);
	if (!(kind & THREAD_no_buffer))
		made.buffer = pool_copy(from, made.page);
	must(thread_configure(made.thread, cnode, space, made.buffer, 0));
	must(thread_set_priority(made.thread, priority));
	must(thread_write_registers(made.thread, pc, stack_start(made.page_address),
		made.page_address + sizeof(struct ipc_buffer), argument));
	if (!(kind & THREAD_passive))
		must(sched_context_bind(made.context, made.thread));
	return made;
}

struct made_thread thread_start(struct pool *from, uint64_t space, void (*function)(uint64_t argument), uint64_t argument,
	uint64_t priority, unsigned kind)
{
	struct made_thread made = thread_make(from, BOOT_SLOT_cnode, space, (uint64_t)function, argument, priority, kind);
	must(thread_resume(made.thread));
	return made;
}
