/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What all tests use (test.h).
 */
#include "report.h"
#include "string.h"

struct shared *shared;

static uint64_t shared_frame, park_endpoint;
static bool in_test;                      /* in the task of a test, not in the runner */

/* ---- verdicts ---- */

static _Noreturn void report(struct message message)
{
	ipc_send(TASK_SLOT_parent, &message);
	park();
}

void test_fail(const char *file, int line, const char *what, uint64_t is, uint64_t wanted)
{
	report(MESSAGE(REPORT_fail, (uint64_t)what, (uint64_t)file, (uint64_t)line, is, wanted));
}

void test_skip(const char *reason)
{
	report(MESSAGE(REPORT_skip, (uint64_t)reason));
}

void die(const char *file, int line, const char *what, enum error error)
{
	if (in_test)
		test_fail(file, line, what, error, ERR_ok);
	print("not ok runner: %s:%d: %s: %s\n", file, line, what, error ? error_sentence(error) : "is false");
	system_halt(2);
}

void test_run(const struct test *test)
{
	in_test = true;
	window_make();                    /* from this pool, whatever the test does with pool */
	uint64_t address = address_take(1);
	shared_frame = space_add_page(&pool, BOOT_SLOT_space, address, MAP_read | MAP_write, NULL, 0);
	shared = (struct shared *)address;
	park_endpoint = endpoint_make();
	test->run();
	report(MESSAGE(REPORT_ok));
}

/* ---- threads and spaces ---- */

/* A send that nobody takes: recv would fail in a server that owes an answer. */
void park(void)
{
	for (;;) {
		struct message message = MESSAGE(0);
		ipc_send(park_endpoint, &message);
	}
}

void settle(void)
{
	must(thread_set_priority(BOOT_SLOT_thread, PRIORITY_settle));
	must(thread_set_priority(BOOT_SLOT_thread, PRIORITY_test));
}

uint64_t other_space(void)
{
	uint64_t space = space_clone(&pool);
	must(space_map(&pool, space, pool_copy(&pool, shared_frame), (uint64_t)shared, MAP_read | MAP_write));
	return space;
}

struct made_thread worker(uint64_t space, void (*function)(uint64_t argument), uint64_t argument, uint64_t priority)
{
	return thread_start(&pool, space, function, argument, priority, THREAD_active);
}

struct made_thread passive_worker(uint64_t space, void (*function)(uint64_t argument), uint64_t argument, uint64_t priority)
{
	struct made_thread made = worker(space, function, argument, priority);
	settle();
	must_be(thread_waiting(made.thread) == WAITING_receive);
	must(sched_context_unbind(made.context));
	return made;
}

enum waiting thread_waiting(uint64_t thread)
{
	struct thread_read_registers registers;
	must(thread_read_registers(thread, &registers));
	return (enum waiting)registers.waiting;
}

uint64_t endpoint_make(void) { return pool_make(&pool, OBJECT_endpoint, SIZE_BITS_endpoint); }
uint64_t slot_empty(void)    { return pool_slots(&pool, 1); }

void in_both_spaces(void (*body)(uint64_t space))
{
	body(BOOT_SLOT_space);
	body(other_space());
}

void event(uint64_t what)
{
	must_be(shared->events < EVENTS_MAX);
	shared->event[shared->events++] = what;
}

/* ---- messages ---- */

static uint64_t filling(uint64_t seed, uint64_t place) { return (seed << 32 | (place + 1)) * 0x9e3779b97f4a7c15 >> 1; }

struct message message_fill(uint64_t seed, uint64_t label, uint64_t length, struct ipc_buffer *buffer)
{
	struct message message = { .tag = tag_make(0, label, 0, length) };
	for (uint64_t i = 0; i < MESSAGE_REGISTERS; i++)
		message.word[i] = filling(seed, i);
	for (uint64_t i = 0; i < length; i++)
		buffer->word[i] = filling(seed, MESSAGE_REGISTERS + i);
	return message;
}

void expect_filled(const struct message *message, uint64_t seed, uint64_t label, uint64_t length, const struct ipc_buffer *buffer)
{
	expect_equal(tag_error(message->tag), ERR_ok);
	expect_equal(tag_label(message->tag), label);
	expect_equal(tag_length(message->tag), length);
	for (uint64_t i = 0; i < MESSAGE_REGISTERS; i++)
		expect_equal(message->word[i], filling(seed, i));
	for (uint64_t i = 0; i < length; i++)
		expect_equal(buffer->word[i], filling(seed, MESSAGE_REGISTERS + i));
}
