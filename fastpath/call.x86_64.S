/* SPDX-License-Identifier: BSD-2-Clause
 *
 * call, when nothing is unusual: what ipc_send() in kernel/ipc.c does for a waiting receiver.  The state on entry is
 * entry.S's.  The message stays in its registers throughout.
 */
#include "offsets.h"
#include "constants.h"
#include "roles.x86_64.h"
#include "step.h"

        .section .text.fastpath, "ax"
        .balign 64
ENTRY(call)
        mov     core+CORE_CURRENT(%rip), CURRENT        // the current thread is the caller
        mov     %rcx, THREAD_PC(CURRENT)                // save pc
        mov     %rsp, THREAD_SP(CURRENT)                // save sp
        rdfsbase %rcx
        mov     %rcx, THREAD_TLS(CURRENT)               // save TLS

STEP(call, find_slot)
        mov     THREAD_CNODE_MASK(CURRENT), SLOT
        cmp     SLOT, ABI_BADGE                         // is the address inside the root CNode?
        ja      call.slow
        and     ABI_BADGE, SLOT                         // index, masked all the same
        shl     $SLOT_BITS, SLOT
        add     THREAD_CNODE(CURRENT), SLOT             // slot = cnode + index

STEP(call, check_right)
        testb   $RIGHT_endpoint_send, CAP_RIGHTS(SLOT)  // an endpoint we may send to?
        je      call.slow
        mov     CAP_OBJECT(SLOT), ENDPOINT

STEP(call, check_receiver)
        mov     ENDPOINT_FIELD(ENDPOINT_RECEIVER), RECEIVER     // who waits; NOBODY and SENDERS fail check_gate

STEP(call, check_gate)
        cmpl    $0, GATE_BITS(CURRENT)                  // is the caller plain?
        jne     call.slow
        mov     THREAD_GATE(RECEIVER), TEMP             // is the receiver plain, and nobody above it ready?
        cmp     core+CORE_LIMIT(%rip), TEMP
        ja      call.slow

/* Only the save area has been written so far; from here on nothing can fail. */
STEP(call, commit)
        mov     THREAD_NEXT(RECEIVER), TEMP             // endpoint->receiver = receiver->next
        mov     TEMP, ENDPOINT_FIELD(ENDPOINT_RECEIVER)
        mov     RECEIVER, THREAD_WAITS(CURRENT)         // caller->waits = receiver
        mov     CURRENT, THREAD_CALLER(RECEIVER)        // receiver->caller = caller
        movq    $0, THREAD_WAITS(RECEIVER)              // receiver->waits = 0

STEP(call, switch)
        mov     RECEIVER, core+CORE_CURRENT(%rip)       // the current thread is the receiver
        mov     THREAD_SPACE(RECEIVER), TEMP
        cmp     THREAD_SPACE(CURRENT), TEMP             // another address space?
        mov     $0, ZERO_W                              // (mov leaves the flags alone)
        je      call.resume
        mov     TEMP, %cr3                              // load it

STEP(call, clear)
        mov     ZERO_W, %ds                             // clear what the caller could have left there
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
        xor     %eax, %eax                              // nothing of the kernel's stays
        xor     %ebx, %ebx
        sysretq

STEP(call, slow)
        mov     THREAD_PC(CURRENT), %rcx                // as on entry again
        jmp     syscall_slow
