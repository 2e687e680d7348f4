/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of reply_recv: ipc_reply_recv() in kernel/ipc.c for the case that a caller waits for the answer, nobody
 * waits at the endpoint, and switching to the caller at once is what the scheduler would do.  Entered from entry.S, in
 * the state that stands there before syscall_slow.
 */
#include "constants.h"
#include "offsets.h"
#include "roles.aarch64.h"
#include "step.h"

        .section .text.fastpath, "ax"
        .balign 64
ENTRY(reply_recv)
        mrs     TEMP, elr_el1                           // save where we go on
        mrs     TEMP2, sp_el0
        stp     TEMP, TEMP2, [CURRENT, #THREAD_PC]
        mrs     TLS, tpidr_el0

STEP(reply_recv, find_slot)
        ldp     SLOT, TEMP, [CURRENT, #THREAD_CNODE]    // the root CNode's slots, and its mask
        cmp     BADGE, TEMP                             // outside: C says so
        b.hi    reply_recv.slow
        and     TEMP, TEMP, BADGE                       // and speculation stays inside
        add     SLOT, SLOT, TEMP, lsl #SLOT_BITS

STEP(reply_recv, check_right)
        ldr     TEMP_W, [SLOT, #CAP_RIGHTS]             // an endpoint that we may receive on?
        tbz     TEMP_W, #RIGHT_endpoint_receive_BIT, reply_recv.slow
        ldr     ENDPOINT, [SLOT, #CAP_OBJECT]

STEP(reply_recv, check_idle)
        ldr     TEMP, [ENDPOINT, #ENDPOINT_RECEIVER - KIND_ENDPOINT]
        adrp    NOBODY, nobody                          // page aligned (kernel.ld)
        cmp     TEMP, NOBODY                            // neither a receiver nor a sender waits?
        b.ne    reply_recv.slow

STEP(reply_recv, check_gate)
        ldr     TEMP_W, [CURRENT, #GATE_BITS]           // we are plain?
        cbnz    TEMP_W, reply_recv.slow
        ldr     CALLER, [CURRENT, #THREAD_CALLER]       // somebody, or the mark
        ldr     GATE, [CALLER, #THREAD_GATE]            // the caller is plain,
        ldr     TEMP, [NOBODY, #:lo12:core + CORE_LIMIT]        // in the same page (kernel.ld)
        cmp     GATE, TEMP                              // and nobody above it is ready?
        b.hi    reply_recv.slow

/* Nothing has been written but the save area; from here on nothing can fail. */
STEP(reply_recv, commit)
        mov     TEMP, CURRENT
        str     TEMP, [ENDPOINT, #ENDPOINT_RECEIVER - KIND_ENDPOINT]    // endpoint->receiver = current
        stp     TLS, ENDPOINT, [CURRENT, #THREAD_TLS]   // current->waits = the endpoint, to receive
        stp     NOBODY, NOBODY, [CURRENT, #THREAD_CALLER]       // current->caller = current->next = NOBODY
        str     xzr, [CALLER, #THREAD_WAITS]            // caller->waits = 0

STEP(reply_recv, switch)
        ldr     TEMP, [CURRENT, #THREAD_SPACE]
        mov     CURRENT, CALLER                         // the caller is the current thread
        ldp     TEMP2, TLS, [CURRENT, #THREAD_SPACE]
        cmp     TEMP, TEMP2                             // the same address space?
        b.eq    reply_recv.resume
        msr     ttbr0_el1, TEMP2                        // no: load it; eret synchronises

STEP(reply_recv, clear)
        mov     x18, xzr                                // nothing of ours reaches the other address space
        mov     x19, xzr
        mov     x20, xzr
        mov     x21, xzr
        mov     x22, xzr
        mov     x23, xzr
        mov     x24, xzr
        mov     x25, xzr
        mov     x26, xzr
        mov     x27, xzr
        mov     x28, xzr
        mov     x29, xzr
        mov     x30, xzr

STEP(reply_recv, resume)
        ldp     TEMP, TEMP2, [CURRENT, #THREAD_PC]      // where the caller goes on
        msr     elr_el1, TEMP
        msr     sp_el0, TEMP2
        msr     tpidr_el0, TLS
        msr     spsr_el1, xzr                           // in user mode, flags clear
        mov     BADGE, xzr                              // a reply has no badge
        mov     x10, xzr                                // nothing of the kernel's reaches the user
        mov     x11, xzr
        mov     x12, xzr
        mov     x13, xzr
        mov     x14, xzr
        mov     x15, xzr
        mov     x16, xzr
        mov     x17, xzr
        eret

STEP(reply_recv, slow)
        b       syscall_slow                            // kernel/ipc.c does it instead
