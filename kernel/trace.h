/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The trace ring: what the kernel did last.  Debug builds alone have it; in others a trace point is nothing.  A panic
 * prints its end, `kite.trace` on the command line has all of it printed when the machine is halted (`kite trace` makes a
 * file for a viewer of that), and gdb reads it in place (analysis/gdb/).
 */
#pragma once
#include <stdint.h>

enum trace_event {
#define TRACE(number, name, first, second, summary) TRACE_##name = (number),
#include "trace.def"
#undef TRACE
};

enum { TRACE_ENTRIES = 4096, TRACE_PANIC = 24 };  /* of the ring, a power of two; and what a panic prints */

struct trace_entry {
	uint64_t time;                    /* arch_clock() */
	uint64_t thread;                  /* the current one, as an address; 0: none */
	uint64_t event;                   /* enum trace_event; 0: this entry was never used */
	uint64_t word[2];
};

/* Per core when there are more. */
struct trace_ring {
	uint64_t count;                   /* entries ever made; the next goes to count % TRACE_ENTRIES */
	struct trace_entry entry[TRACE_ENTRIES];
};

/* What debug builds have (trace.c); others call none of it. */
void trace_ring_record(enum trace_event event, uint64_t first, uint64_t second);
void trace_ring_print(unsigned most);
void trace_ring_at_halt(uint64_t clock_hz);
void trace_ring_halt(void);

/* A trace point. */
static inline void trace(enum trace_event event, uint64_t first, uint64_t second)
{
	if (KITE_DEBUG)
		trace_ring_record(event, first, second);
}

/* Prints the newest entries, a line each: `trace-event TIME THREAD NAME FIRST=hex SECOND=hex`. */
static inline void trace_print(unsigned most)
{
	if (KITE_DEBUG)
		trace_ring_print(most);
}

/* At boot: the whole ring is to be printed at the end (kite.trace).  At the end: prints it if so. */
static inline void trace_at_halt(uint64_t clock_hz)
{
	if (KITE_DEBUG)
		trace_ring_at_halt(clock_hz);
}

static inline void trace_halt(void)
{
	if (KITE_DEBUG)
		trace_ring_halt();
}
