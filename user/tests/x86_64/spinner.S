/* SPDX-License-Identifier: BSD-2-Clause -- every register of x86_64, compared with what it was (spinner.h). */

        .globl  spinner_run
spinner_run:
        push    %rbx
        push    %rbp
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        .set    number, 1
        .irp    register, rax, rbx, rcx, rdx, rsi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
        mov     $0x10101 * number, %\register
        .set    number, number + 1
        .endr
0:      incq    8(%rdi)                                 // another round
        std                                             // flags: direction and carry
        stc
        .rept   16
        nop
        .endr
        pushfq
        cld
        andl    $0x401, (%rsp)
        cmpl    $0x401, (%rsp)
        lea     8(%rsp), %rsp
        jne     1f
        .set    number, 1
        .irp    register, rax, rbx, rcx, rdx, rsi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
        cmp     $0x10101 * number, %\register
        jne     1f
        .set    number, number + 1
        .endr
        cmpq    $0, (%rdi)
        jne     0b
        jmp     2f
1:      movq    $1, 16(%rdi)
2:
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbp
        pop     %rbx
        ret
