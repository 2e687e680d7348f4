/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of irq_handler.acknowledge; equal to kernel/irq.c: method_irq_handler_acknowledge().  Steps: acknowledge.def.
 * On entry (call.aarch64.S): CURRENT and SLOT, the slot that the call names, are set; pc and sp are saved, TLS holds
 * TPIDR_EL0; all else is the user's, but TEMP and LIMIT.  All registers but the stack pointer are void after a system
 * call: C may use them.  ELR_EL1, SP_EL0 and TPIDR_EL0 stay as they are.
 */
#include "roles.aarch64.h"
#include "step.h"

        .section .text.fastpath, "ax"
        .balign 64
ENTRY(acknowledge)
        str     TLS, [CURRENT, #THREAD_TLS]             // save TLS
        cmp     ABI_TAG, #TAG_ACKNOWLEDGE               // an acknowledgement?
        b.ne    acknowledge.slow

STEP(acknowledge, check_right)
        ldr     TEMP_W, [SLOT, #CAP_RIGHTS]             // an interrupt handler we may handle?
        tbz     TEMP_W, #RIGHT_irq_handler_handle_BIT, acknowledge.slow
        ldr     HANDLER, [SLOT, #CAP_OBJECT]

STEP(acknowledge, check_delivered)
        ldr     TEMP_W, [HANDLER, #OF_HANDLER(HANDLER_DELIVERED)]       // an interrupt was delivered?
        cbz     TEMP_W, acknowledge.slow

/* Nothing has been written but the save area; from here on nothing can fail. */
STEP(acknowledge, commit)
        str     wzr, [HANDLER, #OF_HANDLER(HANDLER_DELIVERED)]  // handler->delivered = 0
        ldr     w0, [HANDLER, #OF_HANDLER(HANDLER_LINE)]        // arch_irq_acknowledge(handler->line)
        mov     KEPT, CURRENT
        mov     x20, HANDLER
        adrp    TEMP, stack_top
        mov     sp, TEMP
        bl      arch_irq_acknowledge
        tbnz    w0, #0, acknowledge.again               // another one?

STEP(acknowledge, resume)
        mov     CURRENT, KEPT
        mov     ABI_TAG, #TAG_REPLY_RECV                // an answer
        mov     BADGE, xzr                              // badge 0
        mov     ABI_M0, xzr                             // no words
        mov     ABI_M1, xzr
        mov     ABI_M2, xzr
        mov     ABI_M3, xzr
        mov     ABI_M4, xzr
        mov     ABI_M5, xzr
        mov     ABI_M6, xzr
        mov     ABI_M7, xzr
        mov     KEPT, xzr                               // the kernel's values
        mov     x20, xzr
        mov     x30, xzr
        mov     x10, xzr
        mov     x11, xzr
        mov     x12, xzr
        mov     x13, xzr
        mov     x14, xzr
        mov     x15, xzr
        mov     x16, xzr
        mov     x17, xzr
        mov     x18, xzr
        eret

STEP(acknowledge, again)
        mov     x0, KEPT                                // kernel_acknowledged(current, handler)
        sub     x1, x20, #KIND_IRQ_HANDLER
        bl      kernel_acknowledged
        b       resume

STEP(acknowledge, slow)
        b       syscall_slow
