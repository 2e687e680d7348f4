/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of reply_recv; equal to kernel/ipc.c: ipc_reply_recv() with a passive caller and an idle endpoint.
 * Steps: reply_recv.def.
 * On entry (arch/x86_64/entry.S): the state that is described there.  The message stays in its registers throughout.
 */
#include "offsets.h"
#include "constants.h"
#include "roles.x86_64.h"
#ifdef LONG
#include "copy.x86_64.h"
#endif
#include "step.h"

        .section .text.fastpath, "ax"
        .balign 64
ENTRY(reply_recv)
        mov     core+CORE_CURRENT(%rip), CURRENT        // who replies
        mov     %rcx, THREAD_PC(CURRENT)                // save pc
        mov     %rsp, THREAD_SP(CURRENT)                // save sp
        rdfsbase %rcx
        mov     %rcx, THREAD_TLS(CURRENT)               // save TLS

STEP(reply_recv, find_slot)
        mov     THREAD_CNODE_MASK(CURRENT), SLOT
        cmp     SLOT, ABI_BADGE                         // the address lies in the root CNode?
        ja      reply_recv.slow
        and     ABI_BADGE, SLOT                         // masked all the same
        shl     $SLOT_BITS, SLOT
        add     THREAD_CNODE(CURRENT), SLOT

STEP(reply_recv, check_right)
        testb   $RIGHT_endpoint_receive, CAP_RIGHTS(SLOT)       // an endpoint we may receive on?
        je      reply_recv.slow
        mov     CAP_OBJECT(SLOT), ENDPOINT

STEP(reply_recv, check_idle)
        cmpq    $nobody, ENDPOINT_FIELD(ENDPOINT_RECEIVER)      // nobody waits there, to send or to receive?
        jne     reply_recv.slow

STEP(reply_recv, check_gate)
        mov     THREAD_CALLER(CURRENT), CALLER          // who waits for our answer? (nobody: its gate is set)
        cmpl    $0, GATE_BITS(CURRENT)                  // we are plain?
        jne     reply_recv.slow
        mov     THREAD_GATE(CALLER), TEMP               // the caller is plain, and nobody ready is more important?
        cmp     core+CORE_LIMIT(%rip), TEMP
        ja      reply_recv.slow

#ifdef LONG
STEP(reply_recv, check_buffers)
        check_buffers CALLER, reply_recv.slow

#endif
/* Nothing has been written but the save area; from here on nothing can fail. */
STEP(reply_recv, commit)
        mov     CURRENT, ENDPOINT_FIELD(ENDPOINT_RECEIVER)      // endpoint->receiver = current
        mov     ENDPOINT, THREAD_WAITS(CURRENT)         // current->waits = endpoint, to receive
        movq    $nobody, THREAD_CALLER(CURRENT)         // current->caller = nobody
        movq    $nobody, THREAD_NEXT(CURRENT)           // current->next = nobody
        movq    $0, THREAD_WAITS(CALLER)                // caller->waits = nothing

#ifdef LONG
STEP(reply_recv, copy)
        copy_words

#endif
STEP(reply_recv, switch)
        mov     CALLER, core+CORE_CURRENT(%rip)         // the caller is the current thread
        mov     THREAD_SPACE(CALLER), TEMP
        cmp     THREAD_SPACE(CURRENT), TEMP             // the same address space?
        mov     $0, ZERO_W                              // (mov leaves the flags alone)
        je      reply_recv.resume
        load_space TEMP                                 // load the other one

STEP(reply_recv, clear)
        mov     ZERO_W, %ds                             // the sender's registers
        mov     ZERO_W, %es
        mov     ZERO_W, %fs                             // before the bases: some processors zero them here
        mov     ZERO_W, %gs
        wrgsbase ZERO

STEP(reply_recv, resume)
        xor     %edi, %edi                              // an answer has no badge
        mov     THREAD_TLS(CALLER), TEMP                // restore TLS
        wrfsbase TEMP
        mov     THREAD_SP(CALLER), %rsp                 // restore sp
        mov     THREAD_PC(CALLER), %rcx                 // restore pc
        mov     $FLAGS_USER, %r11d
        xor     %eax, %eax                              // the kernel's values
        sysret_clearing %ebx

STEP(reply_recv, slow)
        mov     THREAD_PC(CURRENT), %rcx                // all is again as it was on entry
        jmp     syscall_slow
