/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every way to fault.  fault_make() does not return; if it does, it notes the fault as an event.
 */
#pragma once
#include <stdint.h>

enum fault {
	FAULT_null, FAULT_kernel_read, FAULT_kernel_write, FAULT_kernel_jump, FAULT_hole, FAULT_privileged, FAULT_illegal,
	FAULT_fpu, FAULT_breakpoint, FAULTS,
};

void fault_make(uint64_t fault);
