/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Floors (abi.h): the least that any kernel could do, to be measured beside what this one does.  Each stands in for
 * syscall_entry until a system call with tag 0, which puts the ordinary entry back and is made through it.
 */
#include "offsets.h"
#include "constants.h"
#include "roles.x86_64.h"

#define MSR_LSTAR 0xc0000082

        .section .text.boot, "ax"
        .balign 64
        .globl  floor_trap
floor_trap:
        test    ABI_TAG, ABI_TAG
        je      floor_end
        sysretq

        .balign 64
        .globl  floor_space_switch
floor_space_switch:
        test    ABI_TAG, ABI_TAG
        je      floor_end
        mov     core+CORE_CURRENT(%rip), CURRENT
        mov     %rcx, THREAD_PC(CURRENT)
        mov     %rsp, THREAD_SP(CURRENT)
        rdfsbase %rcx
        mov     %rcx, THREAD_TLS(CURRENT)
        mov     THREAD_PARTNER(CURRENT), RECEIVER
        mov     RECEIVER, core+CORE_CURRENT(%rip)
        mov     THREAD_SPACE(RECEIVER), TEMP
        load_space TEMP
        mov     THREAD_TLS(RECEIVER), TEMP
        wrfsbase TEMP
        mov     THREAD_SP(RECEIVER), %rsp
        mov     THREAD_PC(RECEIVER), %rcx
        exit_site SITE_floor
        mov     $FLAGS_USER, %r11d
        sysretq

/* wrmsr takes rcx, which holds the pc, and rdx, which is a message word: kept in registers that are free. */
        .globl  floor_end
floor_end:
        mov     %rcx, %rbx
        mov     %rdx, %rbp
        mov     $MSR_LSTAR, %ecx
        mov     processor_entry(%rip), %eax
        mov     processor_entry+4(%rip), %edx
        wrmsr
        mov     %rbx, %rcx
        mov     %rbp, %rdx
        jmp     *processor_entry(%rip)
