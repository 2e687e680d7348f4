/* SPDX-License-Identifier: BSD-2-Clause
 *
 * void system_call_function(struct message *): the stub as a function.  It keeps the promise of a C function towards its
 * caller by saving all callee-saved registers; the inline stub (machine.h) saves only what is live.
 */
#include "registers.riscv64.h"

        .globl system_call_function
        .type system_call_function, @function
system_call_function:
        addi    sp, sp, -112
        sd      ra, 0(sp)
        sd      s0, 8(sp)
        sd      s1, 16(sp)
        sd      s2, 24(sp)
        sd      s3, 32(sp)
        sd      s4, 40(sp)
        sd      s5, 48(sp)
        sd      s6, 56(sp)
        sd      s7, 64(sp)
        sd      s8, 72(sp)
        sd      s9, 80(sp)
        sd      s10, 88(sp)
        sd      s11, 96(sp)
        sd      a0, 104(sp)                             // the message: nothing but the stack survives
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
        ld      t0, 104(sp)
        sd      ABI_TAG, 0(t0)
        sd      ABI_BADGE, 8(t0)
        sd      ABI_M0, 16(t0)
        sd      ABI_M1, 24(t0)
        sd      ABI_M2, 32(t0)
        sd      ABI_M3, 40(t0)
        sd      ABI_M4, 48(t0)
        sd      ABI_M5, 56(t0)
        sd      ABI_M6, 64(t0)
        sd      ABI_M7, 72(t0)
        ld      ra, 0(sp)
        ld      s0, 8(sp)
        ld      s1, 16(sp)
        ld      s2, 24(sp)
        ld      s3, 32(sp)
        ld      s4, 40(sp)
        ld      s5, 48(sp)
        ld      s6, 56(sp)
        ld      s7, 64(sp)
        ld      s8, 72(sp)
        ld      s9, 80(sp)
        ld      s10, 88(sp)
        ld      s11, 96(sp)
        addi    sp, sp, 112
        ret
        .size system_call_function, . - system_call_function
