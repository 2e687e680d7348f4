/* SPDX-License-Identifier: BSD-2-Clause
 *
 * void system_call_function(struct message *): the stub as a function.  It keeps the promise of a C function towards its
 * caller by saving all callee-saved registers; the inline stub (machine.h) saves only what is live.
 */
#include "registers.x86_64.h"

        .globl system_call_function
        .type system_call_function, @function
system_call_function:
        push    %rbx
        push    %rbp
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        push    %rdi                                    // the message: nothing but the stack survives
        mov     0(%rdi), ABI_TAG
        mov     16(%rdi), ABI_M0
        mov     24(%rdi), ABI_M1
        mov     32(%rdi), ABI_M2
        mov     40(%rdi), ABI_M3
        mov     48(%rdi), ABI_M4
        mov     56(%rdi), ABI_M5
        mov     64(%rdi), ABI_M6
        mov     72(%rdi), ABI_M7
        mov     8(%rdi), ABI_BADGE
        syscall
        pop     %rax
        mov     ABI_TAG, 0(%rax)
        mov     ABI_BADGE, 8(%rax)
        mov     ABI_M0, 16(%rax)
        mov     ABI_M1, 24(%rax)
        mov     ABI_M2, 32(%rax)
        mov     ABI_M3, 40(%rax)
        mov     ABI_M4, 48(%rax)
        mov     ABI_M5, 56(%rax)
        mov     ABI_M6, 64(%rax)
        mov     ABI_M7, 72(%rax)
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbp
        pop     %rbx
        ret
        .size system_call_function, . - system_call_function
