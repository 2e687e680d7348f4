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

/* A segment register takes these without a fault in the kernel: nothing, and the two segments of user space. */
static uint64_t selector(uint64_t value)
{
	return value <= 3 || value == SELECTOR_USER_DATA || value == SELECTOR_USER_CODE ? value : 0;
}

void arch_registers_sanitise(struct thread *thread)
{
	uint64_t *other = thread->registers.other, selectors = 0;

	for (unsigned shift = 0; shift < 64; shift += 16)
		selectors |= selector(other[OTHER_SELECTORS] >> shift & 0xffff) << shift;
	other[OTHER_SELECTORS] = selectors;
	other[OTHER_FLAGS] = (other[OTHER_FLAGS] & FLAGS_CHANGEABLE) | FLAGS_USER;
	other[OTHER_GS_BASE] = canonical(other[OTHER_GS_BASE]);
	thread->tls = canonical(thread->tls);
}

uint64_t arch_registers_argument(const struct thread *thread)
{
	return thread->registers.badge;
}
