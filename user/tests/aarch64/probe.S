/* SPDX-License-Identifier: BSD-2-Clause -- every register of aarch64, for tests (probe.h). */
#include "registers.aarch64.h"

#define OTHER(n) 80 + 8 * (n)

/* Stores all registers.  On the stack: a free word, then the probe's address; leaves that in x0. */
        .macro  STORE_ALL
        str     x0, [sp]
        ldr     x0, [sp, #8]
        stp     ABI_TAG, ABI_BADGE, [x0]
        stp     x10, x11, [x0, #OTHER(0)]
        ldr     x10, [sp]
        stp     x10, ABI_M1, [x0, #16]
        stp     ABI_M2, ABI_M3, [x0, #32]
        stp     ABI_M4, ABI_M5, [x0, #48]
        stp     ABI_M6, ABI_M7, [x0, #64]
        stp     x12, x13, [x0, #OTHER(2)]
        stp     x14, x15, [x0, #OTHER(4)]
        stp     x16, x17, [x0, #OTHER(6)]
        stp     x18, x19, [x0, #OTHER(8)]
        stp     x20, x21, [x0, #OTHER(10)]
        stp     x22, x23, [x0, #OTHER(12)]
        stp     x24, x25, [x0, #OTHER(14)]
        stp     x26, x27, [x0, #OTHER(16)]
        stp     x28, x29, [x0, #OTHER(18)]
        mrs     x10, nzcv
        stp     x30, x10, [x0, #OTHER(20)]
        .endm

        .globl  probe_system_call
probe_system_call:
        stp     x29, x30, [sp, #-112]!
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        str     x0, [sp, #104]
        add     sp, sp, #96
        mov     x10, x0
        mov     x30, x1                                 // the pattern, everywhere
        ldp     ABI_TAG, ABI_BADGE, [x10]
        ldp     ABI_M0, ABI_M1, [x10, #16]
        ldp     ABI_M2, ABI_M3, [x10, #32]
        ldp     ABI_M4, ABI_M5, [x10, #48]
        ldp     ABI_M6, ABI_M7, [x10, #64]
        .irp    n, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
        mov     x\n, x30
        .endr
        cmp     xzr, xzr                                // Z and C set
        svc     #0
        STORE_ALL
        sub     sp, sp, #96
        ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        ldp     x29, x30, [sp], #112
        ret

        .globl  probe_start
probe_start:
        str     x0, [sp, #-8]
        sub     sp, sp, #16
        STORE_ALL
        str     xzr, [x0, #16]                          // the argument register is the first word's
        bl      probe_started
