/* SPDX-License-Identifier: BSD-2-Clause
 *
 * All registers of a thread, read and written by another.
 */
#include "machine_registers.h"
#include "test.h"

enum { WORDS = REGISTER_WORD_other + REGISTERS_OTHER };

/* Nothing is ever mapped there: a thread sent there faults with the registers that it was given. */
static const uint64_t HOLE = 0x2345678000;

/* A word of its own for each register, with bits that no program may set among them. */
static uint64_t pattern(unsigned word, uint64_t seed)
{
	return word == REGISTER_WORD_pc ? HOLE : seed * (word + 1);
}

/* A trap may add flags that are the processor's (x86_64's RF). */
static void expect_pattern(uint64_t thread, uint64_t seed, bool trapped)
{
	struct thread_read_all_registers all;
	must(thread_read_all_registers(thread, &all));
	expect_equal(all.words, WORDS);
	for (unsigned i = 0; i < WORDS; i++) {
		uint64_t is = thread_buffer()->word[i];
		expect_equal(trapped ? register_kept(i, is) : is, register_kept(i, pattern(i, seed)));
	}
}

static void write_pattern(uint64_t thread, uint64_t seed)
{
	for (unsigned i = 0; i < WORDS; i++)
		thread_buffer()->word[i] = pattern(i, seed);
	must(thread_write_all_registers(thread));
}

static void parked(uint64_t argument)
{
	event(argument);
	park();
}

/* Written, read back, and read again after the processor has had them and the trap has saved them. */
static void write_run_read(uint64_t space)
{
	struct made_thread made = worker(space, parked, 4, PRIORITY_high);
	must(thread_suspend(made.thread));
	for (uint64_t i = 1; i < 4; i++) {
		uint64_t seed = 0x0123456789abcdef * i;
		write_pattern(made.thread, seed);
		expect_pattern(made.thread, seed, false);
		must(thread_resume(made.thread));
		settle();
		expect_equal(thread_waiting(made.thread), WAITING_faulted);
		expect_pattern(made.thread, seed, true);
	}
}

TEST(every_register_is_written_used_and_read)
{
	in_both_spaces(write_run_read);
}

static void receiver(uint64_t endpoint)
{
	struct message message;
	ipc_recv(endpoint, &message);
	event(tag_error(message.tag));
	park();
}

/* What waits has no registers but those that a system call preserves; a program that it is written to goes on nonetheless. */
TEST(registers_of_a_waiting_thread_are_clear)
{
	struct made_thread made = worker(other_space(), receiver, endpoint_make(), PRIORITY_high);
	struct thread_read_registers few;
	struct thread_read_all_registers all;
	settle();
	must(thread_read_registers(made.thread, &few));
	must(thread_read_all_registers(made.thread, &all));
	expect_equal(thread_buffer()->word[REGISTER_WORD_pc], few.pc);
	expect_equal(thread_buffer()->word[REGISTER_WORD_sp], few.sp);
	expect_equal(thread_buffer()->word[REGISTER_WORD_tls], few.tls);
	for (unsigned i = REGISTER_WORD_tag; i < WORDS; i++)
		expect_equal(thread_buffer()->word[i], 0);
}

/* Stopped in a system call, taken out whole and put back: it returns with what it would have returned with. */
TEST(a_stopped_thread_goes_on_from_its_registers)
{
	struct made_thread made = worker(other_space(), receiver, endpoint_make(), PRIORITY_high);
	struct thread_read_all_registers all;
	settle();
	must(thread_suspend(made.thread));
	must(thread_read_all_registers(made.thread, &all));
	must(thread_write_all_registers(made.thread));
	must(thread_resume(made.thread));
	settle();
	expect_events(ERR_cancelled);
}

static void ask_without_buffer(uint64_t thread)
{
	struct thread_read_all_registers all;
	event(thread_read_all_registers(thread, &all));
	event(thread_write_all_registers(thread));
	park();
}

TEST(all_registers_are_refused_where_they_cannot_be)
{
	struct made_thread made = worker(BOOT_SLOT_space, parked, 4, PRIORITY_high);
	settle();
	expect_events(4);
	expect_equal(thread_write_all_registers(made.thread), ERR_not_ready);
	must(thread_suspend(made.thread));
	thread_start(&pool, BOOT_SLOT_space, ask_without_buffer, made.thread, PRIORITY_high, THREAD_no_buffer);
	settle();
	expect_events(ERR_no_buffer, ERR_no_buffer);
	static const uint64_t bad_pc[] = { UINT64_MAX - 1, (uint64_t)1 << 63, 0 };
	for (unsigned i = 0; i < 3; i++) {
		thread_buffer()->word[REGISTER_WORD_pc] = bad_pc[i] ? bad_pc[i] : boot->user_top;
		expect_equal(thread_write_all_registers(made.thread), ERR_bad_address);
	}
}
