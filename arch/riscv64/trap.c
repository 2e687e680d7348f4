/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Traps other than system calls, in kernel/'s terms (Privileged Architecture 1.12, table 4.2).
 */
#include "arch.h"
#include "thread.h"
#include "trap.h"

#define CAUSE_INTERRUPT ((uint64_t)1 << 63)

enum cause {
	FETCH_MISALIGNED, FETCH_ACCESS, ILLEGAL_INSTRUCTION, BREAKPOINT, LOAD_MISALIGNED, LOAD_ACCESS, STORE_MISALIGNED,
	STORE_ACCESS, USER_CALL, KERNEL_CALL, FETCH_PAGE = 12, LOAD_PAGE, STORE_PAGE = 15,
};

/* Whether an illegal instruction is one of the F or D extension, which FS = Off makes illegal; not of V: VS is always off. */
static bool uses_fpu(uint64_t instruction)
{
	uint64_t opcode = instruction & 0x7f, compressed = instruction & 0xe003;

	if ((instruction & 3) != 3)     /* c.fld, c.fsd, c.fldsp, c.fsdsp */
		return compressed == 0x2000 || compressed == 0xa000 || compressed == 0x2002 || compressed == 0xa002;
	if (opcode == 0x73) {           /* fflags, frm, fcsr */
		uint64_t number = instruction >> 20 & 0xfff;

		return (instruction >> 12 & 3) != 0 && number >= 1 && number <= 3;
	}
	if (opcode == 0x07 || opcode == 0x27) {   /* loads and stores: widths 1 to 4 are scalars', the others vectors' */
		uint64_t width = instruction >> 12 & 7;

		return width >= 1 && width <= 4;
	}
	return opcode >= 0x43 && opcode <= 0x53;
}

static struct fault describe(const struct thread *thread, uint64_t cause, uint64_t value)
{
	switch (cause) {
	case FETCH_PAGE: case LOAD_PAGE: case STORE_PAGE:
	case FETCH_ACCESS: case LOAD_ACCESS: case STORE_ACCESS:
		return (struct fault){ .kind = FAULT_page, .address = value, .code = cause };
	case FETCH_MISALIGNED: case LOAD_MISALIGNED: case STORE_MISALIGNED:
		return (struct fault){ .kind = FAULT_alignment, .address = value, .code = cause };
	case ILLEGAL_INSTRUCTION:
		return (struct fault){ .kind = uses_fpu(value) ? FAULT_fpu : FAULT_instruction, .address = thread->pc,
				       .code = cause };
	case BREAKPOINT:
		return (struct fault){ .kind = FAULT_debug, .address = thread->pc, .code = cause };
	default:
		return (struct fault){ .kind = FAULT_other, .address = thread->pc, .code = cause };
	}
}

struct thread *trap_from_user(struct thread *current, uint64_t cause, uint64_t value)
{
	if (cause & CAUSE_INTERRUPT)
		return kernel_interrupt(current);
	/* Some machines do not say which instruction it was (0): it may have been one of the FPU's. */
	if (cause == ILLEGAL_INSTRUCTION && (value == 0 || uses_fpu(value)) && kernel_fpu_trap(current))
		return current;
	return kernel_fault(current, describe(current, cause, value));
}

void trap_report(const uint64_t registers[32], uint64_t cause, uint64_t value)
{
	static const char *const name[32] = {
		"pc", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
		"a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
	};

	print("\n");
	for (unsigned i = 0; i < 32; i++)
		print("%s %016lx%s", name[i], registers[i], i % 4 == 3 ? "\n" : "  ");
	kernel_panic("trap in the kernel: scause %lx, stval %lx", cause, value);
}
