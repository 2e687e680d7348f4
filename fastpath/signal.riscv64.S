/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of signal; equal to kernel/ipc.c: ipc_signal() for a notification that nobody takes from.  Steps: signal.def.
 * On entry (arch/riscv64/entry.S): CURRENT is set, sscratch holds the user's tp, TEMP is free, all else is the user's.
 */
#include "roles.riscv64.h"
#include "step.h"

        .section .text.hot.signal, "ax"
        .balign 64
ENTRY(signal)
        ld      TEMP, THREAD_CNODE_MASK(CURRENT)        // our CSpace
        ld      SLOT, THREAD_CNODE(CURRENT)

STEP(signal, find_slot)
        bltu    TEMP, BADGE, signal.slow               // the address lies in the root CNode?
        and     TEMP, TEMP, BADGE                       // masked all the same
        slli    TEMP, TEMP, SLOT_BITS
        add     SLOT, SLOT, TEMP

STEP(signal, check_right)
        lw      TEMP, CAP_RIGHTS(SLOT)                  // a notification we may signal?
        slli    TEMP, TEMP, 63 - RIGHT_notification_signal_BIT
        bgez    TEMP, signal.refuse
        ld      NOTIFICATION, CAP_OBJECT(SLOT)

STEP(signal, check_idle)
        ld      TEMP, OF_NOTIFICATION(NOTIFICATION_TAKER)(NOTIFICATION) // nobody waits, nobody is bound?
        bnez    TEMP, signal.slow

/* Nothing has been written; from here on nothing can fail. */
STEP(signal, commit)
        ld      SLOT_BADGE, CAP_BADGE(SLOT)             // notification->bits |= badge
        ld      TEMP, OF_NOTIFICATION(NOTIFICATION_BITS)(NOTIFICATION)
        or      TEMP, TEMP, SLOT_BADGE
        sd      TEMP, OF_NOTIFICATION(NOTIFICATION_BITS)(NOTIFICATION)

STEP(signal, resume)
        csrr    TEMP, sepc                              // behind the system call; TEMP is the user's own pc
        addi    TEMP, TEMP, 4
        csrw    sepc, TEMP
        li      SLOT, 0                                 // the kernel's values
        li      NOTIFICATION, 0
        csrrw   CURRENT, sscratch, CURRENT
        sret

STEP(signal, refuse)
        ld      TEMP, CAP_OBJECT(SLOT)                  // an empty slot?
        bnez    TEMP, signal.slow
        lw      TEMP, THREAD_ERROR_FAULTS(CURRENT)      // errors are errors?
        bnez    TEMP, signal.slow
#if KITE_DEBUG
        j       signal.slow
#endif
        li      ABI_TAG, ERR_no_cap << TAG_LABEL_SHIFT | OPERATION_error << TAG_OPERATION_SHIFT
        csrr    TEMP, sepc
        addi    TEMP, TEMP, 4
        csrw    sepc, TEMP
        li      SLOT, 0                                 // (NOTIFICATION is still what the entry compared)
        li      NOTIFICATION, 0
        csrrw   CURRENT, sscratch, CURRENT
        sret

STEP(signal, slow)
        j       syscall_slow
