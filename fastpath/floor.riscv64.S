/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Floors (abi.h: enum floor): vectors that do the least that a kernel could, to be measured beside what ours does.
 * They check nothing.  A system call with tag 0 puts the ordinary vector back and goes through it.
 */
#include "roles.riscv64.h"

        .section .text.boot, "ax"

/* The trap and the return. */
        .balign 64
        .globl  floor_trap
floor_trap:
        beqz    ABI_TAG, floor_end
        csrr    TEMP, sepc
        addi    TEMP, TEMP, 4
        csrw    sepc, TEMP
        sret

/* pc, sp, TLS and the address space, to the partner. */
        .balign 64
        .globl  floor_space_switch
floor_space_switch:
        beqz    ABI_TAG, floor_end
        csrrw   CURRENT, sscratch, CURRENT
        csrr    TEMP, sepc
        addi    TEMP, TEMP, 4
        sd      TEMP, THREAD_PC(CURRENT)
        sd      sp, THREAD_SP(CURRENT)
        ld      RECEIVER, THREAD_PARTNER(CURRENT)
        csrrw   TEMP, sscratch, RECEIVER
        sd      TEMP, THREAD_TLS(CURRENT)
        ld      TEMP, THREAD_SPACE(RECEIVER)
        csrw    satp, TEMP
        ld      TEMP, THREAD_PC(RECEIVER)
        csrw    sepc, TEMP
        ld      tp, THREAD_TLS(RECEIVER)
        ld      sp, THREAD_SP(RECEIVER)
        sret

/* t0 is not preserved by system calls. */
floor_end:
        ld      TEMP, trap_vector
        csrw    stvec, TEMP
        jr      TEMP
