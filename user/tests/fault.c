/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every way to fault: those that are the same everywhere; machine_test.h has the instructions.
 */
#include "fault.h"
#include "machine_test.h"
#include "test.h"

static const uint64_t KERNEL_ADDRESS = 0xffffffff80200000;

void fault_make(uint64_t fault)
{
	switch ((enum fault)fault) {
	case FAULT_null:         *(volatile uint64_t *)(fault * 8) = 1; break;
	case FAULT_kernel_read:  (void)*(volatile uint64_t *)KERNEL_ADDRESS; break;
	case FAULT_kernel_write: *(volatile uint64_t *)KERNEL_ADDRESS = 1; break;
	case FAULT_kernel_jump:  ((void (*)(void))KERNEL_ADDRESS)(); break;
	case FAULT_hole:         (void)*(volatile uint64_t *)0x2345678000; break;
	case FAULT_privileged:   instruction_privileged(); break;
	case FAULT_illegal:      instruction_illegal(); break;
	case FAULT_fpu:          instruction_fpu(); break;
	case FAULT_breakpoint:   instruction_breakpoint(); break;
	case FAULTS:             break;
	}
	event(fault);
	park();
}
