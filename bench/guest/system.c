/* SPDX-License-Identifier: BSD-2-Clause
 *
 * System calls that involve nobody else: the null system call, and one that fails.
 */
#include "case.h"
#include "message.h"

static void null_loop(uint64_t capability, uint64_t iterations)
{
	(void)capability;
	for (uint64_t i = 0; i < iterations; i++)
		system_null();
}

void bench_system_null(const char *name, const char *passages)
{
	if (!case_begin(name, passages, "stub=inline"))
		return;
	case_run(null_loop, 0);
	case_end();
}

static void send_loop(uint64_t capability, uint64_t iterations)
{
	for (uint64_t i = 0; i < iterations; i++) {
		struct message message = MESSAGE(0);
		ipc_send(capability, &message);
	}
}

void bench_error_empty_slot(const char *name, const char *passages)
{
	if (!case_begin(name, passages, "stub=inline"))
		return;
	uint64_t empty = boot->slots - 1;
	struct message message = MESSAGE(0);
	must_be(ipc_send(empty, &message) == ERR_no_cap);
	case_run(send_loop, empty);
	case_end();
}
