/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of signal; equal to kernel/ipc.c: ipc_signal() for a notification that nobody takes from.  Steps: signal.def.
 * On entry (arch/x86_64/entry.S): the state that is described there.
 */
#include "offsets.h"
#include "constants.h"
#include "roles.x86_64.h"
#include "step.h"

        .section .text.fastpath, "ax"
        .balign 64
ENTRY(signal)
        mov     core+CORE_CURRENT(%rip), CURRENT        // who signals
        mov     THREAD_CNODE_MASK(CURRENT), SLOT        // our CSpace

STEP(signal, find_slot)
        cmp     SLOT, ABI_BADGE                         // the address lies in the root CNode?
        ja      signal.slow
        and     ABI_BADGE, SLOT                         // masked all the same
        shl     $SLOT_BITS, SLOT
        add     THREAD_CNODE(CURRENT), SLOT

STEP(signal, check_right)
        testl   $RIGHT_notification_signal, CAP_RIGHTS(SLOT)    // a notification we may signal?
        je      signal.refuse
        mov     CAP_OBJECT(SLOT), NOTIFICATION

STEP(signal, check_idle)
        cmpq    $0, NOTIFICATION_FIELD(NOTIFICATION_TAKER)      // nobody waits, nobody is bound?
        jne     signal.slow

/* Nothing has been written; from here on nothing can fail. */
STEP(signal, commit)
        mov     CAP_BADGE(SLOT), TEMP                   // notification->bits |= badge
        or      TEMP, NOTIFICATION_FIELD(NOTIFICATION_BITS)

STEP(signal, resume)
        mov     $FLAGS_USER, %r11d
        xor     %eax, %eax                              // the kernel's values
        xor     %ebx, %ebx
        sysret_clearing %ebp

STEP(signal, refuse)
        cmpq    $0, CAP_OBJECT(SLOT)                    // an empty slot?
        jne     signal.slow
        cmpl    $0, THREAD_ERROR_FAULTS(CURRENT)        // errors are errors?
        jne     signal.slow
#if KITE_DEBUG
        jmp     signal.slow
#endif
        mov     $ERR_no_cap << TAG_LABEL_SHIFT | OPERATION_error << TAG_OPERATION_SHIFT, ABI_TAG_L
        mov     $FLAGS_USER, %r11d
        sysret_clearing %ebx

STEP(signal, slow)
        jmp     syscall_slow
