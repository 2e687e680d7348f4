/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of call: ipc_send() in kernel/ipc.c for the case that a receiver waits and switching to it at once is
 * what the scheduler would do.  Entered from entry.S, in the state that stands there before syscall_slow.
 */
#include "constants.h"
#include "offsets.h"
#include "roles.aarch64.h"
#include "step.h"

        .section .text.fastpath, "ax"
        .balign 64
ENTRY(call)
        mrs     TEMP, elr_el1                           // save where we go on
        mrs     TEMP2, sp_el0
        stp     TEMP, TEMP2, [CURRENT, #THREAD_PC]
        mrs     TLS, tpidr_el0

STEP(call, find_slot)
        ldp     SLOT, TEMP, [CURRENT, #THREAD_CNODE]    // the root CNode's slots, and its mask
        cmp     BADGE, TEMP                             // outside: C says so
        b.hi    call.slow
        and     TEMP, TEMP, BADGE                       // and speculation stays inside
        add     SLOT, SLOT, TEMP, lsl #SLOT_BITS

STEP(call, check_right)
        ldr     TEMP_W, [SLOT, #CAP_RIGHTS]             // an endpoint that we may send to?
        tbz     TEMP_W, #RIGHT_endpoint_send_BIT, call.slow
        ldp     ENDPOINT, SLOT_BADGE, [SLOT, #CAP_OBJECT]

STEP(call, check_receiver)
        ldr     RECEIVER, [ENDPOINT, #ENDPOINT_RECEIVER - KIND_ENDPOINT]        // somebody, or a mark

STEP(call, check_gate)
        ldr     TEMP_W, [CURRENT, #GATE_BITS]           // we are plain?
        cbnz    TEMP_W, call.slow
        ldp     NEXT, GATE, [RECEIVER, #THREAD_NEXT]    // the receiver is plain,
        adrp    TEMP, core
        ldr     TEMP, [TEMP, #:lo12:core + CORE_LIMIT]
        cmp     GATE, TEMP                              // and nobody above it is ready?
        b.hi    call.slow

/* Nothing has been written but the save area; from here on nothing can fail. */
STEP(call, commit)
        str     NEXT, [ENDPOINT, #ENDPOINT_RECEIVER - KIND_ENDPOINT]    // endpoint->receiver = receiver->next
        stp     TLS, RECEIVER, [CURRENT, #THREAD_TLS]   // current->waits = receiver
        mov     TEMP, CURRENT
        stp     xzr, TEMP, [RECEIVER, #THREAD_WAITS]    // receiver->waits = 0, receiver->caller = current

STEP(call, switch)
        ldr     TEMP, [CURRENT, #THREAD_SPACE]
        mov     CURRENT, RECEIVER                       // the receiver is the current thread
        ldp     TEMP2, TLS, [CURRENT, #THREAD_SPACE]
        cmp     TEMP, TEMP2                             // the same address space?
        b.eq    call.resume
        msr     ttbr0_el1, TEMP2                        // no: load it; eret synchronises

STEP(call, clear)
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

STEP(call, resume)
        ldp     TEMP, TEMP2, [CURRENT, #THREAD_PC]      // where the receiver goes on
        msr     elr_el1, TEMP
        msr     sp_el0, TEMP2
        msr     tpidr_el0, TLS
        msr     spsr_el1, xzr                           // in user mode, flags clear
        mov     BADGE, SLOT_BADGE                       // the badge
        mov     x10, xzr                                // nothing of the kernel's reaches the user
        mov     x11, xzr
        mov     x12, xzr
        mov     x13, xzr
        mov     x14, xzr
        mov     x15, xzr
        mov     x16, xzr
        mov     x17, xzr
        eret

STEP(call, slow)
        b       syscall_slow                            // kernel/ipc.c does it instead
