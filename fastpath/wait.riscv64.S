/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of wait; equal to kernel/ipc.c: ipc_recv() from a notification that is bound to nobody and that nobody
 * waits for.  Steps: wait.def.
 * On entry (arch/riscv64/entry.S): CURRENT is set, sscratch holds the user's tp, TEMP is free, all else is the user's.
 */
#include "roles.riscv64.h"
#include "step.h"

        .section .text.hot.wait, "ax"
        .balign 64
ENTRY(wait)
        ld      TEMP, THREAD_CNODE_MASK(CURRENT)        // our CSpace
        ld      SLOT, THREAD_CNODE(CURRENT)

STEP(wait, find_slot)
        bltu    TEMP, BADGE, wait.slow                 // the address lies in the root CNode?
        and     TEMP, TEMP, BADGE                       // masked all the same
        slli    TEMP, TEMP, SLOT_BITS
        add     SLOT, SLOT, TEMP

STEP(wait, check_right)
        lw      TEMP, CAP_RIGHTS(SLOT)                  // a notification we may wait for?
        slli    TEMP, TEMP, 63 - RIGHT_notification_wait_BIT
        bgez    TEMP, wait.slow
        ld      NOTIFICATION, CAP_OBJECT(SLOT)

STEP(wait, check_idle)
        ld      TEMP, OF_NOTIFICATION(NOTIFICATION_TAKER)(NOTIFICATION) // nobody waits, nobody is bound?
        bnez    TEMP, wait.slow

STEP(wait, check_pending)
        ld      TEMP, OF_NOTIFICATION(NOTIFICATION_BITS)(NOTIFICATION)  // bits are pending?
        beqz    TEMP, wait.nothing

/* Nothing has been written; from here on nothing can fail. */
STEP(wait, commit)
        mv      BADGE, TEMP                             // we see the bits
        sd      zero, OF_NOTIFICATION(NOTIFICATION_BITS)(NOTIFICATION)  // notification->bits = 0

STEP(wait, resume)
        csrr    TEMP, sepc                              // behind the system call; TEMP is the user's own pc
        addi    TEMP, TEMP, 4
        csrw    sepc, TEMP
        li      ABI_TAG, OPERATION_notified << TAG_OPERATION_SHIFT
        li      ABI_M0, 0                               // no words
        li      ABI_M1, 0
        li      ABI_M2, 0
        li      ABI_M3, 0
        li      ABI_M4, 0
        li      ABI_M5, 0
        li      ABI_M6, 0
        li      ABI_M7, 0
        li      SLOT, 0                                 // the kernel's values
        li      NOTIFICATION, 0
        csrrw   CURRENT, sscratch, CURRENT
        sret

STEP(wait, nothing)
        slli    TEMP, ABI_TAG, 63 - TAG_NB_RECV_BIT     // an nb_recv?
        bgez    TEMP, wait.slow
        li      ABI_TAG, ERR_would_block << TAG_LABEL_SHIFT | OPERATION_error << TAG_OPERATION_SHIFT
        csrr    TEMP, sepc
        addi    TEMP, TEMP, 4
        csrw    sepc, TEMP
        li      SLOT, 0
        li      NOTIFICATION, 0
        csrrw   CURRENT, sscratch, CURRENT
        sret

STEP(wait, slow)
        j       syscall_slow
