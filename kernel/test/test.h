/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Unit tests: a test is a function of tests.def in a process of its own; a check that fails ends it.
 */
#pragma once
#include <stdint.h>

#define TEST(name, summary) void test_##name(void);
#include "tests.def"
#undef TEST

#define CHECK(condition) \
	do { \
		if (!(condition)) \
			test_fail(__FILE__, __LINE__, #condition); \
	} while (0)
#define EQUAL(actual, expected) test_equal(__FILE__, __LINE__, #actual, (uint64_t)(actual), (uint64_t)(expected))

_Noreturn void test_fail(const char *file, int line, const char *what);
void test_equal(const char *file, int line, const char *what, uint64_t actual, uint64_t expected);

/* Random numbers, the same in every run (xorshift64*, Vigna 2016): one below a bound. */
uint64_t test_random(uint64_t bound);
