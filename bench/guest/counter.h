/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The counters of counter.def, and which of them this machine has: some fault, some stand still.
 */
#pragma once
#include <stdbool.h>
#include "counter_read.h"
#include "message.h"

static inline uint64_t counter_ticks(void) { return clock_now(); }

enum counter {
#define COUNTER(identifier, name, unit, sentence) COUNTER_##identifier,
#include "counter.def"
#undef COUNTER
	COUNTERS,
};

extern const char *const counter_name[COUNTERS];

/* Which there are; found by trying, once. */
bool counter_there(enum counter counter);

/* Tries all of them.  Memory and slots are the program's. */
void counter_probe(void);
