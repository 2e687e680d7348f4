/* SPDX-License-Identifier: BSD-2-Clause -- instructions of aarch64 that a user program may not execute. */
#pragma once

static inline void instruction_privileged(void) { __asm__ volatile("msr ttbr0_el1, xzr"); }
static inline void instruction_illegal(void)    { __asm__ volatile("udf #0"); }
static inline void instruction_fpu(void)        { __asm__ volatile(".inst 0x6f00e400"); }               /* movi v0.2d, #0 */
static inline void instruction_breakpoint(void) { __asm__ volatile("brk #1"); }
