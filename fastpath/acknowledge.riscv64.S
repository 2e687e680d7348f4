/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of irq_handler.acknowledge; equal to kernel/irq.c: method_irq_handler_acknowledge().  Steps: acknowledge.def.
 * On entry (call.riscv64.S): CURRENT and SLOT, the slot that the call names, are set; pc, sp and TLS are saved, sscratch
 * is CURRENT; all else is the user's, but TEMP.  All registers but the stack pointer and tp are void after a system
 * call: C may use them.
 */
#include "roles.riscv64.h"
#include "step.h"

        .section .text.entry, "ax"
        .balign 64
ENTRY(acknowledge)
        li      TEMP, TAG_ACKNOWLEDGE                   // an acknowledgement?
        bne     ABI_TAG, TEMP, acknowledge.slow

STEP(acknowledge, check_right)
        lw      TEMP, CAP_RIGHTS(SLOT)                  // an interrupt handler we may handle?
        slli    TEMP, TEMP, 63 - RIGHT_irq_handler_handle_BIT
        bgez    TEMP, acknowledge.slow
        ld      HANDLER, CAP_OBJECT(SLOT)

STEP(acknowledge, check_delivered)
        lw      TEMP, OF_HANDLER(HANDLER_DELIVERED)(HANDLER)    // an interrupt was delivered?
        beqz    TEMP, acknowledge.slow

/* Nothing has been written but the save area; from here on nothing can fail. */
STEP(acknowledge, commit)
        sw      zero, OF_HANDLER(HANDLER_DELIVERED)(HANDLER)    // handler->delivered = 0
        lw      a0, OF_HANDLER(HANDLER_LINE)(HANDLER)   // arch_irq_acknowledge(handler->line)
        mv      KEPT, HANDLER
        lla     sp, kernel_stack_top
        call    arch_irq_acknowledge
        bnez    a0, acknowledge.again                   // another one?

STEP(acknowledge, resume)
        ld      TEMP, THREAD_PC(CURRENT)                // restore pc
        csrw    sepc, TEMP
        li      ABI_TAG, TAG_REPLY_RECV                 // an answer
        li      BADGE, 0                                // badge 0
        li      ABI_M1, 0                               // no words (M0 is what C returned: 0)
        li      ABI_M2, 0
        li      ABI_M3, 0
        li      ABI_M4, 0
        li      ABI_M5, 0
        li      ABI_M6, 0
        li      ABI_M7, 0
        li      KEPT, 0                                 // the kernel's values
        li      ra, 0
        li      t0, 0
        li      t3, 0
        li      t4, 0
        li      t5, 0
        li      t6, 0
        ld      sp, THREAD_SP(CURRENT)                  // restore sp
        ld      tp, THREAD_TLS(CURRENT)                 // restore TLS
        sret

STEP(acknowledge, again)
        mv      a0, CURRENT                             // kernel_acknowledged(current, handler)
        addi    a1, KEPT, -KIND_IRQ_HANDLER
        call    kernel_acknowledged
        j       resume

STEP(acknowledge, slow)
        ld      TEMP, THREAD_TLS(CURRENT)               // all is again as it was on entry
        csrw    sscratch, TEMP
        j       syscall_slow
