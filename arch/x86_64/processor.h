/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The processor's instructions and registers that C has no words for, and what boot found out about it.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Found by CPUID alone: an emulator may let a control bit be set that does nothing (QEMU with CR4.PCIDE). */
struct processor {
	bool gigabyte_pages, no_execute, global_pages, pcid, smep, smap, umip;
	char name[49];
	unsigned cache_line;                      /* bytes that clflush takes */
};
extern struct processor processor;
extern uint8_t processor_fsgsbase;                /* by itself, for entry.S: user space may change FS and GS base */

/* In this order: asks CPUID; switches on what was found, and loads descriptor tables and the system call entry; and, when
   the kernel's own page tables are loaded, switches on tags and global pages. */
void processor_detect(void);
void processor_init(void);
void processor_paging(void);

/* Where system calls arrive from now on. */
void processor_enter_at(void (*entry)(void));

/* Lets user programs read counters of the performance unit, if there is one that is known (counters.c); event:
 * what the third counts, as the processor numbers it, 0 for none. */
void counters_open(uint64_t event);

enum msr {
	MSR_APIC_BASE = 0x1b, MSR_SPEC_CTRL = 0x48, MSR_PRED_CMD = 0x49, MSR_ARCH_CAPABILITIES = 0x10a, MSR_SYSENTER_CS = 0x174,
	MSR_TSC_DEADLINE = 0x6e0, MSR_EFER = 0xc0000080, MSR_STAR = 0xc0000081,
	MSR_LSTAR = 0xc0000082, MSR_CSTAR = 0xc0000083, MSR_SFMASK = 0xc0000084,
};
enum { EFER_SCE = 1 << 0, EFER_NXE = 1 << 11, EFER_AIBRSE = 1 << 21 };
enum { SPEC_CTRL_IBRS = 1 << 0, PRED_CMD_IBPB = 1 << 0 };
enum { CR0_MP = 1 << 1, CR0_EM = 1 << 2, CR0_TS = 1 << 3, CR0_NE = 1 << 5, CR0_WP = 1 << 16 };
enum {
	CR4_MCE = 1 << 6, CR4_PGE = 1 << 7, CR4_PCE = 1 << 8, CR4_OSFXSR = 1 << 9, CR4_OSXMMEXCPT = 1 << 10, CR4_UMIP = 1 << 11,
	CR4_FSGSBASE = 1 << 16, CR4_PCIDE = 1 << 17, CR4_OSXSAVE = 1 << 18, CR4_SMEP = 1 << 20, CR4_SMAP = 1 << 21,
};

struct cpuid { uint32_t eax, ebx, ecx, edx; };

static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid result;

	__asm__ volatile("cpuid" : "=a"(result.eax), "=b"(result.ebx), "=c"(result.ecx), "=d"(result.edx)
			 : "a"(leaf), "c"(subleaf));
	return result;
}

static inline void msr_write(enum msr msr, uint64_t value)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}

static inline uint64_t msr_read(enum msr msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

#define CONTROL_REGISTER(name)                                                                  \
	static inline uint64_t name##_read(void)                                                \
	{                                                                                       \
		uint64_t value;                                                                 \
		__asm__ volatile("mov %%" #name ", %0" : "=r"(value) : : "memory");             \
		return value;                                                                   \
	}                                                                                       \
	static inline void name##_write(uint64_t value)                                         \
	{                                                                                       \
		__asm__ volatile("mov %0, %%" #name : : "r"(value) : "memory");                 \
	}
CONTROL_REGISTER(cr0)
CONTROL_REGISTER(cr3)
CONTROL_REGISTER(cr4)

static inline uint64_t cr2_read(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr2, %0" : "=r"(value));
	return value;
}

static inline void port_write(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t port_read(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline uint64_t time_stamp(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}
