/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What an exception was, in kernel/'s terms.
 */
#include "arch.h"
#include "thread.h"
#include "trap.h"

/* Exception classes of ESR_EL1 (DDI 0487, D19.2.37), as far as they mean something to kernel/. */
enum exception_class {
	CLASS_unknown = 0x00, CLASS_wait = 0x01, CLASS_fpu = 0x07, CLASS_illegal_state = 0x0e, CLASS_system = 0x18,
	CLASS_sve = 0x19, CLASS_sme = 0x1d, CLASS_fetch = 0x20, CLASS_pc_alignment = 0x22, CLASS_access = 0x24,
	CLASS_sp_alignment = 0x26, CLASS_fpu_exception = 0x2c, CLASS_breakpoint = 0x30, CLASS_step = 0x32,
	CLASS_watchpoint = 0x34, CLASS_brk = 0x3c,
};

enum { STATUS_MASK = 0x3f, STATUS_ALIGNMENT = 0x21, STATUS_EXTERNAL = 0x10 };

/* An instruction or data abort: what kind, by its fault status code. */
static enum fault_kind abort_kind(uint64_t syndrome)
{
	uint64_t status = syndrome & STATUS_MASK;

	if (status == STATUS_ALIGNMENT)
		return FAULT_alignment;
	return status == STATUS_EXTERNAL ? FAULT_other : FAULT_page;
}

static enum fault_kind fault_kind(unsigned what, uint64_t syndrome)
{
	switch (what) {
	case CLASS_fetch: case CLASS_access:
		return abort_kind(syndrome);
	case CLASS_pc_alignment: case CLASS_sp_alignment:
		return FAULT_alignment;
	case CLASS_unknown: case CLASS_wait: case CLASS_system: case CLASS_illegal_state: case CLASS_sve: case CLASS_sme:
		return FAULT_instruction;
	case CLASS_fpu: case CLASS_fpu_exception:
		return FAULT_fpu;
	case CLASS_breakpoint: case CLASS_step: case CLASS_watchpoint: case CLASS_brk:
		return FAULT_debug;
	default:
		return FAULT_other;
	}
}

/* Only aborts, watchpoints and the pc's alignment leave an address in FAR_EL1. */
static bool has_address(unsigned what)
{
	return what == CLASS_fetch || what == CLASS_access || what == CLASS_pc_alignment || what == CLASS_watchpoint;
}

struct thread *trap_from_user(struct thread *current, unsigned what, uint64_t syndrome, uint64_t address)
{
	if (what == TRAP_INTERRUPT)
		return kernel_interrupt(current);
	if (what == CLASS_fpu && kernel_fpu_trap(current))
		return current;
	return kernel_fault(current, (struct fault){
		.kind = fault_kind(what, syndrome),
		.address = has_address(what) ? address : current->pc,
		.code = syndrome,
	});
}

/* The second time something is wrong with the console, the third with stopping the machine. */
void trap_from_kernel(const uint64_t word[KERNEL_TRAP_WORDS])
{
	static unsigned times;

	times++;
	if (times == 2)
		arch_halt(2);
	while (times > 2)
		__asm__ volatile("wfi");
	print("\nkernel trap: pc %016lx sp %016lx lr %016lx\n", word[32], word[31], word[30]);
	print("  spsr %016lx esr %016lx far %016lx\n", word[33], word[34], word[35]);
	for (unsigned i = 0; i < 30; i += 3)
		print("  x%u %016lx  x%u %016lx  x%u %016lx\n", i, word[i], i + 1, word[i + 1], i + 2, word[i + 2]);
	kernel_panic("exception class %lx in the kernel", word[34] >> 26);
}
