/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A small world for unit tests: memory full of rubbish, an untyped over it, and a first thread with a CSpace that makes
 * real system calls.  After each of them the invariant is checked (syscall.c).
 */
#pragma once
#include "arch.h"
#include "capability.h"
#include "host.h"
#include "test.h"
#include "thread.h"

enum world_slot {
	SLOT_none, SLOT_cnode, SLOT_untyped, SLOT_space, SLOT_thread, SLOT_context, SLOT_device,
	SLOT_free = 16,                           /* from here on empty */
	WORLD_SLOTS_BITS = 9, WORLD_SLOTS = 1 << WORLD_SLOTS_BITS,
	WORLD_BITS = 24,                          /* log2 of the untyped's bytes */
	WORLD_DEVICE_BITS = 16,
};

extern struct capability *world_slots;            /* of the root CNode */
extern struct thread *world_thread;
extern char *world_memory, *world_device;
enum { WORLD_RUBBISH = 0xa5 };                    /* what memory is full of */

/* Makes it; set host.tag_bits before. */
void world_init(void);

/* What a system call left in the registers of the thread that made it. */
struct answer {
	enum error error;
	uint64_t word[MESSAGE_REGISTERS];
};

/* Invokes a method, again and again while it restarts; the calling thread is the current one, and goes on. */
struct answer invoke_method(uint64_t address, uint64_t method, const uint64_t word[MESSAGE_REGISTERS]);
#define INVOKE(address, kind, method, ...) \
	invoke_method(address, METHOD_##kind##_##method, (const uint64_t[MESSAGE_REGISTERS]){ __VA_ARGS__ })
#define EXPECT(error_name, address, kind, method, ...) \
	EQUAL(INVOKE(address, kind, method, __VA_ARGS__).error, ERR_##error_name)

/* Makes one step of it: one entry into the kernel.  True: it is to be made again, with the arguments as they are now. */
bool invoke_step(uint64_t address, uint64_t method, uint64_t word[MESSAGE_REGISTERS], struct answer *answer);

/* Makes one object of a kind in a slot of the root CNode; untyped and CNode of 2^size_bits bytes, others ignore it. */
void *make(enum object_kind kind, uint64_t slot, unsigned size_bits);

/* Checks the invariant of all slots of a CNode. */
void check_slots(const struct capability *slots, uint64_t count);

/* A thread in a slot, with the world's CSpace and address space and no sched context, resumed. */
struct thread *make_thread(uint64_t slot, unsigned priority);

/* A system call by the current thread with the message that is in its registers; the thread that runs then. */
struct thread *system_call(uint64_t tag, uint64_t address);
