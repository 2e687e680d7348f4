/* SPDX-License-Identifier: BSD-2-Clause -- every register of riscv64, for tests (probe.h). */
#include "registers.riscv64.h"

#define OTHER(n) 80 + 8 * (n)

/* Stores all registers.  On the stack: a free word, then the probe's address; leaves that in a0. */
        .macro  STORE_ALL
        sd      a0, 0(sp)
        ld      a0, 8(sp)
        sd      ABI_TAG, 0(a0)
        sd      ABI_BADGE, 8(a0)
        ld      ABI_TAG, 0(sp)
        sd      ABI_TAG, 16(a0)
        sd      ABI_M1, 24(a0)
        sd      ABI_M2, 32(a0)
        sd      ABI_M3, 40(a0)
        sd      ABI_M4, 48(a0)
        sd      ABI_M5, 56(a0)
        sd      ABI_M6, 64(a0)
        sd      ABI_M7, 72(a0)
        sd      ra, OTHER(0)(a0)
        sd      gp, OTHER(1)(a0)
        sd      t0, OTHER(2)(a0)
        sd      s0, OTHER(3)(a0)
        sd      s1, OTHER(4)(a0)
        sd      s2, OTHER(5)(a0)
        sd      s3, OTHER(6)(a0)
        sd      s4, OTHER(7)(a0)
        sd      s5, OTHER(8)(a0)
        sd      s6, OTHER(9)(a0)
        sd      s7, OTHER(10)(a0)
        sd      s8, OTHER(11)(a0)
        sd      s9, OTHER(12)(a0)
        sd      s10, OTHER(13)(a0)
        sd      s11, OTHER(14)(a0)
        sd      t3, OTHER(15)(a0)
        sd      t4, OTHER(16)(a0)
        sd      t5, OTHER(17)(a0)
        sd      t6, OTHER(18)(a0)
        .endm

        .globl  probe_system_call
probe_system_call:
        addi    sp, sp, -128
        sd      ra, 16(sp)
        sd      s0, 24(sp)
        sd      s1, 32(sp)
        sd      s2, 40(sp)
        sd      s3, 48(sp)
        sd      s4, 56(sp)
        sd      s5, 64(sp)
        sd      s6, 72(sp)
        sd      s7, 80(sp)
        sd      s8, 88(sp)
        sd      s9, 96(sp)
        sd      s10, 104(sp)
        sd      s11, 112(sp)
        sd      a0, 8(sp)
        mv      t0, a1                                  // the pattern, everywhere
        .irp    register, ra, gp, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
        mv      \register, t0
        .endr
        ld      ABI_TAG, 0(a0)
        ld      ABI_BADGE, 8(a0)
        ld      ABI_M1, 24(a0)
        ld      ABI_M2, 32(a0)
        ld      ABI_M3, 40(a0)
        ld      ABI_M4, 48(a0)
        ld      ABI_M5, 56(a0)
        ld      ABI_M6, 64(a0)
        ld      ABI_M7, 72(a0)
        ld      ABI_M0, 16(a0)
        ecall
        STORE_ALL
        ld      ra, 16(sp)
        ld      s0, 24(sp)
        ld      s1, 32(sp)
        ld      s2, 40(sp)
        ld      s3, 48(sp)
        ld      s4, 56(sp)
        ld      s5, 64(sp)
        ld      s6, 72(sp)
        ld      s7, 80(sp)
        ld      s8, 88(sp)
        ld      s9, 96(sp)
        ld      s10, 104(sp)
        ld      s11, 112(sp)
        addi    sp, sp, 128
        ret

        .globl  probe_start
probe_start:
        addi    sp, sp, -16
        sd      a0, 8(sp)
        STORE_ALL
        sd      zero, 16(a0)                            // the argument register is the first word's
        call    probe_started
