/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Faults of user programs: the program stops, with a line on the console.  The kernel never does.
 */
#include "arch.h"
#include "sched.h"

static const char *const fault_name[] = {
	[FAULT_page] = "page fault", [FAULT_instruction] = "illegal instruction", [FAULT_alignment] = "alignment fault",
	[FAULT_fpu] = "use of the FPU", [FAULT_debug] = "debug exception", [FAULT_other] = "exception",
};

struct thread *kernel_fault(struct thread *current, struct fault fault)
{
	gate_set(current, GATE_OF(full));
	sched_enter(current);
	print("kernel: thread stopped: %s at pc %lx, address %lx, code %lx, sp %lx\n", fault_name[fault.kind], current->pc,
	      fault.address, fault.code, current->sp);
	current->fault_kind = fault.kind;
	current->fault_address = fault.address;
	current->fault_code = fault.code;
	thread_stop(current, GATE_OF(faulted));
	return sched_leave();
}
