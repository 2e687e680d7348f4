/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The benchmark program, the machine's first task: runs every case that the command line's filter=<part of its line>
 * wants, or all.  What it prints is the protocol with the laboratory (bench/README.md).
 */
#include "case.h"
#include "invocations.h"
#include "measure.h"
#include "message.h"

enum { PRIORITY = 100 };

void program(void)
{
	must(thread_set_priority(BOOT_SLOT_thread, PRIORITY));
	if (measure_wanted())
		measure_begin();
#define BENCHMARK(identifier, name, passages, sentence) bench_##identifier(name, passages);
#include "benchmarks.def"
#undef BENCHMARK
	if (measure_wanted()) {
		bench_phases();
		measure_end(case_count());
	}
	print("done %u 0 0\n", case_count());
}
