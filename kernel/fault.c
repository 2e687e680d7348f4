/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Faults of user programs: the thread calls its fault handler, whose answer lets it go on.  Without one it stops, with a
 * line on the console.  The kernel never does.
 */
#include "arch.h"
#include "explain.h"
#include "ipc.h"
#include "sched.h"
#include "trace.h"

static const char *const fault_name[] = {
#define FAULT(number, name, sentence) [number] = sentence,
#include "fault.def"
#undef FAULT
};

struct thread *kernel_fault(struct thread *current, struct fault fault)
{
	gate_set(current, GATE_OF(full));
	sched_enter(current);
	trace(TRACE_fault, fault.kind, fault.address);
	current->fault_kind = fault.kind;
	current->fault_address = fault.address;
	current->fault_code = fault.code;
	if (!ipc_fault(current)) {
		if (KITE_DEBUG && explains())
			print("kernel: thread stopped: %s at pc %lx, address %lx, code %lx, sp %lx\n", fault_name[fault.kind],
			      current->pc, fault.address, fault.code, current->sp);
		thread_stop(current, GATE_OF(faulted));
	}
	current = sched_leave();
	trace(TRACE_leave, (uintptr_t)current, current->pc);
	return current;
}
