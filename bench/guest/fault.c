/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A page fault to a passive handler in another address space, whose answer lets the thread go on behind the access, so
 * that nothing is mapped and every iteration is the same.
 */
#include "case.h"
#include "invocations.h"
#include "message.h"
#include "space.h"
#include "thread.h"

enum { PRIORITY = 100 };

static void handler(uint64_t endpoint)
{
	struct message message;
	ipc_recv(endpoint, &message);
	for (;;) {
		message = MESSAGE(FAULT_ANSWER_move, message.word[FAULT_WORD_pc] + FAULT_TOUCH_BYTES, message.word[FAULT_WORD_sp]);
		ipc_reply_recv(endpoint, &message);
	}
}

static void touch_loop(uint64_t address, uint64_t iterations)
{
	for (uint64_t i = 0; i < iterations; i++)
		fault_touch(address);
}

void bench_fault_round_trip(const char *name, const char *passages)
{
	if (!case_begin(name, passages, "space=other"))
		return;
	uint64_t endpoint = pool_make(&case_pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	struct made_thread made = thread_start(&case_pool, space_clone(&case_pool), handler, endpoint, PRIORITY, THREAD_active);
	uint64_t address = address_take(1);
	must(thread_set_fault_handler(BOOT_SLOT_thread, endpoint));
	fault_touch(address);
	must(sched_context_unbind(made.context));
	case_run(touch_loop, address);
	must(thread_set_fault_handler(BOOT_SLOT_thread, 0));
	case_end();
}
