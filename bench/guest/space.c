/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Mapping: one page, 4 KiB, into this address space, where all page tables are there, and out of it again.
 */
#include "case.h"
#include "invocations.h"
#include "message.h"
#include "space.h"

static uint64_t address;

static void map_loop(uint64_t frame, uint64_t iterations)
{
	for (uint64_t i = 0; i < iterations; i++) {
		struct message message = MESSAGE(METHOD_frame_map, BOOT_SLOT_space, address, MAP_read | MAP_write);
		ipc_call(frame, &message);
		message = MESSAGE(METHOD_frame_unmap);
		ipc_call(frame, &message);
	}
}

void bench_space_map(const char *name, const char *passages)
{
	if (!case_begin(name, passages, "space=same stub=inline"))
		return;
	uint64_t frame = pool_make(&case_pool, OBJECT_frame, SIZE_BITS_frame);
	address = address_take(1);
	must(space_map(&case_pool, BOOT_SLOT_space, frame, address, MAP_read | MAP_write));     /* makes the tables */
	must(frame_unmap(frame));
	case_run(map_loop, frame);
	must_be(frame_unmap(frame) == ERR_not_mapped);
	case_end();
}
