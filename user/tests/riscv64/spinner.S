/* SPDX-License-Identifier: BSD-2-Clause -- every register of riscv64, compared with what it was (spinner.h). */

        .globl  spinner_run
spinner_run:
        addi    sp, sp, -128
        sd      ra, 0(sp)
        sd      gp, 8(sp)
        sd      s0, 16(sp)
        sd      s1, 24(sp)
        sd      s2, 32(sp)
        sd      s3, 40(sp)
        sd      s4, 48(sp)
        sd      s5, 56(sp)
        sd      s6, 64(sp)
        sd      s7, 72(sp)
        sd      s8, 80(sp)
        sd      s9, 88(sp)
        sd      s10, 96(sp)
        sd      s11, 104(sp)
        .set    number, 1
        .irp    register, ra, gp, t1, t2, s0, s1, a1, a2, a3, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
        li      \register, 0x10101 * number
        .set    number, number + 1
        .endr
0:      ld      t0, 8(a0)                               // another round
        addi    t0, t0, 1
        sd      t0, 8(a0)
        .set    number, 1
        .irp    register, ra, gp, t1, t2, s0, s1, a1, a2, a3, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
        li      t0, 0x10101 * number
        bne     \register, t0, 1f
        .set    number, number + 1
        .endr
        ld      t0, 0(a0)
        bnez    t0, 0b
        j       2f
1:      srli    t0, t0, 16                              // its number
        sd      t0, 16(a0)
2:
        ld      ra, 0(sp)
        ld      gp, 8(sp)
        ld      s0, 16(sp)
        ld      s1, 24(sp)
        ld      s2, 32(sp)
        ld      s3, 40(sp)
        ld      s4, 48(sp)
        ld      s5, 56(sp)
        ld      s6, 64(sp)
        ld      s7, 72(sp)
        ld      s8, 80(sp)
        ld      s9, 88(sp)
        ld      s10, 96(sp)
        ld      s11, 104(sp)
        addi    sp, sp, 128
        ret
