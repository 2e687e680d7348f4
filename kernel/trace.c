/* SPDX-License-Identifier: BSD-2-Clause -- the trace ring (trace.h); part of debug builds alone. */
#include "trace.h"
#include "arch.h"
#include "core.h"

static struct trace_ring trace_ring;
static uint64_t halt_hz;                 /* not 0: to be printed at the end; how fast its clock counts */

static const struct { const char *name, *first, *second; } described[] = {
#define TRACE(number, name, first, second, summary) [number] = { #name, #first, #second },
#include "trace.def"
#undef TRACE
};

void trace_ring_record(enum trace_event event, uint64_t first, uint64_t second)
{
	trace_ring.entry[trace_ring.count++ % TRACE_ENTRIES] = (struct trace_entry){
		.time = arch_clock(), .thread = (uintptr_t)core.current, .event = event, .word = { first, second },
	};
}

void trace_ring_print(unsigned most)
{
	uint64_t kept = trace_ring.count < TRACE_ENTRIES ? trace_ring.count : TRACE_ENTRIES;

	for (uint64_t left = kept < most ? kept : most; left; left--) {
		const struct trace_entry *entry = &trace_ring.entry[(trace_ring.count - left) % TRACE_ENTRIES];

		print("trace-event %lu %lx %s %s=%lx %s=%lx\n", entry->time, entry->thread, described[entry->event].name,
		      described[entry->event].first, entry->word[0], described[entry->event].second, entry->word[1]);
	}
}

void trace_ring_at_halt(uint64_t clock_hz) { halt_hz = clock_hz; }

void trace_ring_halt(void)
{
	if (!halt_hz)
		return;
	print("trace-clock %lu\n", halt_hz);
	trace_ring_print(TRACE_ENTRIES);
}
