/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which register carries what on riscv64.  System calls are made by ecall.  Preserved: pc, sp, tp.  All other registers,
 * gp and ra among them, return 0 when the address space has changed, and anything but a kernel value otherwise.
 */
#pragma once
#ifdef __ASSEMBLER__
#define ABI_M0    a0
#define ABI_M1    a1
#define ABI_M2    a2
#define ABI_M3    a3
#define ABI_M4    a4
#define ABI_M5    a5
#define ABI_M6    a6
#define ABI_M7    a7
#define ABI_BADGE t1              /* in: capability address; out: badge (0 in a reply) */
#define ABI_TAG   t2
#endif
