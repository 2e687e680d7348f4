/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which register carries what on x86_64, for assembly (AT&T syntax) and, as strings, for inline assembly in C.
 * System calls are made by syscall.  Preserved: rip, rsp, FS base.  rcx and r11 return rip and the flags' constant;
 * rax, rbx, rbp, GS base and the segment registers ds, es, fs, gs return 0 when the address space has changed, and
 * anything but a kernel value otherwise.
 */
#pragma once
#ifdef __ASSEMBLER__
#define ABI_BADGE %rdi            /* in: capability address; out: badge (0 in a reply) */
#define ABI_TAG   %rsi
#define ABI_TAG_W %si             /* the low 16 bits */
#define ABI_TAG_L %esi            /* the low 32 bits; writing them clears the others */
#define ABI_M0    %rdx
#define ABI_M1    %r8
#define ABI_M2    %r9
#define ABI_M3    %r10
#define ABI_M4    %r12
#define ABI_M5    %r13
#define ABI_M6    %r14
#define ABI_M7    %r15
#endif

/* thread.read_all_registers: the words after the message, in this order. */
#define OTHER_RAX       0
#define OTHER_RBX       1
#define OTHER_RCX       2
#define OTHER_RBP       3
#define OTHER_R11       4
#define OTHER_FLAGS     5
#define OTHER_GS_BASE   6
#define OTHER_SELECTORS 7         /* ds, es, fs, gs: 16 bits each, ds lowest */
