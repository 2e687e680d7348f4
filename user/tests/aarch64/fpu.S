/* SPDX-License-Identifier: BSD-2-Clause -- every register of aarch64's FPU (fpu.h). */
        .arch_extension fp
        .arch_extension simd
        .text
.macro  EACH operation
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        \operation q\n, [x0, #16 * \n]
        .endr
.endm

        .globl  fpu_write
fpu_write:
        EACH    ldr
        ldr     x1, [x0, #512]
        msr     fpcr, x1
        ldr     x1, [x0, #520]
        msr     fpsr, x1
        ret

        .globl  fpu_read
fpu_read:
        mrs     x1, fpcr
        str     x1, [x0, #512]
        mrs     x1, fpsr
        str     x1, [x0, #520]
        EACH    str
        ret
