/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A pager.  The kernel makes a page fault a call to the thread's fault handler; the pager maps memory where it is missing,
 * and its answer lets the thread try again.
 */
#include "invocations.h"
#include "print.h"
#include "space.h"
#include "thread.h"

enum { PAGES = 3, PRIORITY = 50 };

static uint64_t faults, finished;         /* endpoints */
static volatile uint64_t *memory;         /* PAGES of it, none there at first */

static void toucher(uint64_t unused)
{
	(void)unused;
	for (uint64_t i = 0; i < PAGES; i++)
		memory[i * PAGE_BYTES / sizeof *memory] = i + 1;
	struct message message = MESSAGE(1);
	must(ipc_call(finished, &message));
}

void program(void)
{
	struct message message;

	faults = pool_make(&pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	finished = pool_mint(&pool, faults, RIGHT_endpoint_send, 1);
	uint64_t start = address_take(PAGES);
	memory = (volatile uint64_t *)start;
	struct made_thread thread = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)toucher, 0, PRIORITY, THREAD_active);
	must(thread_set_fault_handler(thread.thread, faults));
	must(thread_resume(thread.thread));

	must(ipc_recv(faults, &message));
	while (tag_operation(message.tag) == OPERATION_fault && tag_label(message.tag) == FAULT_LABEL_page) {
		uint64_t address = message.word[FAULT_WORD_address] & ~(uint64_t)(PAGE_BYTES - 1);
		print("fault in page %lu: mapped\n", (address - start) / PAGE_BYTES);
		space_add_page(&pool, BOOT_SLOT_space, address, MAP_read | MAP_write, NULL, 0);
		message = MESSAGE(FAULT_ANSWER_retry);
		must(ipc_reply_recv(faults, &message));
	}
	for (uint64_t i = 0; i < PAGES; i++)
		print("page %lu holds %lu\n", i, memory[i * PAGE_BYTES / sizeof *memory]);
}
