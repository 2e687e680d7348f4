/* SPDX-License-Identifier: BSD-2-Clause -- what a trap would do with a thread's registers; there are no traps. */
#include "arch.h"
#include "host.h"
#include "thread.h"

enum { CALL_BYTES = 4 };                          /* of the imagined system call instruction */

void arch_registers_set(struct thread *thread, uint64_t pc, uint64_t sp, uint64_t tls, uint64_t argument)
{
	thread->registers = (struct registers){ .message = { argument } };
	thread->pc = pc;
	thread->sp = sp;
	thread->tls = tls;
}

uint64_t arch_registers_argument(const struct thread *thread) { return thread->registers.message[0]; }
void arch_registers_sanitise(struct thread *thread)            { thread->registers.other[0] &= HOST_FLAGS; }
bool arch_pc_ok(uint64_t pc)                                  { return pc < ARCH_USER_TOP; }

void arch_registers_restart(struct thread *thread)
{
	thread->pc -= CALL_BYTES;
	host.restarts++;
}

/* No test boots to the end. */
void resume(struct thread *thread)
{
	(void)thread;
	__builtin_trap();
}

void arch_floor(unsigned floor) { host.floor = floor; }
