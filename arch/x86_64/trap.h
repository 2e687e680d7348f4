/* SPDX-License-Identifier: BSD-2-Clause -- what entry.S and C know of each other. */
#pragma once
#include <stdint.h>

struct thread;
struct kernel_frame;

/* entry.S */
extern const char trap_stubs[256][16];            /* code, one stub a vector */
extern char kernel_stack_guard[], kernel_stack_top[];
void syscall_entry(void);
void syscall_entry_plain(void);
void syscall_entry_slow(void);
void floor_trap(void);                            /* fastpath/floor.x86_64.S */
void floor_space_switch(void);

/* trap.c; called by entry.S */
struct thread *trap_from_user(struct thread *current, uint64_t vector, uint64_t error);
_Noreturn void trap_in_kernel(const struct kernel_frame *frame);
_Noreturn void boot_main(uint64_t magic, uint64_t information);
