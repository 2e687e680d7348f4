/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which register carries what on aarch64.  System calls are made by svc #0.  Preserved: pc, sp, TPIDR_EL0.  All other
 * general registers, and the condition flags, return 0 when the address space has changed, and anything but a kernel
 * value otherwise.
 */
#pragma once
#ifdef __ASSEMBLER__
#define ABI_M0    x0
#define ABI_M1    x1
#define ABI_M2    x2
#define ABI_M3    x3
#define ABI_M4    x4
#define ABI_M5    x5
#define ABI_M6    x6
#define ABI_M7    x7
#define ABI_BADGE x8              /* in: capability address; out: badge (0 in a reply) */
#define ABI_TAG   x9
#endif

/* thread.read_all_registers: the words after the message are x10 to x30, then SPSR (the condition flags). */
#define OTHER_X10   0                       /* pairs: the kernel saves two at a time, and x30 with SPSR */
#define OTHER_X30   20
#define OTHER_SPSR  21
#define OTHER_COUNT 22
