/* SPDX-License-Identifier: BSD-2-Clause -- what entry.S and start.S know of C, and C of them. */
#pragma once
#include <stdint.h>
#include "registers.h"

struct thread;

/* A user program's fault or an interrupt: its whole context is saved.  What: the exception class, or TRAP_*. */
struct thread *trap_from_user(struct thread *current, unsigned what, uint64_t syndrome, uint64_t address);

/* The kernel's own exception, on a stack of its own; words as in registers.h. */
_Noreturn void trap_from_kernel(const uint64_t word[KERNEL_TRAP_WORDS]);

/* Vector tables: the floors' (fastpath/floor.aarch64.S); the usual one is start.S's business. */
extern char vectors_trap[], vectors_space_switch[];

/* Tables of start.S, in the image; TTBR0 points to the empty one while there is no user space. */
extern uint64_t kernel_root[512], kernel_level_0[512], empty_root[512];

/* From start.S; both addresses are physical. */
_Noreturn void boot_main(uint64_t device_tree, uint64_t image);
