/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of irq_handler.acknowledge; equal to kernel/irq.c: method_irq_handler_acknowledge().  Steps: acknowledge.def.
 * On entry (call.x86_64.S): SLOT is the slot that the call names, pc, sp and TLS are saved, rsp and the message still
 * the user's.  All registers but the stack pointer are void after a system call: C may use them.
 */
#include "offsets.h"
#include "constants.h"
#include "roles.x86_64.h"
#include "step.h"

        .section .text.fastpath, "ax"
        .balign 64
ENTRY(acknowledge)
        cmp     $TAG_ACKNOWLEDGE, ABI_TAG               // an acknowledgement?
        jne     acknowledge.slow

STEP(acknowledge, check_right)
        testl   $RIGHT_irq_handler_handle, CAP_RIGHTS(SLOT)     // an interrupt handler we may handle?
        je      acknowledge.slow
        mov     CAP_OBJECT(SLOT), HANDLER

STEP(acknowledge, check_delivered)
        cmpl    $0, HANDLER_FIELD(HANDLER_DELIVERED)    // an interrupt was delivered?
        je      acknowledge.slow

/* Nothing has been written but the save area; from here on nothing can fail. */
STEP(acknowledge, commit)
        movl    $0, HANDLER_FIELD(HANDLER_DELIVERED)    // handler->delivered = 0
        mov     HANDLER_FIELD(HANDLER_LINE), %edi       // arch_irq_acknowledge(handler->line)
        mov     CURRENT, KEPT
        lea     kernel_stack_top(%rip), %rsp
        call    arch_irq_acknowledge
        test    %al, %al                                // another one?
        jne     acknowledge.again

STEP(acknowledge, resume)
        mov     THREAD_PC(KEPT), %rcx                   // restore pc
        mov     THREAD_SP(KEPT), %rsp                   // restore sp
        mov     $TAG_REPLY_RECV, ABI_TAG_L              // an answer
        xor     %edi, %edi                              // badge 0
        xor     %edx, %edx                              // no words
        xor     %r8d, %r8d
        xor     %r9d, %r9d
        xor     %r10d, %r10d
        xor     %r12d, %r12d
        xor     %r13d, %r13d
        xor     %r14d, %r14d
        xor     %r15d, %r15d
        mov     $FLAGS_USER, %r11d
        xor     %eax, %eax                              // the kernel's values
        xor     %ebx, %ebx
        sysret_clearing %ebp

STEP(acknowledge, again)
        lea     -KIND_IRQ_HANDLER(HANDLER), %rsi        // kernel_acknowledged(current, handler)
        mov     KEPT, %rdi
        call    kernel_acknowledged
        mov     %rax, %rdi
        jmp     resume

STEP(acknowledge, slow)
        mov     THREAD_PC(CURRENT), %rcx                // all is again as it was on entry
        jmp     syscall_slow
