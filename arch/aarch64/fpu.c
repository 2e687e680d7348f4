/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The FPU is on or off by CPACR_EL1.FPEN (DDI 0487, D19.2.30); off, it traps at EL1 too, which finds a kernel that uses it.
 * ZEN and SMEN stay 0: SVE and SME are refused, and so nothing lies beyond q0 to q31.
 */
#include "arch.h"
#include "registers.h"

enum { FPEN = 3 << 20, FP_SHIFT = 16, FP_MASK = 15, FP_NONE = 15 };

BOOT_TEXT bool arch_fpu_init(void)
{
	arch_fpu_disable();
	return (READ_SYSTEM(id_aa64pfr0_el1) >> FP_SHIFT & FP_MASK) != FP_NONE;
}

/* The kernel itself goes on to load registers, hence the isb; user programs would do with the eret. */
void arch_fpu_enable(void)
{
	WRITE_SYSTEM(cpacr_el1, FPEN);
	__asm__ volatile("isb" : : : "memory");
}

void arch_fpu_disable(void)
{
	WRITE_SYSTEM(cpacr_el1, 0);
}

void arch_fpu_clear(void)
{
	static const uint64_t clean[ARCH_FPU_BYTES / sizeof(uint64_t)] __attribute__((aligned(16)));

	arch_fpu_load(clean);
}
