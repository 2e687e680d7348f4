/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every way into the kernel, and the slow ways out.
 *
 * While user code runs, SP_EL1 is the current thread (its struct thread), so that an entry can save registers at
 * once.  C runs on the one kernel stack, from its top at each entry.  An exception out of the kernel itself must trust
 * neither: it moves to a stack of its own before it stores anything.
 */
#include "constants.h"
#include "offsets.h"
#include "registers.aarch64.h"
#include "registers.h"
#include "vectors.h"

#define CURRENT sp

/* All registers but the message's. */
.macro clear_rest
        .irp    number, 10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
        mov     x\number, xzr
        .endr
.endm

        .section .text.entry, "ax"
        .balign 2048
        .globl  vectors, entry, interrupt, serror, kernel_exception
vectors:
        kernel_vectors
        vector
entry:
        str     x10, [CURRENT, #THREAD_SCRATCH]         // a fault must lose nothing
        mrs     x10, esr_el1
        lsr     w10, w10, #26
        cmp     w10, #CLASS_SVC
        b.ne    trap
        and     w10, w9, #TAG_LOW_MASK
        cbz     w10, call.entry                         // TAG_CALL
        cmp     w10, #TAG_REPLY_RECV
        b.eq    reply_recv.entry
        tbz     w10, #15, syscall_other
        ldr     x10, [CURRENT, #THREAD_SCRATCH]         // null
        eret
syscall_other:
        and     w11, w10, #~TAG_REPLY_RECV
        cmp     w11, #MESSAGE_EXTRA                     // a call or reply_recv with further words?
        b.ls    syscall_long
        cmp     w11, #TAG_NB_SEND                       // a bare signal, or nb_send: bit 14 does not matter
        b.eq    signal.entry
        cmp     w10, #TAG_RECV
        b.eq    wait.entry
        cmp     w10, #TAG_NB_RECV
        b.eq    wait.entry
        cmp     w10, #TAG_SEND
        b.eq    signal.entry
        b       syscall_slow
syscall_long:
        tbz     w10, #14, long_call.entry
        b       long_reply_recv.entry
        other_vectors

/* ---- system calls in C ---- */

/*
 * Here, and at the fast paths' <path>.entry, of which this is another name without them: sp is the current
 * thread; x0 to x9 are the message, the capability address and the tag as the user gave them; ELR_EL1, SP_EL0,
 * TPIDR_EL0 and TTBR0_EL1 are the user's; x10 to x30 and the flags may be anything.
 */
        .globl  syscall_slow
syscall_slow:
        mrs     x10, elr_el1
        mrs     x11, sp_el0
        mrs     x12, tpidr_el0
        stp     x10, x11, [CURRENT, #THREAD_PC]
        str     x12, [CURRENT, #THREAD_TLS]
        stp     ABI_TAG, ABI_BADGE, [CURRENT, #THREAD_TAG]
        stp     ABI_M0, ABI_M1, [CURRENT, #THREAD_MESSAGE]
        stp     ABI_M2, ABI_M3, [CURRENT, #THREAD_MESSAGE + 16]
        stp     ABI_M4, ABI_M5, [CURRENT, #THREAD_MESSAGE + 32]
        stp     ABI_M6, ABI_M7, [CURRENT, #THREAD_MESSAGE + 48]
        mov     x0, CURRENT
        adrp    x10, stack_top                          // page aligned (kernel.ld)
        mov     sp, x10
        mov     x29, xzr                                // backtraces end here
        mov     x30, xzr
        bl      kernel_syscall
        b       resume

/* ---- faults and interrupts of user programs: a full context ---- */

interrupt:
        str     x10, [CURRENT, #THREAD_SCRATCH]
        mov     w10, #TRAP_INTERRUPT
        b       trap
serror:
        str     x10, [CURRENT, #THREAD_SCRATCH]
        mov     w10, #TRAP_SERROR

/* w10 = what happened; the user's x10 is in the scratch space. */
trap:
        stp     ABI_TAG, ABI_BADGE, [CURRENT, #THREAD_TAG]
        stp     x0, x1, [CURRENT, #THREAD_MESSAGE]
        stp     x2, x3, [CURRENT, #THREAD_MESSAGE + 16]
        stp     x4, x5, [CURRENT, #THREAD_MESSAGE + 32]
        stp     x6, x7, [CURRENT, #THREAD_MESSAGE + 48]
        ldr     x0, [CURRENT, #THREAD_SCRATCH]
        stp     x0, x11, [CURRENT, #THREAD_OTHER + 8 * OTHER_X10]
        stp     x12, x13, [CURRENT, #THREAD_OTHER + 16]
        stp     x14, x15, [CURRENT, #THREAD_OTHER + 32]
        stp     x16, x17, [CURRENT, #THREAD_OTHER + 48]
        stp     x18, x19, [CURRENT, #THREAD_OTHER + 64]
        stp     x20, x21, [CURRENT, #THREAD_OTHER + 80]
        stp     x22, x23, [CURRENT, #THREAD_OTHER + 96]
        stp     x24, x25, [CURRENT, #THREAD_OTHER + 112]
        stp     x26, x27, [CURRENT, #THREAD_OTHER + 128]
        stp     x28, x29, [CURRENT, #THREAD_OTHER + 144]
        mrs     x0, spsr_el1
        stp     x30, x0, [CURRENT, #THREAD_OTHER + 8 * OTHER_X30]
        mrs     x0, elr_el1
        mrs     x1, sp_el0
        mrs     x2, tpidr_el0
        stp     x0, x1, [CURRENT, #THREAD_PC]
        str     x2, [CURRENT, #THREAD_TLS]

        mov     x0, CURRENT
        mov     w1, w10
        mrs     x2, esr_el1
        mrs     x3, far_el1
        adrp    x10, stack_top
        mov     sp, x10
        mov     x29, xzr
        mov     x30, xzr
        bl      trap_from_user
        /* falls into resume */

/* ---- out ---- */

/* x0 = the thread; its address space is loaded. */
        .globl  resume
resume:
        mov     CURRENT, x0
        ldr     w10, [CURRENT, #GATE_BITS]
        ldp     x11, x12, [CURRENT, #THREAD_PC]
        ldr     x13, [CURRENT, #THREAD_TLS]
        msr     elr_el1, x11
        msr     sp_el0, x12
        msr     tpidr_el0, x13
        ldp     ABI_TAG, ABI_BADGE, [CURRENT, #THREAD_TAG]
        ldp     ABI_M0, ABI_M1, [CURRENT, #THREAD_MESSAGE]
        ldp     ABI_M2, ABI_M3, [CURRENT, #THREAD_MESSAGE + 16]
        ldp     ABI_M4, ABI_M5, [CURRENT, #THREAD_MESSAGE + 32]
        ldp     ABI_M6, ABI_M7, [CURRENT, #THREAD_MESSAGE + 48]
        tbnz    w10, #GATE_FULL_BIT, resume_full
        msr     spsr_el1, xzr                           // EL0, interrupts on, no flags
        clear_rest
        eret

resume_full:
        and     w10, w10, #~GATE_FULL & 0xffffffff
        str     w10, [CURRENT, #GATE_BITS]
        ldp     x30, x11, [CURRENT, #THREAD_OTHER + 8 * OTHER_X30]
        msr     spsr_el1, x11
        ldp     x28, x29, [CURRENT, #THREAD_OTHER + 144]
        ldp     x26, x27, [CURRENT, #THREAD_OTHER + 128]
        ldp     x24, x25, [CURRENT, #THREAD_OTHER + 112]
        ldp     x22, x23, [CURRENT, #THREAD_OTHER + 96]
        ldp     x20, x21, [CURRENT, #THREAD_OTHER + 80]
        ldp     x18, x19, [CURRENT, #THREAD_OTHER + 64]
        ldp     x16, x17, [CURRENT, #THREAD_OTHER + 48]
        ldp     x14, x15, [CURRENT, #THREAD_OTHER + 32]
        ldp     x12, x13, [CURRENT, #THREAD_OTHER + 16]
        ldp     x10, x11, [CURRENT, #THREAD_OTHER + 8 * OTHER_X10]
        eret

/* ---- exceptions from the kernel itself ---- */

/* Nothing is stored before sp is a stack that only this uses; TPIDR_EL1 and TPIDRRO_EL0 hold what no register can. */
kernel_exception:
        msr     tpidr_el1, x0
        msr     tpidrro_el0, x1
        mov     x1, sp
        adrp    x0, exception_stack_top
        add     x0, x0, :lo12:exception_stack_top
        sub     x0, x0, #KERNEL_TRAP_WORDS * 8
        mov     sp, x0
        mrs     x0, tpidr_el1
        stp     x2, x3, [sp, #16]
        stp     x4, x5, [sp, #32]
        stp     x6, x7, [sp, #48]
        stp     x8, x9, [sp, #64]
        stp     x10, x11, [sp, #80]
        stp     x12, x13, [sp, #96]
        stp     x14, x15, [sp, #112]
        stp     x16, x17, [sp, #128]
        stp     x18, x19, [sp, #144]
        stp     x20, x21, [sp, #160]
        stp     x22, x23, [sp, #176]
        stp     x24, x25, [sp, #192]
        stp     x26, x27, [sp, #208]
        stp     x28, x29, [sp, #224]
        stp     x30, x1, [sp, #240]                     // x1 = sp
        mrs     x1, tpidrro_el0
        stp     x0, x1, [sp]
        mrs     x0, elr_el1
        mrs     x1, spsr_el1
        mrs     x2, esr_el1
        mrs     x3, far_el1
        stp     x0, x1, [sp, #256]
        stp     x2, x3, [sp, #272]
        mov     x0, sp
        mov     x29, xzr
        mov     x30, xzr
        bl      trap_from_kernel                        // does not return
        udf     #0

        .bss
        .balign 16
        .space  4096
exception_stack_top:
