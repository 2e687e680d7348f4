/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of wait; equal to kernel/ipc.c: ipc_recv() from a notification that is bound to nobody and that nobody
 * waits for.  Steps: wait.def.
 * On entry (arch/aarch64/entry.S): the state that stands there before syscall_slow, but for x10 and x11.
 */
#include "roles.aarch64.h"
#include "step.h"

        .section .text.fastpath, "ax"
        .balign 64
ENTRY(wait)
        ldp     SLOT, TEMP, [CURRENT, #THREAD_CNODE]    // our CSpace

STEP(wait, find_slot)
        cmp     BADGE, TEMP                             // the address lies in the root CNode?
        b.hi    wait.slow
        and     TEMP, TEMP, BADGE                       // masked all the same
        add     SLOT, SLOT, TEMP, lsl #SLOT_BITS

STEP(wait, check_right)
        ldr     TEMP_W, [SLOT, #CAP_RIGHTS]             // a notification we may wait for?
        tbz     TEMP_W, #RIGHT_notification_wait_BIT, wait.slow
        ldr     NOTIFICATION, [SLOT, #CAP_OBJECT]

STEP(wait, check_idle)
        ldr     TEMP, [NOTIFICATION, #OF_NOTIFICATION(NOTIFICATION_TAKER)]      // nobody waits, nobody is bound?
        cbnz    TEMP, wait.slow

STEP(wait, check_pending)
        ldr     TEMP, [NOTIFICATION, #OF_NOTIFICATION(NOTIFICATION_BITS)]       // bits are pending?
        cbz     TEMP, wait.nothing

/* Nothing has been written; from here on nothing can fail. */
STEP(wait, commit)
        mov     BADGE, TEMP                             // we see the bits
        str     xzr, [NOTIFICATION, #OF_NOTIFICATION(NOTIFICATION_BITS)]        // notification->bits = 0

STEP(wait, resume)
        mov     ABI_TAG, #OPERATION_notified << TAG_OPERATION_SHIFT
        mov     ABI_M0, xzr                             // no words
        mov     ABI_M1, xzr
        mov     ABI_M2, xzr
        mov     ABI_M3, xzr
        mov     ABI_M4, xzr
        mov     ABI_M5, xzr
        mov     ABI_M6, xzr
        mov     ABI_M7, xzr
        mov     SLOT, xzr                               // the kernel's values
        mov     NOTIFICATION, xzr
        eret

STEP(wait, nothing)
        tbz     ABI_TAG, #TAG_NB_RECV_BIT, wait.slow    // an nb_recv?
        mov     ABI_TAG, #OPERATION_error << TAG_OPERATION_SHIFT
        movk    ABI_TAG, #ERR_would_block, lsl #TAG_LABEL_SHIFT
        mov     SLOT, xzr
        mov     NOTIFICATION, xzr
        eret

STEP(wait, slow)
        b       syscall_slow
