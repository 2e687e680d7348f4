/* SPDX-License-Identifier: BSD-2-Clause -- what the machine needs and has of mitigations, and what the command line makes of that. */
#include <setjmp.h>
#include <string.h>
#include "host.h"
#include "mitigation.h"
#include "test.h"

enum { ISOLATION = MITIGATION_BIT(isolation), BUFFERS = MITIGATION_BIT(buffers), BRANCHES = MITIGATION_BIT(branches) };

static unsigned choose(const char *line, unsigned needed, unsigned available)
{
	return mitigations_choose(line, (struct mitigations){ needed, available });
}

void test_mitigation_choice(void)
{
	unsigned all = ISOLATION | BUFFERS | BRANCHES;

	EQUAL(choose(NULL, 0, all), 0);
	EQUAL(choose("", ISOLATION, all), ISOLATION);
	EQUAL(choose("", all, BUFFERS), BUFFERS);
	EQUAL(choose("kite.mitigations=auto", ISOLATION, all), ISOLATION);
	EQUAL(choose("kite.mitigations=off", all, all), 0);
	EQUAL(choose("kite.mitigations=on", 0, ISOLATION | BUFFERS), ISOLATION | BUFFERS);
	EQUAL(choose("kite.isolation=on", 0, all), ISOLATION);
	EQUAL(choose("kite.isolation=off", all, all), BUFFERS | BRANCHES);
	EQUAL(choose("a kite.mitigations=off kite.buffers=on b", all, all), BUFFERS);
	EQUAL(choose("kite.buffers=auto kite.mitigations=off", all, all), BUFFERS);
	EQUAL(choose("kite.buffers=auto kite.mitigations=on", 0, all), ISOLATION | BRANCHES);
	EQUAL(choose("xkite.isolation=on kite.isolations=on", 0, all), 0);
}

void test_mitigation_report(void)
{
	choose("kite.isolation=on kite.buffers=off", BUFFERS | BRANCHES, ISOLATION | BUFFERS);
	CHECK(strstr(host.console, "kite: mitigation isolation on, not needed\r\n"));
	CHECK(strstr(host.console, "kite: mitigation buffers off, but needed\r\n"));
	CHECK(strstr(host.console, "kite: mitigation branches off, but needed and not available\r\n"));
	choose("", ISOLATION, ISOLATION);
	CHECK(strstr(host.console, "kite: mitigation isolation on\r\n"));
	CHECK(strstr(host.console, "kite: mitigation buffers off, not needed\r\n"));
}

/* The machine stops, and its console says this. */
static void expect_stop(const char *line, const char *said)
{
	jmp_buf halt;

	host.on_halt = &halt;
	if (!setjmp(halt)) {
		choose(line, ISOLATION, ISOLATION);
		test_fail(__FILE__, __LINE__, line);
	}
	host.on_halt = NULL;
	CHECK(strstr(host.console, said));
}

void test_mitigation_refused(void)
{
	expect_stop("kite.isolation=maybe", "kite.isolation on the command line: it can be auto, off or on");
	expect_stop("kite.buffers=", "kite.buffers on the command line: it can be auto, off or on");
	expect_stop("kite.branches=onward", "kite.branches on the command line: it can be auto, off or on");
	expect_stop("kite.mitigations", "kite.mitigations on the command line: it can be auto, off or on");
	expect_stop("kite.branches=on", "kite.branches=on on the command line: not available on this machine");
}
