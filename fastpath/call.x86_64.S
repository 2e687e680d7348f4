/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of call; equal to kernel/ipc.c: ipc_send() to a waiting passive receiver.  Steps: call.def.
 * On entry (arch/x86_64/entry.S): the state that is described there.  The message stays in its registers throughout.
 */
#include "offsets.h"
#include "constants.h"
#include "roles.x86_64.h"
#ifdef LONG
#include "copy.x86_64.h"
#define NO_ENDPOINT call.slow     /* a method takes no further words */
#else
#define NO_ENDPOINT call.other
#endif
#include "step.h"

        .section .text.fastpath, "ax"
        .balign 64
ENTRY(call)
        mov     core+CORE_CURRENT(%rip), CURRENT        // who calls
        mov     %rcx, THREAD_PC(CURRENT)                // save pc
        mov     %rsp, THREAD_SP(CURRENT)                // save sp
        rdfsbase %rcx
        mov     %rcx, THREAD_TLS(CURRENT)               // save TLS

STEP(call, find_slot)
        mov     THREAD_CNODE_MASK(CURRENT), SLOT
        cmp     SLOT, ABI_BADGE                         // the address lies in the root CNode?
        ja      call.slow
        and     ABI_BADGE, SLOT                         // masked all the same
        shl     $SLOT_BITS, SLOT
        add     THREAD_CNODE(CURRENT), SLOT

STEP(call, check_right)
        testb   $RIGHT_endpoint_send, CAP_RIGHTS(SLOT)  // an endpoint we may send to?
        je      NO_ENDPOINT
        mov     CAP_OBJECT(SLOT), ENDPOINT

STEP(call, check_receiver)
        mov     ENDPOINT_FIELD(ENDPOINT_RECEIVER), RECEIVER     // who waits there? (nobody: its gate is set)

STEP(call, check_gate)
        cmpl    $0, GATE_BITS(CURRENT)                  // we are plain?
        jne     call.slow
        mov     THREAD_GATE(RECEIVER), TEMP             // the receiver is plain, and nobody ready is more important?
        cmp     core+CORE_LIMIT(%rip), TEMP
        ja      call.slow

#ifdef LONG
STEP(call, check_buffers)
        check_buffers RECEIVER, call.slow

#endif
/* Nothing has been written but the save area; from here on nothing can fail. */
STEP(call, commit)
        mov     THREAD_NEXT(RECEIVER), TEMP             // endpoint->receiver = receiver->next
        mov     TEMP, ENDPOINT_FIELD(ENDPOINT_RECEIVER)
        mov     RECEIVER, THREAD_WAITS(CURRENT)         // current->waits = receiver, for its answer
        mov     CURRENT, THREAD_CALLER(RECEIVER)        // receiver->caller = current
        movq    $0, THREAD_WAITS(RECEIVER)              // receiver->waits = nothing

#ifdef LONG
STEP(call, copy)
        copy_words

#endif
STEP(call, switch)
        mov     RECEIVER, core+CORE_CURRENT(%rip)       // the receiver is the current thread
        mov     THREAD_SPACE(RECEIVER), TEMP
        cmp     THREAD_SPACE(CURRENT), TEMP             // the same address space?
        mov     $0, ZERO_W                              // (mov leaves the flags alone)
        je      call.resume
        load_space TEMP                                 // load the other one

STEP(call, clear)
        mov     ZERO_W, %ds                             // the sender's registers
        mov     ZERO_W, %es
        mov     ZERO_W, %fs                             // before the bases: some processors zero them here
        mov     ZERO_W, %gs
        wrgsbase ZERO

STEP(call, resume)
        mov     CAP_BADGE(SLOT), BADGE                  // the receiver sees the badge
        mov     THREAD_TLS(RECEIVER), TEMP              // restore TLS
        wrfsbase TEMP
        mov     THREAD_SP(RECEIVER), %rsp               // restore sp
        mov     THREAD_PC(RECEIVER), %rcx               // restore pc
        mov     $FLAGS_USER, %r11d
        xor     %eax, %eax                              // the kernel's values
        sysret_clearing %ebx

#ifndef LONG
STEP(call, other)
        jmp     acknowledge.entry                       // an interrupt handler?

#endif
        .globl  call.slow                               // for what stands in for acknowledge
STEP(call, slow)
        mov     THREAD_PC(CURRENT), %rcx                // all is again as it was on entry
        jmp     syscall_slow
