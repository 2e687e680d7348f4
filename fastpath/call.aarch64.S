/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of call; equal to kernel/ipc.c: ipc_send() to a waiting passive receiver.  Steps: call.def.
 * On entry (arch/aarch64/entry.S): the state that stands there before syscall_slow, but for x10.
 */
#include "roles.aarch64.h"
#ifdef LONG
#include "copy.aarch64.h"
#define NO_ENDPOINT call.slow     /* a method takes no further words */
#else
#define NO_ENDPOINT call.other
#endif
#include "step.h"

        .section .text.fastpath, "ax"
        .balign 64
ENTRY(call)
        mrs     TEMP, elr_el1                           // save pc and sp
        mrs     LIMIT, sp_el0
        stp     TEMP, LIMIT, [CURRENT, #THREAD_PC]
        mrs     TLS, tpidr_el0                          // save TLS (stored at commit, with its neighbour)

STEP(call, find_slot)
        ldp     SLOT, TEMP, [CURRENT, #THREAD_CNODE]    // the address lies in the root CNode?
        cmp     BADGE, TEMP
        b.hi    call.slow
        and     TEMP, TEMP, BADGE                       // masked all the same
        add     SLOT, SLOT, TEMP, lsl #SLOT_BITS

STEP(call, check_right)
        ldr     TEMP_W, [SLOT, #CAP_RIGHTS]             // an endpoint we may send to?
        tbz     TEMP_W, #RIGHT_endpoint_send_BIT, NO_ENDPOINT
        ldp     ENDPOINT, SLOT_BADGE, [SLOT, #CAP_OBJECT]

STEP(call, check_receiver)
        ldr     RECEIVER, [ENDPOINT, #OF_ENDPOINT(ENDPOINT_RECEIVER)]   // who waits there? (nobody: its gate is set)

STEP(call, check_gate)
        ldr     TEMP_W, [CURRENT, #GATE_BITS]           // we are plain?
        cbnz    TEMP_W, call.slow
        ldp     NEXT, TEMP, [RECEIVER, #THREAD_NEXT]    // the receiver is plain, and nobody ready is more important?
        adrp    LIMIT, core
        ldr     LIMIT, [LIMIT, #:lo12:core + CORE_LIMIT]
        cmp     TEMP, LIMIT
        b.hi    call.slow

#ifdef LONG
STEP(call, check_buffers)
        check_buffers RECEIVER, call.slow

#endif
/* Nothing has been written but the save area; from here on nothing can fail. */
STEP(call, commit)
        str     NEXT, [ENDPOINT, #OF_ENDPOINT(ENDPOINT_RECEIVER)]       // endpoint->receiver = receiver->next
        stp     TLS, RECEIVER, [CURRENT, #THREAD_TLS]   // current->waits = receiver, for its answer
        mov     TEMP, CURRENT                           // receiver->caller = current
        stp     xzr, TEMP, [RECEIVER, #THREAD_WAITS]    // receiver->waits = nothing

#ifdef LONG
STEP(call, copy)
        copy_words

#endif
STEP(call, switch)
        ldr     TEMP, [CURRENT, #THREAD_SPACE]          // the same address space?
        mov     CURRENT, RECEIVER                        // the receiver is the current thread
        ldp     LIMIT, TLS, [CURRENT, #THREAD_SPACE]
        cmp     TEMP, LIMIT
        b.eq    call.resume
        msr     ttbr0_el1, LIMIT                        // load the other one; eret synchronises

STEP(call, clear)
        mov     x18, xzr                                // the sender's registers
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
        ldp     TEMP, LIMIT, [CURRENT, #THREAD_PC]      // restore pc and sp
        msr     elr_el1, TEMP
        msr     sp_el0, LIMIT
        msr     tpidr_el0, TLS                          // restore TLS
        msr     spsr_el1, xzr                           // to user mode; the flags are the sender's
        mov     BADGE, SLOT_BADGE                       // the receiver sees the badge
        mov     x10, xzr                                // the kernel's values
        mov     x11, xzr
        mov     x12, xzr
        mov     x13, xzr
        mov     x14, xzr
        mov     x15, xzr
        mov     x16, xzr
        mov     x17, xzr
        eret

#ifndef LONG
STEP(call, other)
        b       acknowledge.entry                       // an interrupt handler?

#endif
        .globl  call.slow                               // for what stands in for acknowledge
STEP(call, slow)
        b       syscall_slow
