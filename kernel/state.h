/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The kernel's abstract state as one number, for comparing two kernels step by step: one with fast paths, one without.
 */
#pragma once
#include <stdint.h>

/*
 * FNV-1a over every thread, in order of creation: what it waits for and with whom, who calls it, its gate, whose sched
 * context it holds, its place in queues.  Threads enter by their number, so that addresses do not.
 */
uint64_t state_hash(void);
