/* SPDX-License-Identifier: BSD-2-Clause -- saved registers as kernel/ sees them (arch.h). */
#include "thread.h"
#include "arch.h"
#include "trap.h"

enum { CALL_BYTES = 4 };                  /* of an ecall; it has no compressed form */

void arch_registers_set(struct thread *thread, uint64_t pc, uint64_t sp, uint64_t tls, uint64_t argument)
{
	thread->pc = pc;
	thread->sp = sp;
	thread->tls = tls;
	thread->registers.tag = 0;
	thread->registers.badge = 0;
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		thread->registers.message[i] = 0;
	for (unsigned i = 0; i < ARCH_OTHER_REGISTERS; i++)
		thread->registers.other[i] = 0;
	thread->registers.message[0] = argument;        /* a0 */
}

uint64_t arch_registers_argument(const struct thread *thread)
{
	return thread->registers.message[0];
}

/* All of them are the program's own; of sstatus nothing is saved. */
void arch_registers_sanitise(struct thread *thread)
{
	(void)thread;
}

/* sret takes any pc, and the fetch faults in user mode; but a user's pc has bit 63 clear, and sepc drops bit 0. */
bool arch_pc_ok(uint64_t pc)
{
	return pc < ARCH_USER_TOP && pc % 2 == 0;
}

void arch_registers_restart(struct thread *thread)
{
	thread->pc -= CALL_BYTES;
}

void arch_floor(unsigned floor)
{
	__asm__ volatile("csrw stvec, %0" : : "r"(floor == FLOOR_trap ? floor_trap : floor_space_switch));
}
