/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The FPU is on or off by sstatus.FS (Privileged Architecture 1.12, 3.1.6.6).  On is "dirty" at once: whose registers are
 * worth saving is known by who owns them.  VS stays off, so that a vector instruction is an illegal one.
 */
#include "arch.h"
#include "fdt.h"
#include "trap.h"
#include <stddef.h>

static bool found;

BOOT_TEXT void fpu_found(const struct fdt *fdt, uint64_t hart)
{
	int cpu = NO_NODE;
	const char *isa;

	do
		cpu = fdt_find_type(fdt, cpu, "cpu");
	while (cpu != NO_NODE && fdt_number(fdt, cpu, "reg", ~(uint64_t)0) != hart);
	isa = fdt_string(fdt, cpu, "riscv,isa");
	found = fdt_has_string(fdt, cpu, "riscv,isa-extensions", "d");
	/* "rv64imafdc_zicsr": single letters, of which g stands for imafd, up to the first underscore or multi-letter name. */
	for (isa = isa && isa[0] == 'r' && isa[1] == 'v' ? isa + 4 : NULL; isa && *isa && *isa != '_' && *isa != 'z'; isa++)
		found |= *isa == 'd' || *isa == 'g';
}

BOOT_TEXT bool arch_fpu_init(void)
{
	uint64_t status;

	arch_fpu_enable();
	__asm__ volatile("csrr %0, sstatus" : "=r"(status));
	arch_fpu_disable();
	return found && (status & SSTATUS_FS) == SSTATUS_FS;      /* hardwired to 0 where there is none */
}

void arch_fpu_enable(void)
{
	__asm__ volatile("csrs sstatus, %0" : : "r"(SSTATUS_FS) : "memory");
}

void arch_fpu_disable(void)
{
	__asm__ volatile("csrc sstatus, %0" : : "r"(SSTATUS_FS) : "memory");
}

void arch_fpu_clear(void)
{
	static const uint64_t clean[ARCH_FPU_BYTES / sizeof(uint64_t)];

	arch_fpu_load(clean);
}
