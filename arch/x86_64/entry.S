/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ways into the kernel and out of it.  One kernel stack, reset at each entry: the kernel runs to completion with
 * interrupts off, so nothing on it outlives a trip.
 *
 * State on entry to the fast paths (<path>.entry) and syscall_slow, as the syscall instruction leaves it: the message in
 * its registers (abi/registers.x86_64.h); rcx = pc, rsp = the user's sp, FS base = TLS, none of them saved yet; rax, rbx,
 * rbp, r11 are free.  Flags are clear (FLAGS_MASK).  Nothing found in GS, and no swapgs (user space owns GS base):
 * the current thread is a word beside rip.
 *
 * All exceptions and interrupts come in on stacks of their own (the interrupt stack table), whatever rsp holds: between
 * syscall and sysret it is the user's, or scratch.  So a trap from inside the kernel, which is a mistake of the kernel,
 * destroys nothing, and MOV SS before syscall (CVE-2018-8897) leads to a #DB on a good stack.
 */
#include "offsets.h"
#include "constants.h"
#include "registers.h"
#include "registers.x86_64.h"
#include "exit.h"

#define CURRENT %r11
#define OTHER(index) THREAD_OTHER + 8 * index

        .section .text.entry, "ax"

/* ---- system calls ---- */

        .balign 64
        .globl  syscall_entry
syscall_entry:
        test    ABI_TAG_W, ABI_TAG_W                    // a bare call?
        je      call.entry
        cmp     $TAG_REPLY_RECV, ABI_TAG_W              // a bare reply_recv?
        je      reply_recv.entry
        test    ABI_TAG_W, ABI_TAG_W                    // null?
        jns     syscall_other
syscall_null:
        sysretq                                         // with the user's own flags, which r11 still holds

/* The rarer paths, told apart by the tag's low 16 bits. */
syscall_other:
        cmp     $TAG_SIGNAL, ABI_TAG_W
        je      signal.entry
        movzwl  ABI_TAG_W, %eax
        cmp     $MESSAGE_EXTRA, %eax                    // a call with further words?
        jbe     long_call.entry
        lea     -TAG_REPLY_RECV(%rax), %ebx             // a reply_recv?
        cmp     $MESSAGE_EXTRA, %ebx
        jbe     long_reply_recv.entry
        cmp     $TAG_NB_SEND, %eax
        je      signal.entry
        cmp     $TAG_RECV, %eax
        je      wait.entry
        cmp     $TAG_NB_RECV, %eax
        je      wait.entry
        cmp     $TAG_SEND, %eax
        je      signal.entry

        .globl  syscall_slow
syscall_slow:
        mov     core+CORE_CURRENT(%rip), CURRENT        // save pc, sp, TLS
        mov     %rcx, THREAD_PC(CURRENT)
        mov     %rsp, THREAD_SP(CURRENT)
        rdfsbase %rcx
        mov     %rcx, THREAD_TLS(CURRENT)
syscall_slow.message:
        mov     ABI_TAG, THREAD_TAG(CURRENT)            // and the message
        mov     ABI_BADGE, THREAD_BADGE(CURRENT)
        mov     ABI_M0, THREAD_MESSAGE+0(CURRENT)
        mov     ABI_M1, THREAD_MESSAGE+8(CURRENT)
        mov     ABI_M2, THREAD_MESSAGE+16(CURRENT)
        mov     ABI_M3, THREAD_MESSAGE+24(CURRENT)
        mov     ABI_M4, THREAD_MESSAGE+32(CURRENT)
        mov     ABI_M5, THREAD_MESSAGE+40(CURRENT)
        mov     ABI_M6, THREAD_MESSAGE+48(CURRENT)
        mov     ABI_M7, THREAD_MESSAGE+56(CURRENT)
        lea     kernel_stack_top(%rip), %rsp
        xor     %ebp, %ebp                              // where a stack trace ends
        mov     CURRENT, %rdi
        call    kernel_syscall
        mov     %rax, %rdi
        jmp     resume

/* Where the processor forgets branches whenever address spaces change, only C may change them. */
        .globl  syscall_entry_slow
syscall_entry_slow:
        test    ABI_TAG_W, ABI_TAG_W                    // null?
        jns     syscall_slow
        jmp     syscall_null

/* A processor without FSGSBASE: user space cannot change FS base, so there is nothing to read; no fast paths. */
        .globl  syscall_entry_plain
syscall_entry_plain:
        test    ABI_TAG_W, ABI_TAG_W                    // null?
        js      syscall_null
        mov     core+CORE_CURRENT(%rip), CURRENT
        mov     %rcx, THREAD_PC(CURRENT)
        mov     %rsp, THREAD_SP(CURRENT)
        jmp     syscall_slow.message

