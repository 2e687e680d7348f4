/* SPDX-License-Identifier: BSD-2-Clause -- instructions of x86_64 that a user program may not execute. */
#pragma once

static inline void instruction_privileged(void) { __asm__ volatile("hlt"); }
static inline void instruction_illegal(void)    { __asm__ volatile("ud2"); }
static inline void instruction_fpu(void)        { __asm__ volatile(".byte 0x66, 0x0f, 0xef, 0xc0"); }   /* pxor %xmm0, %xmm0 */
static inline void instruction_breakpoint(void) { __asm__ volatile("int3"); }
