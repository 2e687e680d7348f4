/* SPDX-License-Identifier: BSD-2-Clause -- counters through perf_event_open(2). */
#include "counters.h"
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int leader = -1;

/* One event of the group that the first one leads. */
static int open_event(uint64_t event)
{
	struct perf_event_attr attributes = {
		.type = PERF_TYPE_HARDWARE, .size = sizeof(attributes), .config = event, .read_format = PERF_FORMAT_GROUP,
		.exclude_kernel = 1, .exclude_hv = 1,
	};

	return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, leader, 0);
}

int counters_open(void)
{
	int second;

	leader = open_event(PERF_COUNT_HW_CPU_CYCLES);
	second = leader < 0 ? -1 : open_event(PERF_COUNT_HW_INSTRUCTIONS);
	if (second >= 0)
		return 1;
	fprintf(stderr, "kite: this machine counts no cycles and instructions: perf events: %s%s\n", strerror(errno),
	        errno == EACCES || errno == EPERM ? " (see /proc/sys/kernel/perf_event_paranoid)" : "");
	return 0;
}

struct counters counters_read(void)
{
	uint64_t value[3] = { 0 };                /* how many, then each */

	if (read(leader, value, sizeof(value)) != sizeof(value))
		return (struct counters){ 0, 0 };
	return (struct counters){ .cycles = value[1], .instructions = value[2] };
}
