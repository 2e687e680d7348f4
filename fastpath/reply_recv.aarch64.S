/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of reply_recv; equal to kernel/ipc.c: ipc_reply_recv() with a passive caller and an idle endpoint.
 * Steps: reply_recv.def.
 * On entry (arch/aarch64/entry.S): the state that stands there before syscall_slow, but for x10.
 */
#include "roles.aarch64.h"
#ifdef LONG
#include "copy.aarch64.h"
#endif
#include "step.h"

        .section .text.fastpath, "ax"
        .balign 64
ENTRY(reply_recv)
        mrs     TEMP, elr_el1                           // save pc and sp
        mrs     LIMIT, sp_el0
        stp     TEMP, LIMIT, [CURRENT, #THREAD_PC]
        mrs     TLS, tpidr_el0                          // save TLS (stored at commit, with its neighbour)

STEP(reply_recv, find_slot)
        ldp     SLOT, TEMP, [CURRENT, #THREAD_CNODE]    // the address lies in the root CNode?
        cmp     BADGE, TEMP
        b.hi    reply_recv.slow
        and     TEMP, TEMP, BADGE                       // masked all the same
        add     SLOT, SLOT, TEMP, lsl #SLOT_BITS

STEP(reply_recv, check_right)
        ldr     TEMP_W, [SLOT, #CAP_RIGHTS]             // an endpoint we may receive on?
        tbz     TEMP_W, #RIGHT_endpoint_receive_BIT, reply_recv.slow
        ldr     ENDPOINT, [SLOT, #CAP_OBJECT]

STEP(reply_recv, check_idle)
        ldr     TEMP, [ENDPOINT, #OF_ENDPOINT(ENDPOINT_RECEIVER)]       // nobody waits there, to send or to receive?
        adrp    NOWHERE, nobody                         // (page aligned: kernel.ld)
        cmp     TEMP, NOWHERE
        b.ne    reply_recv.slow

STEP(reply_recv, check_gate)
        ldr     TEMP_W, [CURRENT, #GATE_BITS]           // we are plain?
        cbnz    TEMP_W, reply_recv.slow
        ldr     CALLER, [CURRENT, #THREAD_CALLER]       // who waits for our answer? (nobody: its gate is set)
        ldr     TEMP, [CALLER, #THREAD_GATE]            // the caller is plain, and nobody ready is more important?
        ldr     LIMIT, [NOWHERE, #:lo12:core + CORE_LIMIT]      // (in nobody's page: kernel.ld)
        cmp     TEMP, LIMIT
        b.hi    reply_recv.slow

#ifdef LONG
STEP(reply_recv, check_buffers)
        check_buffers CALLER, reply_recv.slow

#endif
/* Nothing has been written but the save area; from here on nothing can fail. */
STEP(reply_recv, commit)
        mov     TEMP, CURRENT                           // endpoint->receiver = current
        str     TEMP, [ENDPOINT, #OF_ENDPOINT(ENDPOINT_RECEIVER)]
        stp     TLS, ENDPOINT, [CURRENT, #THREAD_TLS]   // current->waits = endpoint, to receive
        stp     NOWHERE, NOWHERE, [CURRENT, #THREAD_CALLER]     // current->caller = nobody, current->next = nobody
        str     xzr, [CALLER, #THREAD_WAITS]            // caller->waits = nothing

#ifdef LONG
STEP(reply_recv, copy)
        copy_words

#endif
STEP(reply_recv, switch)
        ldr     TEMP, [CURRENT, #THREAD_SPACE]          // the same address space?
        mov     CURRENT, CALLER                          // the caller is the current thread
        ldp     LIMIT, TLS, [CURRENT, #THREAD_SPACE]
        cmp     TEMP, LIMIT
        b.eq    reply_recv.resume
        msr     ttbr0_el1, LIMIT                        // load the other one; eret synchronises

STEP(reply_recv, clear)
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

STEP(reply_recv, resume)
        ldp     TEMP, LIMIT, [CURRENT, #THREAD_PC]      // restore pc and sp
        msr     elr_el1, TEMP
        msr     sp_el0, LIMIT
        msr     tpidr_el0, TLS                          // restore TLS
        msr     spsr_el1, xzr                           // to user mode; the flags are the sender's
        mov     BADGE, xzr                              // an answer has no badge
        mov     x10, xzr                                // the kernel's values
        mov     x11, xzr
        mov     x12, xzr
        mov     x13, xzr
        mov     x14, xzr
        mov     x15, xzr
        mov     x16, xzr
        mov     x17, xzr
        eret

STEP(reply_recv, slow)
        b       syscall_slow
