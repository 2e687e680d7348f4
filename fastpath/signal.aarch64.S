/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of signal; equal to kernel/ipc.c: ipc_signal() for a notification that nobody takes from.  Steps: signal.def.
 * On entry (arch/aarch64/entry.S): the state that stands there before syscall_slow, but for x10 and x11.
 */
#include "roles.aarch64.h"
#include "step.h"

        .section .text.fastpath, "ax"
        .balign 64
ENTRY(signal)
        ldp     SLOT, TEMP, [CURRENT, #THREAD_CNODE]    // our CSpace

STEP(signal, find_slot)
        cmp     BADGE, TEMP                             // the address lies in the root CNode?
        b.hi    signal.slow
        and     TEMP, TEMP, BADGE                       // masked all the same
        add     SLOT, SLOT, TEMP, lsl #SLOT_BITS

STEP(signal, check_right)
        ldr     TEMP_W, [SLOT, #CAP_RIGHTS]             // a notification we may signal?
        tbz     TEMP_W, #RIGHT_notification_signal_BIT, signal.refuse
        ldp     NOTIFICATION, SLOT_BADGE, [SLOT, #CAP_OBJECT]

STEP(signal, check_idle)
        ldr     TEMP, [NOTIFICATION, #OF_NOTIFICATION(NOTIFICATION_TAKER)]      // nobody waits, nobody is bound?
        cbnz    TEMP, signal.slow

/* Nothing has been written; from here on nothing can fail. */
STEP(signal, commit)
        ldr     TEMP, [NOTIFICATION, #OF_NOTIFICATION(NOTIFICATION_BITS)]       // notification->bits |= badge
        orr     TEMP, TEMP, SLOT_BADGE
        str     TEMP, [NOTIFICATION, #OF_NOTIFICATION(NOTIFICATION_BITS)]

STEP(signal, resume)
        mov     SLOT, xzr                               // the kernel's values
        mov     SLOT_BADGE, xzr
        mov     NOTIFICATION, xzr
        mov     TEMP, xzr
        eret

STEP(signal, refuse)
        ldr     TEMP, [SLOT, #CAP_OBJECT]               // an empty slot?
        cbnz    TEMP, signal.slow
        ldr     TEMP_W, [CURRENT, #THREAD_ERROR_FAULTS] // errors are errors?
        cbnz    TEMP_W, signal.slow
#if KITE_DEBUG
        b       signal.slow
#endif
        mov     ABI_TAG, #OPERATION_error << TAG_OPERATION_SHIFT
        movk    ABI_TAG, #ERR_no_cap, lsl #TAG_LABEL_SHIFT
        mov     SLOT, xzr                               // (TEMP is zero)
        eret

STEP(signal, slow)
        b       syscall_slow
