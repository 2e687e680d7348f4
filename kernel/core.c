/* SPDX-License-Identifier: BSD-2-Clause -- the core's state, and the two threads that mark empty places (core.h). */
#include "core.h"

#define NO_THREAD { .gate = GATE_OF(nobody) | GATE_PRIORITY_MASK, .caller = NOBODY, .next = NOBODY }

/* One section, page aligned by the linker script, so that assembly reaches nobody and core, next to it, from one base. */
__attribute__((section(".data.hot"), aligned(64))) struct thread nobody = NO_THREAD;
__attribute__((section(".data.hot"), aligned(64))) struct core core = { .limit = GATE_PRIORITY_MASK, .timer = UINT64_MAX };
__attribute__((section(".data.hot"), aligned(64))) struct thread senders = NO_THREAD;
