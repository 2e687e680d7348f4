/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Measuring on a board: if the command line says board=<token>, no plugin watches; the program reads the machine's
 * counters around each few iterations itself, and sends every sample (link.h).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "counter.h"

enum { SAMPLES_MAX = 1024 };

/* Whether to measure in this way. */
bool measure_wanted(void);

/* Says what this is and what the machine can count; before the first case. */
void measure_begin(void);

/* Runs a loop and samples it by each counter that there is; enters the kernel for nothing else, for a floor may be on. */
void measure_take(void (*loop)(uint64_t capability, uint64_t iterations), uint64_t capability);

/* How many samples to take. */
unsigned measure_samples(void);

/* The same as measure_take() for a case that takes its samples itself, each of one iteration. */
void measure_taken(uint64_t taken[COUNTERS][SAMPLES_MAX]);

/* Sends these samples; line: the case and its parameters. */
void measure_send(const char *line);

/* Says that nothing else comes, and how many cases there were. */
void measure_end(unsigned cases);
