/* SPDX-License-Identifier: BSD-2-Clause -- instructions of riscv64 that a user program may not execute. */
#pragma once

static inline void instruction_privileged(void) { __asm__ volatile("csrw sscratch, zero"); }
static inline void instruction_illegal(void)    { __asm__ volatile("unimp"); }
static inline void instruction_fpu(void)        { __asm__ volatile(".word 0xf2000053"); }               /* fmv.d.x f0, zero */
static inline void instruction_breakpoint(void) { __asm__ volatile("ebreak"); }
