/* SPDX-License-Identifier: BSD-2-Clause -- every register of x86_64, for tests (probe.h). */
#include "registers.x86_64.h"

#define OTHER(n) (80 + 8 * (n))(%rax)
#define FLAGS_ALWAYS 0x202
#define FLAGS_PATTERN 0x40cd5              /* AC, DF, and the arithmetic flags */

/* Expects on the stack: rax, flags, the probe's address; all other registers as they are to be stored.  Leaves nothing. */
        .macro  STORE_ALL
        mov     16(%rsp), %rax
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
        popq    OTHER(0)
        mov     %rbx, OTHER(1)
        mov     %rbp, OTHER(2)
        mov     %rcx, OTHER(9)
        mov     %r11, OTHER(10)
        xor     %ecx, %ecx
        mov     %ds, %ecx
        mov     %rcx, OTHER(3)
        mov     %es, %ecx
        mov     %rcx, OTHER(4)
        mov     %fs, %ecx
        mov     %rcx, OTHER(5)
        mov     %gs, %ecx
        mov     %rcx, OTHER(6)
        rdgsbase %rcx
        mov     %rcx, OTHER(7)
        pop     %rcx                                    // flags
        and     $~FLAGS_ALWAYS, %rcx
        mov     %rcx, OTHER(8)
        pop     %rax
        .endm

        .globl  probe_system_call
probe_system_call:
        push    %rbx
        push    %rbp
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        push    %rdi
        mov     %rsi, %rax                              // the pattern
        mov     %ss, %ecx                               // segments: any selector that is not zero
        mov     %ecx, %ds
        mov     %ecx, %es
        mov     %ecx, %gs
        mov     %rax, %rcx
        shr     $17, %rcx                               // canonical, or wrgsbase faults (QEMU does not check)
        wrgsbase %rcx
        mov     %rax, %rbx
        mov     %rax, %rbp
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
        pushfq                                          // flags that the kernel's own code must not run with
        orl     $FLAGS_PATTERN, (%rsp)
        popfq
        syscall
        pushfq
        cld
        push    %rax
        STORE_ALL
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbp
        pop     %rbx
        ret

        .globl  probe_start
probe_start:
        push    %rdi
        pushfq
        push    %rax
        STORE_ALL
        mov     %rax, %rdi
        movq    $0, 8(%rdi)                             // the argument register is the badge's
        call    probe_started
