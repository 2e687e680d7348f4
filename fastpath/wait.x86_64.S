/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of wait; equal to kernel/ipc.c: ipc_recv() from a notification that is bound to nobody and that nobody
 * waits for.  Steps: wait.def.
 * On entry (arch/x86_64/entry.S): the state that is described there.
 */
#include "offsets.h"
#include "constants.h"
#include "roles.x86_64.h"
#include "step.h"

        .section .text.fastpath, "ax"
        .balign 64
ENTRY(wait)
        mov     core+CORE_CURRENT(%rip), CURRENT        // who waits
        mov     THREAD_CNODE_MASK(CURRENT), SLOT        // our CSpace

STEP(wait, find_slot)
        cmp     SLOT, ABI_BADGE                         // the address lies in the root CNode?
        ja      wait.slow
        and     ABI_BADGE, SLOT                         // masked all the same
        shl     $SLOT_BITS, SLOT
        add     THREAD_CNODE(CURRENT), SLOT

STEP(wait, check_right)
        testl   $RIGHT_notification_wait, CAP_RIGHTS(SLOT)      // a notification we may wait for?
        je      wait.slow
        mov     CAP_OBJECT(SLOT), NOTIFICATION

STEP(wait, check_idle)
        cmpq    $0, NOTIFICATION_FIELD(NOTIFICATION_TAKER)      // nobody waits, nobody is bound?
        jne     wait.slow

STEP(wait, check_pending)
        mov     NOTIFICATION_FIELD(NOTIFICATION_BITS), TEMP     // bits are pending?
        test    TEMP, TEMP
        je      wait.nothing

/* Nothing has been written; from here on nothing can fail. */
STEP(wait, commit)
        mov     TEMP, BADGE                             // we see the bits
        movq    $0, NOTIFICATION_FIELD(NOTIFICATION_BITS)       // notification->bits = 0

STEP(wait, resume)
        mov     $OPERATION_notified << TAG_OPERATION_SHIFT, ABI_TAG_L
        xor     %edx, %edx                              // no words
        xor     %r8d, %r8d
        xor     %r9d, %r9d
        xor     %r10d, %r10d
        xor     %r12d, %r12d
        xor     %r13d, %r13d
        xor     %r14d, %r14d
        xor     %r15d, %r15d
        mov     $FLAGS_USER, %r11d
        xor     %eax, %eax                              // the kernel's values
        xor     %ebx, %ebx
        sysret_clearing %ebp

STEP(wait, nothing)
        test    $TAG_NB_RECV, ABI_TAG_L                 // an nb_recv?
        je      wait.slow
        mov     $ERR_would_block << TAG_LABEL_SHIFT | OPERATION_error << TAG_OPERATION_SHIFT, ABI_TAG_L
        mov     $FLAGS_USER, %r11d
        xor     %ebx, %ebx                              // (rax is zero)
        sysret_clearing %ebp

STEP(wait, slow)
        jmp     syscall_slow
