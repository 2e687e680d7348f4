/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Making tasks.
 */
#include "console.h"
#include "invocations.h"
#include "print.h"
#include "space.h"
#include "string.h"
#include "task.h"
#include "thread.h"

/* The boot page is built here before it is copied into a frame: too large for a thread's stack. */
static struct boot_page page;
_Static_assert(sizeof(struct boot_page) <= PAGE_BYTES, "the boot page is one page");

static void page_fill(const char *command_line, const struct made_thread *thread, uint64_t memory_bits, uint64_t slot_bits,
	bool has_console)
{
	page = *boot;
	if (has_console)
		page.console = (struct boot_console){ .kind = CONSOLE_server };
	page.slots = (uint64_t)1 << slot_bits;
	page.untyped_first = TASK_SLOT_untyped;
	page.untyped_count = 1;
	page.untyped[0] = (struct boot_untyped){ .size_bits = (uint32_t)memory_bits };
	page.first_free_slot = TASK_SLOT_untyped + 1;
	page.image_first = page.image_count = 0;
	page.archive_address = page.archive_bytes = 0;
	page.buffer_address = thread->page_address;
	size_t length = strlen(command_line);
	must_be(length < sizeof page.command_line);
	memcpy(page.command_line, command_line, length + 1);
}

static void slots_fill(const struct task *task, const struct made_thread *thread, uint64_t parent)
{
	const struct { uint64_t slot, capability; } gift[] = {
		{ BOOT_SLOT_cnode, task->cnode },       { BOOT_SLOT_space, task->space },
		{ BOOT_SLOT_thread, task->thread },     { BOOT_SLOT_sched_context, task->context },
		{ BOOT_SLOT_buffer, thread->page },     { TASK_SLOT_parent, parent },
	};
	for (size_t i = 0; i < sizeof gift / sizeof gift[0]; i++)
		must(cnode_copy(task->cnode, gift[i].slot, gift[i].capability, RIGHTS_all));
}

struct task task_make(struct pool *from, const void *file, size_t file_bytes, const char *command_line, uint64_t parent,
	uint64_t priority, uint64_t memory_bits, uint64_t slot_bits)
{
	struct task task;
	task.cnode = pool_make(from, OBJECT_cnode, slot_bits + SIZE_BITS_slot);
	task.space = pool_make(from, OBJECT_space, SIZE_BITS_space);
	uint64_t entry = space_load(from, task.space, file, file_bytes);
	uint64_t page_address = address_take(1);                       /* before the thread's: runtime.c, ADDRESS_FIRST */
	struct made_thread thread = thread_make(from, task.cnode, task.space, entry, page_address, priority, THREAD_active);
	task.thread = thread.thread;
	task.context = thread.context;
	page_fill(command_line, &thread, memory_bits, slot_bits, console_give(task.cnode));
	space_add_page(from, task.space, page_address, MAP_read, &page, sizeof page);
	slots_fill(&task, &thread, parent);
	/* Made where it belongs, for an untyped has one capability, which does not move; and last, for its alignment wastes. */
	must(untyped_retype(from->untyped, OBJECT_untyped, memory_bits, task.cnode, TASK_SLOT_untyped, 1));
	return task;
}
