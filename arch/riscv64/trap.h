/* SPDX-License-Identifier: BSD-2-Clause -- between entry.S and the C beside it. */
#pragma once
#include <stdint.h>

struct thread;

/* A user program's fault or an interrupt: its whole context is saved.  Returns the thread to resume. */
struct thread *trap_from_user(struct thread *current, uint64_t cause, uint64_t value);

/* The kernel's own trap: pc, then x1 to x31. */
_Noreturn void trap_report(const uint64_t registers[32], uint64_t cause, uint64_t value);

/* The vectors: the usual one, and one for machines whose satp holds no ASID. */
void trap_entry(void);
void trap_entry_untagged(void);

/* The vector in use, which a floor puts back (fastpath/floor.riscv64.S). */
extern uint64_t trap_vector;
void floor_trap(void);
void floor_space_switch(void);

/* What sscratch holds before there is a thread. */
extern uint64_t boot_scratch[];

/* Finds out what can interrupt by the clock, and says so. */
const char *clock_init(void);

struct fdt;

/* Reads from the device tree whether there is an FPU with double precision; before arch_fpu_init(). */
void fpu_found(const struct fdt *fdt, uint64_t hart);

_Noreturn void boot_main(uint64_t hart, uint64_t tree_physical);
