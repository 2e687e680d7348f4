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

/*
 * thread.read_all_registers: the words after the message, OTHER(index, register) for every register that is neither
 * message nor preserved by a system call.
 */
#define OTHER_REGISTERS(OTHER) \
	OTHER(0, ra)   OTHER(1, gp)   OTHER(2, t0)   OTHER(3, s0)   OTHER(4, s1)   OTHER(5, s2)   OTHER(6, s3) \
	OTHER(7, s4)   OTHER(8, s5)   OTHER(9, s6)   OTHER(10, s7)  OTHER(11, s8)  OTHER(12, s9)  OTHER(13, s10) \
	OTHER(14, s11) OTHER(15, t3)  OTHER(16, t4)  OTHER(17, t5)  OTHER(18, t6)

#define OTHER_T0 2
