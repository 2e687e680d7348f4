/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The order of what a kernel trap prints, for C and assembly (that of struct registers.other is the ABI's); and for C
 * the two macros that reach system registers.
 */
#pragma once
#include "registers.aarch64.h"

/* The kernel's own registers when it traps (entry.S, kernel_trap): x0 to x30, sp, pc, SPSR, ESR, FAR. */
#define KERNEL_TRAP_WORDS 36

/* What entry.S tells trap.c: the exception class of ESR_EL1, six bits, or one of these. */
#define TRAP_INTERRUPT 64
#define TRAP_SERROR    65

#define CLASS_SVC 0x15

#ifndef __ASSEMBLER__
#define READ_SYSTEM(name) ({ \
	uint64_t value_; \
	__asm__ volatile("mrs %0, " #name : "=r"(value_)); \
	value_; })
#define WRITE_SYSTEM(name, value) __asm__ volatile("msr " #name ", %0" : : "r"((uint64_t)(value)) : "memory")
#endif
