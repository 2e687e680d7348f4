/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The steps that a long message has beside a bare one.  rep movsq takes rsi, rdi and rcx, which are the tag, the capability
 * address (of no use any more) and the other thread: kept in registers that are free.
 */
#pragma once

/* Both have a buffer, or else to slow. */
.macro check_buffers other, slow
        cmpq    $0, THREAD_BUFFER(CURRENT)              // we have a buffer?
        je      \slow
        cmpq    $0, THREAD_BUFFER(\other)               // the other one has a buffer?
        je      \slow
.endm

/* At most 112 repetitions.  rdi holds an address of the kernel's until the badge is put there. */
.macro copy_words
        mov     %rcx, %rax
        mov     %rsi, %rbp
        mov     THREAD_BUFFER(%rcx), %rdi
        mov     %esi, %ecx
        and     $TAG_LENGTH_MASK, %ecx
        mov     THREAD_BUFFER(CURRENT), %rsi
        rep movsq
        mov     %rax, %rcx
        mov     %rbp, %rsi
.endm
