/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reply_recv, when nothing is unusual: what ipc_reply_recv() in kernel/ipc.c does when a caller waits for the answer and
 * nobody waits at the endpoint.  The state on entry is entry.S's.  The message stays in its registers throughout.
 */
#include "offsets.h"
#include "constants.h"
#include "roles.x86_64.h"
#include "step.h"

        .section .text.fastpath, "ax"
        .balign 64
ENTRY(reply_recv)
        mov     core+CORE_CURRENT(%rip), CURRENT        // the current thread is the one that replies
        mov     %rcx, THREAD_PC(CURRENT)                // save pc
        mov     %rsp, THREAD_SP(CURRENT)                // save sp
        rdfsbase %rcx
        mov     %rcx, THREAD_TLS(CURRENT)               // save TLS

STEP(reply_recv, find_slot)
        mov     THREAD_CNODE_MASK(CURRENT), SLOT
        cmp     SLOT, ABI_BADGE                         // is the address inside the root CNode?
        ja      reply_recv.slow
        and     ABI_BADGE, SLOT                         // index, masked all the same
        shl     $SLOT_BITS, SLOT
        add     THREAD_CNODE(CURRENT), SLOT             // slot = cnode + index

STEP(reply_recv, check_right)
        testb   $RIGHT_endpoint_receive, CAP_RIGHTS(SLOT)       // an endpoint we may receive on?
        je      reply_recv.slow
        mov     CAP_OBJECT(SLOT), ENDPOINT

STEP(reply_recv, check_idle)
        cmpq    $nobody, ENDPOINT_FIELD(ENDPOINT_RECEIVER)      // does nobody wait there, neither to send nor to receive?
        jne     reply_recv.slow

STEP(reply_recv, check_gate)
        mov     THREAD_CALLER(CURRENT), CALLER          // who waits for the answer; NOBODY fails the next test
        cmpl    $0, GATE_BITS(CURRENT)                  // are we plain?
        jne     reply_recv.slow
        mov     THREAD_GATE(CALLER), TEMP               // is the caller plain, and nobody above it ready?
        cmp     core+CORE_LIMIT(%rip), TEMP
        ja      reply_recv.slow

/* Only the save area has been written so far; from here on nothing can fail. */
STEP(reply_recv, commit)
        mov     CURRENT, ENDPOINT_FIELD(ENDPOINT_RECEIVER)      // endpoint->receiver = we
        mov     ENDPOINT, THREAD_WAITS(CURRENT)         // we->waits = endpoint, to receive
        movq    $nobody, THREAD_CALLER(CURRENT)         // we->caller = NOBODY
        movq    $nobody, THREAD_NEXT(CURRENT)           // we->next = NOBODY
        movq    $0, THREAD_WAITS(CALLER)                // caller->waits = 0

STEP(reply_recv, switch)
        mov     CALLER, core+CORE_CURRENT(%rip)         // the current thread is the caller
        mov     THREAD_SPACE(CALLER), TEMP
        cmp     THREAD_SPACE(CURRENT), TEMP             // another address space?
        mov     $0, ZERO_W                              // (mov leaves the flags alone)
        je      reply_recv.resume
        mov     TEMP, %cr3                              // load it

STEP(reply_recv, clear)
        mov     ZERO_W, %ds                             // clear what we could have left there
        mov     ZERO_W, %es
        mov     ZERO_W, %fs                             // before the bases: some processors zero them here
        mov     ZERO_W, %gs
        wrgsbase ZERO

STEP(reply_recv, resume)
        xor     %edi, %edi                              // a reply has badge 0
        mov     THREAD_TLS(CALLER), TEMP                // restore TLS
        wrfsbase TEMP
        mov     THREAD_SP(CALLER), %rsp                 // restore sp
        mov     THREAD_PC(CALLER), %rcx                 // restore pc
        mov     $FLAGS_USER, %r11d
        xor     %eax, %eax                              // nothing of the kernel's stays
        xor     %ebx, %ebx
        sysretq

STEP(reply_recv, slow)
        mov     THREAD_PC(CURRENT), %rcx                // as on entry again
        jmp     syscall_slow