/* ---- out ---- */

/*
 * resume(thread in rdi): leaves for user space.  No register then holds anything of the kernel's: each is a message's,
 * preserved, a constant, or zero.
 */
        .globl  resume
resume:
        lea     kernel_stack_top(%rip), %rsp
        mov     %rdi, CURRENT
        testl   $GATE_FULL, GATE_BITS(CURRENT)
        jne     resume.full

        xor     %ebp, %ebp                              // an ipc context
        mov     %ebp, %ds
        mov     %ebp, %es
        mov     %ebp, %fs                               // before the bases: some processors zero them here
        mov     %ebp, %gs
        call    write_bases
        mov     THREAD_TAG(CURRENT), ABI_TAG
        mov     THREAD_BADGE(CURRENT), ABI_BADGE
        mov     THREAD_MESSAGE+0(CURRENT), ABI_M0
        mov     THREAD_MESSAGE+8(CURRENT), ABI_M1
        mov     THREAD_MESSAGE+16(CURRENT), ABI_M2
        mov     THREAD_MESSAGE+24(CURRENT), ABI_M3
        mov     THREAD_MESSAGE+32(CURRENT), ABI_M4
        mov     THREAD_MESSAGE+40(CURRENT), ABI_M5
        mov     THREAD_MESSAGE+48(CURRENT), ABI_M6
        mov     THREAD_MESSAGE+56(CURRENT), ABI_M7
        mov     THREAD_SP(CURRENT), %rsp
        mov     THREAD_PC(CURRENT), %rcx
        mov     $FLAGS_USER, %r11d
        xor     %eax, %eax
        sysret_clearing %ebx

resume.full:
        andl    $~GATE_FULL, GATE_BITS(CURRENT)
        mov     OTHER(OTHER_SELECTORS)+0(CURRENT), %ds
        mov     OTHER(OTHER_SELECTORS)+2(CURRENT), %es
        mov     OTHER(OTHER_SELECTORS)+4(CURRENT), %fs
        mov     OTHER(OTHER_SELECTORS)+6(CURRENT), %gs
        mov     OTHER(OTHER_GS_BASE)(CURRENT), %rbp
        call    write_bases
        pushq   $SELECTOR_USER_DATA
        pushq   THREAD_SP(CURRENT)
        pushq   OTHER(OTHER_FLAGS)(CURRENT)
        pushq   $SELECTOR_USER_CODE
        pushq   THREAD_PC(CURRENT)
        mov     THREAD_TAG(CURRENT), ABI_TAG
        mov     THREAD_BADGE(CURRENT), ABI_BADGE
        mov     THREAD_MESSAGE+0(CURRENT), ABI_M0
        mov     THREAD_MESSAGE+8(CURRENT), ABI_M1
        mov     THREAD_MESSAGE+16(CURRENT), ABI_M2
        mov     THREAD_MESSAGE+24(CURRENT), ABI_M3
        mov     THREAD_MESSAGE+32(CURRENT), ABI_M4
        mov     THREAD_MESSAGE+40(CURRENT), ABI_M5
        mov     THREAD_MESSAGE+48(CURRENT), ABI_M6
        mov     THREAD_MESSAGE+56(CURRENT), ABI_M7
        mov     OTHER(OTHER_RAX)(CURRENT), %rax
        mov     OTHER(OTHER_RBX)(CURRENT), %rbx
        mov     OTHER(OTHER_RCX)(CURRENT), %rcx
        mov     OTHER(OTHER_RBP)(CURRENT), %rbp
        exit_site SITE_full
        mov     OTHER(OTHER_R11)(CURRENT), %r11
        iretq

/* FS base from the thread in CURRENT, GS base from rbp; overwrites rax, rcx, rdx. */
write_bases:
        mov     THREAD_TLS(CURRENT), %rax
        cmpb    $0, processor_fsgsbase(%rip)
        je      0f
        wrfsbase %rax
        wrgsbase %rbp
        ret
0:      mov     THREAD_TLS+4(CURRENT), %edx
        mov     $0xc0000100, %ecx                       // MSR FS_BASE
        wrmsr
        mov     %ebp, %eax
        mov     %rbp, %rdx
        shr     $32, %rdx
        inc     %ecx                                    // MSR GS_BASE
        wrmsr
        ret

/* ---- exceptions and interrupts ---- */

        .section .text.trampoline, "ax"

