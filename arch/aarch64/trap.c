/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What an exception was, in kernel/'s terms; what entry.S needs of C; and the registers of a thread (arch.h).
 */
#include "arch.h"
#include "thread.h"

/* Exception classes of ESR_EL1 (DDI 0487, D19.2.37), as far as they mean something to kernel/. */
enum exception_class {
	CLASS_unknown = 0x00, CLASS_wait = 0x01, CLASS_fpu = 0x07, CLASS_illegal_state = 0x0e, CLASS_system = 0x18,
	CLASS_sve = 0x19, CLASS_sme = 0x1d, CLASS_fetch = 0x20, CLASS_pc_alignment = 0x22, CLASS_access = 0x24,
	CLASS_sp_alignment = 0x26, CLASS_fpu_exception = 0x2c, CLASS_breakpoint = 0x30, CLASS_step = 0x32,
	CLASS_watchpoint = 0x34, CLASS_brk = 0x3c,
};

enum { STATUS_MASK = 0x3f, STATUS_ALIGNMENT = 0x21, STATUS_EXTERNAL = 0x10 };

/* The entry's other side (entry.S). */
struct thread *trap_from_user(struct thread *current, unsigned what, uint64_t syndrome, uint64_t address);
_Noreturn void trap_from_kernel(const uint64_t word[KERNEL_TRAP_WORDS]);

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
	case CLASS_unknown: case CLASS_wait: case CLASS_system: case CLASS_illegal_state:
		return FAULT_instruction;
	case CLASS_fpu: case CLASS_sve: case CLASS_sme: case CLASS_fpu_exception:
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

/* ---- the registers of a thread ---- */

void arch_registers_set(struct thread *thread, uint64_t pc, uint64_t sp, uint64_t tls, uint64_t argument)
{
	thread->pc = pc;
	thread->sp = sp;
	thread->tls = tls;
	thread->registers = (struct registers){ .message = { argument } };      /* SPSR 0: EL0, interrupts on */
	gate_set(thread, GATE_OF(full));
}

uint64_t arch_registers_argument(const struct thread *thread)
{
	return thread->registers.message[0];
}

/* ERET takes any pc and faults in user space; but a profiler tells kernel from user by the address. */
bool arch_pc_ok(uint64_t pc)
{
	return pc < ARCH_USER_TOP;
}

void arch_registers_restart(struct thread *thread)
{
	thread->pc -= 4;
}

/* ---- floors ---- */

void arch_floor(unsigned floor)
{
	extern char vectors_trap[], vectors_space_switch[];

	WRITE_SYSTEM(vbar_el1, (uintptr_t)(floor == FLOOR_trap ? vectors_trap : vectors_space_switch));
}
