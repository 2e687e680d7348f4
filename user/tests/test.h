/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a test is written with.  A test is a function TEST(what_it_shows) { ... } that runs as the first thread of a task
 * of its own, with a CSpace and memory of its own (struct pool pool); when it returns it has passed.  The first
 * expectation that fails, in whatever thread and space of the task, ends it.
 *
 * There is no timer and no preemption but by system calls, so what runs when is exact: a thread of a higher priority
 * runs as soon as it can, and settle() lets everything run that can.  If nothing can, the test has failed.
 */
#pragma once
#include <stdbool.h>
#include "invocations.h"
#include "message.h"
#include "print.h"
#include "runtime.h"
#include "space.h"
#include "task.h"
#include "thread.h"

struct test {
	const char *name;
	void (*run)(void);
};

#define TEST(identifier)                                                                                        \
	static void identifier(void);                                                                           \
	static const struct test test_##identifier __attribute__((section("program_table"), used)) =            \
		{ #identifier, identifier };                                                                    \
	static void identifier(void)

/* The first thread of a test has PRIORITY_test; settle() goes down to PRIORITY_settle, so workers are above that. */
enum { PRIORITY_idle = 0, PRIORITY_settle = 1, PRIORITY_low = 50, PRIORITY_test = 100, PRIORITY_high = 150 };

/* ---- verdicts ---- */

_Noreturn void test_fail(const char *file, int line, const char *what, uint64_t is, uint64_t wanted);
_Noreturn void test_skip(const char *reason);

#define expect(condition) do {                                                                  \
	if (!(condition))                                                                       \
		test_fail(__FILE__, __LINE__, #condition, 0, 1);                                \
} while (0)

#define expect_equal(expression, value) do {                                                    \
	uint64_t expect_is = (uint64_t)(expression), expect_wanted = (uint64_t)(value);         \
	if (expect_is != expect_wanted)                                                         \
		test_fail(__FILE__, __LINE__, #expression, expect_is, expect_wanted);           \
} while (0)

/* ---- threads and spaces of a test ---- */

/* Runs every thread of the test that can run, until none can. */
void settle(void);

/* A clone of this program, as it is now: set static variables before.  The shared page is the same in all of them. */
uint64_t other_space(void);

/* A thread in a space (BOOT_SLOT_space or another one), running. */
struct made_thread worker(uint64_t space, void (*function)(uint64_t argument), uint64_t argument, uint64_t priority);

/* The same, with nothing to run on once it waits for its first message: it has settled when this returns. */
struct made_thread passive_worker(uint64_t space, void (*function)(uint64_t argument), uint64_t argument, uint64_t priority);

/* Waits for ever. */
_Noreturn void park(void);

/* What thread.read_registers says that a thread waits for. */
enum waiting thread_waiting(uint64_t thread);

/* A new endpoint with all rights. */
uint64_t endpoint_make(void);

/* An empty slot. */
uint64_t slot_empty(void);

/* Runs a body with the same space and with another one. */
void in_both_spaces(void (*body)(uint64_t space));

/* ---- what all threads of a test share ---- */

enum { EVENTS_MAX = 64, SHARED_WORDS = 128 };
struct shared {
	uint64_t events;
	uint64_t event[EVENTS_MAX];
	uint64_t word[SHARED_WORDS];
};
extern struct shared *shared;

/* Notes that something happened, in order. */
void event(uint64_t what);

/* Whether exactly these events were noted, and forgets them. */
#define expect_events(...) do {                                                                         \
	const uint64_t expect_event[] = { __VA_ARGS__ };                                                \
	expect_equal(shared->events, sizeof expect_event / sizeof expect_event[0]);                     \
	for (uint64_t expect_i = 0; expect_i < shared->events; expect_i++)                              \
		expect_equal(shared->event[expect_i], expect_event[expect_i]);                          \
	shared->events = 0;                                                                             \
} while (0)

/* ---- messages with known contents ---- */

/* Fills all registers and, if length is not 0, the buffer, from a seed; and whether a message is what that gives. */
struct message message_fill(uint64_t seed, uint64_t label, uint64_t length, struct ipc_buffer *buffer);
void expect_filled(const struct message *message, uint64_t seed, uint64_t label, uint64_t length, const struct ipc_buffer *buffer);
