/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A case is one benchmark with one set of parameters: one line on the console, then one region between two stores to
 * bench_marker, in which the plugin counts (bench/plugin).  Nothing but the loop runs in a region.
 */
#pragma once
#include <stdbool.h>
#include "print.h"
#include "runtime.h"

enum { ITERATIONS = 64, WARM_ITERATIONS = 8, MARKER_BEGIN = 0, MARKER_END = 1 };

/* Written by the first thread alone: [0] begins a region, [1] ends it. */
extern volatile uint64_t bench_marker[PAGE_BYTES / sizeof(uint64_t)];

/* What a case is made from: memory of its own, all of it given back by case_end(). */
extern struct pool case_pool;

/*
 * Begins a case if the filter wants it: prints its line, with parameters as "key=value key=value" or "".  Returns
 * whether to go on.  name and passages are those of benchmarks.def.
 */
bool case_begin(const char *name, const char *passages, const char *parameters);

/* The same, for iterations that enter the kernel so many times, all of which are one row. */
bool case_begin_counted(const char *name, unsigned passages, const char *parameters);

/* Runs the loop a few times, then once more, counted. */
void case_run(void (*loop)(uint64_t capability, uint64_t iterations), uint64_t capability);

void case_end(void);

/* How many cases ran so far. */
unsigned case_count(void);

/* The halves of a round trip, on a board (phase.c). */
void bench_phases(void);

/* The benchmarks of benchmarks.def; each calls case_begin() for every set of its parameters. */
#define BENCHMARK(identifier, text, names, sentence) void bench_##identifier(const char *name, const char *passages);
#include "benchmarks.def"
#undef BENCHMARK
