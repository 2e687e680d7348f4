/* SPDX-License-Identifier: BSD-2-Clause
 *
 * void system_call_function(struct message *): the stub as a function.  It keeps the promise of a C function towards its
 * caller by saving all callee-saved registers; the inline stub (machine.h) saves only what is live.
 */
#include "registers.aarch64.h"

        .globl system_call_function
        .type system_call_function, @function
system_call_function:
        stp     x29, x30, [sp, #-112]!
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        str     x0, [sp, #96]                           // the message: nothing but the stack survives
        mov     x10, x0
        ldp     ABI_TAG, ABI_BADGE, [x10]
        ldp     ABI_M0, ABI_M1, [x10, #16]
        ldp     ABI_M2, ABI_M3, [x10, #32]
        ldp     ABI_M4, ABI_M5, [x10, #48]
        ldp     ABI_M6, ABI_M7, [x10, #64]
        svc     #0
        ldr     x10, [sp, #96]
        stp     ABI_TAG, ABI_BADGE, [x10]
        stp     ABI_M0, ABI_M1, [x10, #16]
        stp     ABI_M2, ABI_M3, [x10, #32]
        stp     ABI_M4, ABI_M5, [x10, #48]
        stp     ABI_M6, ABI_M7, [x10, #64]
        ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        ldp     x29, x30, [sp], #112
        ret
        .size system_call_function, . - system_call_function
