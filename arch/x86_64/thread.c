/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A thread's saved registers, as far as kernel/ changes them.
 */
#include "thread.h"
#include "arch.h"
#include "registers.h"

bool arch_pc_ok(uint64_t pc)
{
	return pc < ARCH_USER_TOP;
}

void arch_registers_restart(struct thread *thread)
{
	thread->pc -= 2;                          /* the length of the syscall instruction */
}

/* FS base must be canonical, or writing it faults in the kernel: bit 47 is repeated above. */
static uint64_t canonical(uint64_t address)
{
	return (uint64_t)((int64_t)(address << 16) >> 16);
}

void arch_registers_set(struct thread *thread, uint64_t pc, uint64_t sp, uint64_t tls, uint64_t argument)
{
	thread->registers = (struct registers){ .badge = argument };        /* rdi: the first argument in C, too */
	thread->registers.other[OTHER_FLAGS] = FLAGS_USER;
	thread->pc = pc;
	thread->sp = sp;
	thread->tls = canonical(tls);
	gate_set(thread, GATE_OF(full));
}

uint64_t arch_registers_argument(const struct thread *thread)
{
	return thread->registers.badge;
}
