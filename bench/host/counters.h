/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The processor's own counters, through Linux perf events: cycles and instructions of this program alone.  Many virtual
 * machines have none; then counters_open() says why, once, and there is nothing to read.
 */
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct counters { uint64_t cycles, instructions; };

/* 1: they count; 0: they are not supported here, and standard error says so. */
int counters_open(void);
struct counters counters_read(void);

#ifdef __cplusplus
}
#endif
