/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Cases: the console line, the memory, the counted region.
 */
#include "case.h"
#include "invocations.h"
#include "measure.h"
#include "option.h"
#include "string.h"

enum { CASE_BITS = 21, CASE_BYTES = 192 };

volatile uint64_t bench_marker[PAGE_BYTES / sizeof(uint64_t)] __attribute__((aligned(PAGE_BYTES)));
struct pool case_pool;

static unsigned cases;
static char line[CASE_BYTES];              /* the name and parameters of the present one */

static void add(char *to, const char *text)
{
	size_t length = strlen(to), more = strlen(text);
	must_be(length + more < CASE_BYTES);
	memcpy(to + length, text, more + 1);
}

static bool wanted(void)
{
	char filter[64];
	option_string("filter", filter, sizeof filter);
	return string_find(line, filter) != NULL;
}

static unsigned passages_count(const char *passages)
{
	unsigned count = 1;
	for (; *passages; passages++)
		count += *passages == ',';
	return count;
}

static bool begin(const char *name, unsigned passages, const char *names, const char *parameters)
{
	line[0] = 0;
	add(line, name);
	add(line, *parameters ? " " : "");
	add(line, parameters);
	if (!wanted())
		return false;
	if (!case_pool.untyped) {
		case_pool.untyped = pool_make(&pool, OBJECT_untyped, CASE_BITS);
		case_pool.slot_end = pool.slot_end;
		pool.slot_end = boot->slots / 2;        /* the cases have the upper half, anew each time */
	}
	case_pool.slot = boot->slots / 2;
	cases++;
	if (!measure_wanted())
		print("bench %s iterations=%u passages=%u%s%s\n", line, ITERATIONS, passages,
			*names ? " names=" : "", names);
	return true;
}

bool case_begin(const char *name, const char *passages, const char *parameters)
{
	return begin(name, passages_count(passages), passages, parameters);
}

bool case_begin_counted(const char *name, unsigned passages, const char *parameters)
{
	return begin(name, passages, "", parameters);
}

void case_run(void (*loop)(uint64_t capability, uint64_t iterations), uint64_t capability)
{
	if (measure_wanted()) {
		measure_take(loop, capability);
		return;
	}
	loop(capability, WARM_ITERATIONS);
	bench_marker[MARKER_BEGIN] = 1;
	loop(capability, ITERATIONS);
	bench_marker[MARKER_END] = 1;
}

void case_end(void)
{
	if (measure_wanted())
		measure_send(line);
	must(cnode_revoke(BOOT_SLOT_cnode, case_pool.untyped));
}

unsigned case_count(void) { return cases; }
