/* SPDX-License-Identifier: BSD-2-Clause -- every register of riscv64's FPU (fpu.h). */
        .option arch, +d
        .text
.macro  EACH operation
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        \operation f\n, 8 * \n(a0)
        .endr
.endm

        .globl  fpu_write
fpu_write:
        EACH    fld
        ld      t0, 256(a0)
        fscsr   t0
        ret

        .globl  fpu_read
fpu_read:
        frcsr   t0
        sd      t0, 256(a0)
        EACH    fsd
        ret
