/* SPDX-License-Identifier: BSD-2-Clause -- every register of aarch64, compared with what it was (spinner.h). */

        .globl  spinner_run
spinner_run:
        sub     sp, sp, #96
        stp     x19, x20, [sp, #0]
        stp     x21, x22, [sp, #16]
        stp     x23, x24, [sp, #32]
        stp     x25, x26, [sp, #48]
        stp     x27, x28, [sp, #64]
        stp     x29, x30, [sp, #80]
        .irp    number, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
        mov     x\number, #\number * 257
        .endr
0:      ldr     x1, [x0, #8]                            // another round
        add     x1, x1, #1
        str     x1, [x0, #8]
        mov     x1, #0x60000000                         // Z and C
        msr     nzcv, x1
        .rept   16
        nop
        .endr
        mrs     x1, nzcv
        eor     x1, x1, #0x60000000
        cbnz    x1, 1f
        .irp    number, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
        sub     x1, x\number, #(\number * 257) & 0xfff
        sub     x1, x1, #(\number * 257) & 0xfff000
        cbnz    x1, 1f
        .endr
        ldr     x1, [x0]
        cbnz    x1, 0b
        b       2f
1:      mov     x1, #1
        str     x1, [x0, #16]
2:
        ldp     x19, x20, [sp, #0]
        ldp     x21, x22, [sp, #16]
        ldp     x23, x24, [sp, #32]
        ldp     x25, x26, [sp, #48]
        ldp     x27, x28, [sp, #64]
        ldp     x29, x30, [sp, #80]
        add     sp, sp, #96
        ret
