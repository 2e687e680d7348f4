/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Microbenchmarks of the portable kernel: a case prepares a part of the world (kernel/test/world.h) and then does its
 * work as often as it is told.  The shim measures cases with Google Benchmark and knows nothing of kernels; this is all
 * that the two share, so it is C and C++.
 */
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bench_case {
	const char *name;                         /* as it is shown */
	uint64_t times;                           /* how often between two looks at the clock */
	void (*prepare)(void);
	void (*run)(uint64_t times);
};

extern const struct bench_case bench_cases[];
extern const unsigned bench_case_count;

/* Takes back all that the case before made, and prepares this one. */
void bench_prepare(const struct bench_case *one);

/* Runs the case; a function of its own, so that other tools find where to count. */
void bench_measured(const struct bench_case *one, uint64_t times);

#ifdef __cplusplus
}
#endif
