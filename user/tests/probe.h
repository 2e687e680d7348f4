/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Looking at every register after a system call, and at a thread's start.  probe.S of each architecture stores the
 * registers that are neither message nor preserved in the order of PROBE_NAMES (machine_probe.h): first those that are
 * zero when the address space has changed, then those that only must not hold a kernel value.
 */
#pragma once
#include "message.h"
#include "machine_probe.h"

struct probe {
	struct message message;           /* in: the system call to make; out: what came */
	uint64_t other[PROBE_OTHERS];
};

/* Makes the system call with pattern in all registers that are not the message. */
void probe_system_call(struct probe *probe, uint64_t pattern);

/* As a thread's first instruction: stores what it finds, the argument (this probe) aside, and goes on in probe_started(). */
void probe_start(uint64_t probe);
_Noreturn void probe_started(struct probe *probe);
