/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The floors (enum floor in abi.h): while one is on, every system call whose tag is not 0 is the floor, and nothing
 * else works.  The kernel allows it if its command line has the word kite.floors, as ./kite bench passes it.  An iteration of space_switch is one way: the partner's system call comes back, and counts too.
 */
#include "case.h"
#include "invocations.h"
#include "message.h"
#include "print.h"
#include "space.h"
#include "string.h"
#include "thread.h"

enum { PRIORITY = 101 };                  /* above the first thread, so that the partner waits before the floor begins */

static bool floors_allowed(const char *name)
{
	bool allowed = string_find(boot->command_line, "kite.floors") != NULL;
	if (!allowed)
		print("skip %s: the kernel's command line lacks kite.floors\n", name);
	return allowed;
}

static void floor_on(enum floor floor, uint64_t partner)
{
	struct message message = MESSAGE(0, floor, partner);
	must(ipc_operation(system_call_inline, SYS_debug_floor, 0, &message));
}

/* A system call with tag 0, made through the ordinary entry; this one fails. */
static void floor_off(void)
{
	struct message message = MESSAGE(0);
	must_be(ipc_call(BOOT_SLOT_null, &message) == ERR_no_cap);
}

static void trap_loop(uint64_t capability, uint64_t iterations)
{
	(void)capability;
	for (uint64_t i = 0; i < iterations; i++)
		system_null();
}

void bench_floor_trap(const char *name, const char *passages)
{
	if (!floors_allowed(name) || !case_begin(name, passages, "stub=inline"))
		return;
	floor_on(FLOOR_trap, 0);
	case_run(trap_loop, 0);
	floor_off();
	case_end();
}

/* Two iterations a turn: to the partner, and back. */
static void switch_loop(uint64_t capability, uint64_t iterations)
{
	(void)capability;
	for (uint64_t i = 0; i < iterations; i += 2)
		system_null();
}

static void partner(uint64_t endpoint)
{
	struct message message;
	ipc_recv(endpoint, &message);
	for (;;)
		system_null();
}

void bench_floor_space_switch(const char *name, const char *passages)
{
	if (!floors_allowed(name) || !case_begin(name, passages, "space=other stub=inline"))
		return;
	uint64_t endpoint = pool_make(&case_pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	struct made_thread other = thread_start(&case_pool, space_clone(&case_pool), partner, endpoint, PRIORITY, THREAD_active);
	floor_on(FLOOR_space_switch, other.thread);
	case_run(switch_loop, 0);
	floor_off();
	case_end();
}
