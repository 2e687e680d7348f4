/* SPDX-License-Identifier: BSD-2-Clause -- saved registers as kernel/ sees them (arch.h). */
#include "thread.h"
#include "arch.h"
#include "trap.h"

enum { CALL_BYTES = 4 };                  /* of an svc */

/* SPSR 0: user mode, interrupts on. */
void arch_registers_set(struct thread *thread, uint64_t pc, uint64_t sp, uint64_t tls, uint64_t argument)
{
	thread->pc = pc;
	thread->sp = sp;
	thread->tls = tls;
	thread->registers = (struct registers){ .message = { argument } };
	gate_set(thread, GATE_OF(full));
}

uint64_t arch_registers_argument(const struct thread *thread)
{
	return thread->registers.message[0];
}

/* User mode, interrupts on, whatever else was written; only the condition flags (N, Z, C, V) are the program's. */
void arch_registers_sanitise(struct thread *thread)
{
	thread->registers.other[OTHER_SPSR] &= (uint64_t)0xf << 28;
}

/* eret takes any pc, and the fetch faults in user mode; but a profiler tells kernel from user by bit 63. */
bool arch_pc_ok(uint64_t pc)
{
	return pc < ARCH_USER_TOP;
}

void arch_registers_restart(struct thread *thread)
{
	thread->pc -= CALL_BYTES;
}

void arch_floor(unsigned floor)
{
	WRITE_SYSTEM(vbar_el1, (uintptr_t)(floor == FLOOR_trap ? vectors_trap : vectors_space_switch));
}
