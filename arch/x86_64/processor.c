/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What boot asks the processor, and how it sets it up: control registers, descriptor tables, the system call entry.
 */
#include "processor.h"
#include "arch.h"
#include "core.h"
#include "guard.h"
#include "registers.h"
#include "trap.h"
#include "weakness.h"

struct processor processor;
uint8_t processor_fsgsbase;

/* The entry for system calls: what LSTAR holds, unless a floor stands in for it. */
uint64_t processor_entry;

/* ---- what there is (Intel SDM volume 2, CPUID) ---- */

static bool bit(uint32_t word, unsigned index)
{
	return word >> index & 1;
}

/* The processor's own name: 48 characters of twelve words. */
static void read_name(uint32_t leaves)
{
	uint32_t *word = (uint32_t *)processor.name;

	if (leaves < 0x80000004)
		return;
	for (uint32_t leaf = 0; leaf < 3; leaf++) {
		struct cpuid part = cpuid(0x80000002 + leaf, 0);

		*word++ = part.eax;
		*word++ = part.ebx;
		*word++ = part.ecx;
		*word++ = part.edx;
	}
}

BOOT_TEXT void processor_detect(void)
{
	uint32_t basic_leaves = cpuid(0, 0).eax, extended_leaves = cpuid(0x80000000, 0).eax;
	struct cpuid basic = cpuid(1, 0), extended = cpuid(0x80000001, 0), features = { 0 };

	if (basic_leaves >= 7)
		features = cpuid(7, 0);
	processor_fsgsbase = bit(features.ebx, 0);
	processor = (struct processor){
		.gigabyte_pages = bit(extended.edx, 26),
		.no_execute = bit(extended.edx, 20),
		.global_pages = bit(basic.edx, 13),
		.pcid = bit(basic.ecx, 17) && bit(features.ebx, 10),  /* and INVPCID, to empty a tag that is used again */
		.smep = bit(features.ebx, 7),
		.smap = bit(features.ebx, 20),
		.umip = bit(features.ecx, 2),
		.cache_line = (basic.ebx >> 8 & 0xff) * 8,       /* clflush belongs to x86_64 */
	};
	read_name(extended_leaves);
}

BOOT_TEXT void weakness_read(struct processor_words *words)
{
	struct cpuid vendor = cpuid(0, 0), basic = cpuid(1, 0);
	uint32_t extended_leaves = cpuid(0x80000000, 0).eax;
	const uint32_t name[3] = { vendor.ebx, vendor.edx, vendor.ecx };

	*words = (struct processor_words){
		.family = (basic.eax >> 8 & 15) + ((basic.eax >> 8 & 15) == 15 ? basic.eax >> 20 & 0xff : 0),
		.model = (basic.eax >> 4 & 15) | (basic.eax >> 12 & 0xf0),
		.features_edx = vendor.eax >= 7 ? cpuid(7, 0).edx : 0,
		.extended_ebx = extended_leaves >= 0x80000008 ? cpuid(0x80000008, 0).ebx : 0,
		.automatic_eax = extended_leaves >= 0x80000021 ? cpuid(0x80000021, 0).eax : 0,
	};
	for (unsigned i = 0; i < 12; i++)
		words->vendor[i] = (char)(name[i / 4] >> i % 4 * 8);
	if (bit(words->features_edx, 29))
		words->capabilities = msr_read(MSR_ARCH_CAPABILITIES);
}

/* ---- descriptor tables ---- */

struct descriptor_pointer { uint16_t limit; uint64_t base; } __attribute__((packed));

/* Intel SDM volume 3, section 7.7: the 64-bit task state segment. */
struct task_state {
	uint32_t reserved0;
	uint64_t stack[3];
	uint64_t reserved1;
	uint64_t interrupt_stack[7];
	uint64_t reserved2;
	uint16_t reserved3, io_map;
} __attribute__((packed));

struct gate {
	uint16_t offset_low, selector;
	uint8_t interrupt_stack, type;
	uint16_t offset_middle;
	uint32_t offset_high, reserved;
};
_Static_assert(sizeof(struct gate) == 16, "as the processor reads it");

enum { GATE_INTERRUPT = 0x8e, GATE_INTERRUPT_USER = 0xee, TASK_AVAILABLE = 0x89 };
enum { VECTORS = 256, BREAKPOINT = 3, DOUBLE_FAULT = 8, MACHINE_CHECK = 18 };

/* Which exceptions may interrupt which: those with a stack of their own can come while another is being handled. */
enum interrupt_stack { STACK_ordinary = 1, STACK_nmi, STACK_debug, STACK_double_fault, STACK_machine_check, STACK_end };
enum { INTERRUPT_STACK_BYTES = 4096 };

/* The processor looks at these before any instruction of the kernel, so they are mapped with isolated user programs, too. */
static uint64_t segment[8] TRAMPOLINE_DATA;
static struct task_state task TRAMPOLINE_DATA;
static struct gate gate[VECTORS] TRAMPOLINE_DATA;
static char interrupt_stack[STACK_end][INTERRUPT_STACK_BYTES] TRAMPOLINE_DATA __attribute__((aligned(16)));

static enum interrupt_stack stack_of(unsigned vector)
{
	switch (vector) {
	case VECTOR_NMI:    return STACK_nmi;
	case VECTOR_DEBUG:  return STACK_debug;
	case DOUBLE_FAULT:  return STACK_double_fault;
	case MACHINE_CHECK: return STACK_machine_check;
	default:            return STACK_ordinary;
	}
}

