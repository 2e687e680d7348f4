/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernel_test NAME runs a test; kernel_test alone runs all, each in a process of its own, and says how each went.
 */
#include "test.h"
#include "host.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct test {
	const char *name;
	void (*run)(void);
} tests[] = {
#define TEST(name, summary) { #name, test_##name },
#include "tests.def"
#undef TEST
};
enum { TESTS = sizeof(tests) / sizeof(tests[0]), ALARM_S = 240 };

void test_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: failed: %s\nconsole:\n%s\n", file, line, what, host.console);
	exit(1);
}

void test_equal(const char *file, int line, const char *what, uint64_t actual, uint64_t expected)
{
	if (actual == expected)
		return;
	fprintf(stderr, "%s is %lu (0x%lx), expected %lu (0x%lx)\n", what, actual, actual, expected, expected);
	test_fail(file, line, what);
}

uint64_t test_random(uint64_t bound)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 0x2545f4914f6cdd1d >> 32) % bound;
}

static int run_apart(const struct test *test)
{
	int status = 1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		alarm(ALARM_S);
		test->run();
		exit(0);
	}
	if (child > 0)
		waitpid(child, &status, 0);
	printf("%s %s\n", status ? "not ok" : "ok", test->name);
	return status != 0;
}

int main(int count, char **argument)
{
	int failed = 0;

	for (int i = 0; i < TESTS; i++) {
		if (count == 1) {
			failed += run_apart(&tests[i]);
		} else if (strcmp(argument[1], tests[i].name) == 0) {
			tests[i].run();
			return 0;
		}
	}
	if (count > 1)
		fprintf(stderr, "kernel_test: no test is called %s\n", argument[1]);
	else
		printf("done %d %d 0\n", TESTS - failed, failed);
	return count > 1 ? 2 : failed != 0;
}
