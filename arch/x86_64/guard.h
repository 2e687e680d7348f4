/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What boot chose against faults of this processor (mitigation.c), and the stubs that it uses (guard.S).
 */
#pragma once
#include <stdint.h>
#include "mitigation.h"

/* Bits by enum mitigation; constant once mitigations_init() has been there. */
extern unsigned mitigations_on;

/*
 * Decides, and puts the stubs of guard.S over the places that exit.h names.  Before the kernel's own tables are loaded,
 * for they make its text read-only.
 */
void mitigations_init(const char *command_line);

/* Mapped with isolated user programs, beside the text of entries and exits; nothing in it may be a secret. */
#define TRAMPOLINE_DATA __attribute__((section(".bss.trampoline")))
extern const char trampoline_end[], trampoline_data[], trampoline_data_end[];       /* kernel.ld */

/* guard.S */
extern uint64_t guard_root;                       /* what CR3 is in the kernel; in the trampoline's data */
void guard_entry(void);
void guard_entry_plain(void);
void guard_entry_slow(void);
void guard_trap(void);
void guard_floor_trap(void);
void guard_floor_space_switch(void);
void guard_leave_isolated(void), guard_leave_buffers(void), guard_leave_both(void);
void guard_floor_isolated(void), guard_floor_buffers(void), guard_floor_both(void);
void guard_full_isolated(void), guard_full_buffers(void), guard_full_both(void);
