/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Exceptions and interrupts in kernel/'s terms.  entry.S has saved the full context of a trap from user space.
 */
#include "arch.h"
#include "processor.h"
#include "registers.h"
#include "thread.h"
#include "trap.h"

/* Intel SDM volume 3, table 6-1. */
enum vector {
	VECTOR_breakpoint = 3, VECTOR_invalid_opcode = 6, VECTOR_no_device = 7, VECTOR_double_fault = 8, VECTOR_page = 14,
	VECTOR_x87 = 16, VECTOR_alignment = 17, VECTOR_machine_check = 18, VECTOR_simd = 19, VECTOR_exceptions = 32,
};

static enum fault_kind kind_of(uint64_t vector)
{
	switch (vector) {
	case VECTOR_DEBUG:
	case VECTOR_breakpoint:     return FAULT_debug;
	case VECTOR_invalid_opcode: return FAULT_instruction;
	case VECTOR_no_device:
	case VECTOR_x87:
	case VECTOR_simd:           return FAULT_fpu;
	case VECTOR_page:           return FAULT_page;
	case VECTOR_alignment:      return FAULT_alignment;
	default:                    return FAULT_other;
	}
}

/*
 * The code that kernel/ and a handler see: the vector in the upper half, the processor's error code in the lower.
 */
struct thread *trap_from_user(struct thread *current, uint64_t vector, uint64_t error)
{
	struct fault fault = { .kind = kind_of(vector), .address = current->pc, .code = vector << 32 | error };

	if (vector >= VECTOR_exceptions)
		return kernel_interrupt(current);
	if (vector == VECTOR_no_device && kernel_fpu_trap(current))
		return current;
	if (vector == VECTOR_machine_check || vector == VECTOR_double_fault)
		kernel_panic("exception %lu: the machine is broken", vector);
	if (vector == VECTOR_page)
		fault.address = cr2_read();

	/*
	 * Some processors jump to a non-canonical address first and fault there.  Should the thread ever be resumed, iretq
	 * would fault in ring 0; on the first address that is never mapped it faults in user space.
	 */
	if (!arch_pc_ok(current->pc))
		current->pc = ARCH_USER_TOP;
	return kernel_fault(current, fault);
}

/* What entry.S has pushed, and the processor before it. */
struct kernel_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
	uint64_t vector, error, pc, cs, flags, sp, ss;
};

/* A mistake of the kernel.  A second one, while the first is being printed, only stops the machine. */
void trap_in_kernel(const struct kernel_frame *frame)
{
	static bool already;

	if (already)
		arch_halt(2);
	already = true;
	print("kernel: exception %lu in the kernel, error %lx, cr2 %lx, cr3 %lx\n", frame->vector, frame->error, cr2_read(),
	      cr3_read());
	print("kernel: pc  %016lx sp  %016lx flags %lx\n", frame->pc, frame->sp, frame->flags);
	print("kernel: rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", frame->rax, frame->rbx, frame->rcx, frame->rdx);
	print("kernel: rsi %016lx rdi %016lx rbp %016lx r8  %016lx\n", frame->rsi, frame->rdi, frame->rbp, frame->r8);
	print("kernel: r9  %016lx r10 %016lx r11 %016lx r12 %016lx\n", frame->r9, frame->r10, frame->r11, frame->r12);
	print("kernel: r13 %016lx r14 %016lx r15 %016lx\n", frame->r13, frame->r14, frame->r15);
	kernel_panic("exception %lu at pc %lx", frame->vector, frame->pc);
}