static void load_segments(void)
{
	struct descriptor_pointer pointer = { sizeof(segment) - 1, (uint64_t)segment };
	uint64_t base = (uint64_t)&task;

	for (unsigned i = 1; i < STACK_end; i++)
		task.interrupt_stack[i - 1] = (uint64_t)interrupt_stack[i] + INTERRUPT_STACK_BYTES;
	task.stack[0] = (uint64_t)kernel_stack_top;     /* never used: every gate has a stack in the table above */
	task.io_map = sizeof(task);                     /* beyond the limit: user space has no ports */

	segment[SELECTOR_KERNEL_CODE / 8] = 0x00209b0000000000;
	segment[SELECTOR_KERNEL_DATA / 8] = 0x0000930000000000;
	segment[SELECTOR_USER_DATA / 8] = 0x0000f30000000000;
	segment[SELECTOR_USER_CODE / 8] = 0x0020fb0000000000;
	segment[SELECTOR_TASK / 8] = (sizeof(task) - 1) | (base & 0xffffff) << 16 | (uint64_t)TASK_AVAILABLE << 40 |
				     (base >> 24 & 0xff) << 56;
	segment[SELECTOR_TASK / 8 + 1] = base >> 32;
	__asm__ volatile("lgdt %0" : : "m"(pointer));
	__asm__ volatile("ltr %w0" : : "r"(SELECTOR_TASK));
	__asm__ volatile("mov %0, %%ss" : : "r"(SELECTOR_KERNEL_DATA));
	__asm__ volatile("lldt %w0" : : "r"(0));
}

static void load_gates(void)
{
	struct descriptor_pointer pointer = { sizeof(gate) - 1, (uint64_t)gate };

	for (unsigned vector = 0; vector < VECTORS; vector++) {
		uint64_t stub = (uint64_t)trap_stubs[vector];

		gate[vector] = (struct gate){
			.offset_low = (uint16_t)stub, .offset_middle = (uint16_t)(stub >> 16), .offset_high = stub >> 32,
			.selector = SELECTOR_KERNEL_CODE, .interrupt_stack = stack_of(vector),
			.type = vector == BREAKPOINT ? GATE_INTERRUPT_USER : GATE_INTERRUPT,
		};
	}
	__asm__ volatile("lidt %0" : : "m"(pointer));
}

/* ---- system calls ---- */

BOOT_TEXT void processor_enter_at(void (*entry)(void))
{
	processor_entry = (uint64_t)entry;
	msr_write(MSR_LSTAR, processor_entry);
}

static void set_entry(void)
{
	msr_write(MSR_STAR, (uint64_t)SELECTOR_SYSRET << 48 | (uint64_t)SELECTOR_KERNEL_CODE << 32);
	processor_enter_at(processor_fsgsbase ? syscall_entry : syscall_entry_plain);
	msr_write(MSR_CSTAR, 0);                        /* no 32-bit code segment, so nobody gets there */
	msr_write(MSR_SFMASK, FLAGS_MASK);
	msr_write(MSR_SYSENTER_CS, 0);                  /* sysenter is an exception */
}

/* Without FSGSBASE a floor for switching would have to use what the ordinary entry cannot, so there is none. */
void arch_floor(unsigned floor)
{
	bool isolated = mitigations_on & MITIGATION_BIT(isolation);

	if (floor == FLOOR_trap)
		msr_write(MSR_LSTAR, (uint64_t)(isolated ? guard_floor_trap : floor_trap));
	if (floor == FLOOR_space_switch && processor_fsgsbase)
		msr_write(MSR_LSTAR, (uint64_t)(isolated ? guard_floor_space_switch : floor_space_switch));
}

/* ---- the rest ---- */

/* The two 8259: vectors of their own, everything masked.  The firmware leaves its timer ticking. */
static void mask_legacy_interrupts(void)
{
	static const uint8_t command[2][4] = { { 0x11, 0x20, 4, 1 }, { 0x11, 0x28, 2, 1 } };   /* ICW 1 to 4 */

	for (unsigned chip = 0; chip < 2; chip++) {
		uint16_t port = chip ? 0xa0 : 0x20;

		port_write(port, command[chip][0]);
		for (unsigned i = 1; i < 4; i++)
			port_write(port + 1, command[chip][i]);
		port_write(port + 1, 0xff);
	}
}

/*
 * SSE is switched on and the FPU off (TS), so that every user of either gets #NM, which says "FPU", and not #UD.
 */
static void set_control_registers(void)
{
	uint64_t cr4 = cr4_read() | CR4_MCE | CR4_OSFXSR | CR4_OSXMMEXCPT;

	cr4 |= (processor_fsgsbase ? CR4_FSGSBASE : 0) | (processor.smep ? CR4_SMEP : 0) | (processor.smap ? CR4_SMAP : 0) |
	       (processor.umip ? CR4_UMIP : 0);
	cr4_write(cr4);
	cr0_write((cr0_read() & ~(uint64_t)CR0_EM) | CR0_WP | CR0_NE | CR0_MP | CR0_TS);
	msr_write(MSR_EFER, msr_read(MSR_EFER) | EFER_SCE | (processor.no_execute ? EFER_NXE : 0));
}

BOOT_TEXT void processor_init(void)
{
	load_segments();
	load_gates();
	set_control_registers();
	set_entry();
	mask_legacy_interrupts();
}

/* PCIDE may only be set while CR3's tag is 0 (Intel SDM volume 3, section 4.10.1): space.c has loaded the kernel's. */
BOOT_TEXT void processor_paging(void)
{
	cr4_write(cr4_read() | (processor.global_pages ? CR4_PGE : 0) | (processor.pcid ? CR4_PCIDE : 0));
}