/*
 * One stub a vector, 16 bytes each (processor.c fills the descriptor table): an error code if the processor pushes none, and
 * the vector.  The vectors that have one: Intel SDM volume 3, table 6-1.
 */
        .balign 16
        .globl  trap_stubs
trap_stubs:
        .set    vector, 0
        .rept   256
        .balign 16
        .if vector == VECTOR_NMI
        iretq                                           // nobody asked for one; nested ones cannot hurt
        .else
        .if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30)
        pushq   $0
        .endif
        pushq   $vector
        jmp     trap_entry
        .endif
        .set    vector, vector + 1
        .endr

/* On an interrupt stack: vector, error code, pc, cs, flags, sp, ss.  From user space: a full context. */
        .balign 16
trap_entry:
        exit_site SITE_trap
        testb   $3, 24(%rsp)
        je      trap_from_kernel
        .globl  trap_entry.user
trap_entry.user:
        push    %r11
        mov     core+CORE_CURRENT(%rip), CURRENT
        popq    OTHER(OTHER_R11)(CURRENT)
        mov     ABI_TAG, THREAD_TAG(CURRENT)
        mov     ABI_BADGE, THREAD_BADGE(CURRENT)
        mov     ABI_M0, THREAD_MESSAGE+0(CURRENT)
        mov     ABI_M1, THREAD_MESSAGE+8(CURRENT)
        mov     ABI_M2, THREAD_MESSAGE+16(CURRENT)
        mov     ABI_M3, THREAD_MESSAGE+24(CURRENT)
        mov     ABI_M4, THREAD_MESSAGE+32(CURRENT)
        mov     ABI_M5, THREAD_MESSAGE+40(CURRENT)
        mov     ABI_M6, THREAD_MESSAGE+48(CURRENT)
        mov     ABI_M7, THREAD_MESSAGE+56(CURRENT)
        mov     %rax, OTHER(OTHER_RAX)(CURRENT)
        mov     %rbx, OTHER(OTHER_RBX)(CURRENT)
        mov     %rcx, OTHER(OTHER_RCX)(CURRENT)
        mov     %rbp, OTHER(OTHER_RBP)(CURRENT)
        mov     %ds, OTHER(OTHER_SELECTORS)+0(CURRENT)
        mov     %es, OTHER(OTHER_SELECTORS)+2(CURRENT)
        mov     %fs, OTHER(OTHER_SELECTORS)+4(CURRENT)
        mov     %gs, OTHER(OTHER_SELECTORS)+6(CURRENT)
        pop     %rsi                                    // vector
        pop     %rdx                                    // error code
        popq    THREAD_PC(CURRENT)
        pop     %rax                                    // cs: user space has only one
        popq    OTHER(OTHER_FLAGS)(CURRENT)
        popq    THREAD_SP(CURRENT)
        xor     %eax, %eax                              // GS base; without FSGSBASE user space cannot set it
        cmpb    $0, processor_fsgsbase(%rip)
        je      0f
        rdfsbase %rax
        mov     %rax, THREAD_TLS(CURRENT)
        rdgsbase %rax
0:      mov     %rax, OTHER(OTHER_GS_BASE)(CURRENT)
        lea     kernel_stack_top(%rip), %rsp
        pushq   $FLAGS_FIXED                            // AC, DF and NT are still the user's
        popfq
        xor     %ebp, %ebp
        mov     CURRENT, %rdi
        call    trap_from_user
        mov     %rax, %rdi
        jmp     resume

        .globl  trap_from_kernel
trap_from_kernel:
        cmpl    $VECTOR_DEBUG, (%rsp)                   // the one that user space can cause (CVE-2018-8897)
        jne     0f
        add     $16, %rsp
        iretq
0:      cmpl    $VECTOR_DEVICES, (%rsp)                 // an interrupt that idle_wait waits for
        jb      0f
        cmpq    $idle_wait.end, 16(%rsp)
        jne     0f
        popq    interrupt_vector(%rip)
        add     $8, %rsp
        andl    $~FLAG_INTERRUPTS, 16(%rsp)             // interrupts off again
        iretq
0:      push    %rax                                    // struct kernel_frame in trap.c
        push    %rbx
        push    %rcx
        push    %rdx
        push    %rsi
        push    %rdi
        push    %rbp
        push    %r8
        push    %r9
        push    %r10
        push    %r11
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        cld
        mov     %rsp, %rdi
        and     $-16, %rsp
        call    trap_in_kernel
        ud2                                             // it does not return

/* Waits for one interrupt.  The shadow of sti reaches to hlt, so that none can come before it. */
        .globl  idle_wait
idle_wait:
        sti
        hlt
idle_wait.end:
        cli                                             // after a non-maskable one
        ret
