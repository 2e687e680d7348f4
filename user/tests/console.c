/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The console server, as a client sees it.  What it prints is seen by who reads the machine's console; what it does for
 * that, by its statistics.
 */
#include "report.h"
#include "console.h"

static void need_server(void)
{
	if (boot->console.kind != CONSOLE_server)
		test_skip("the console is the firmware's, and only the kernel can write to it");
	must(thread_suspend(TEST_SLOT_idle));             /* or it would run while the server waits for its device */
}

static void leave_server(void) { must(thread_resume(TEST_SLOT_idle)); }

static void statistics(uint64_t word[CONSOLE_WORD_input_interrupts + 1])
{
	struct message message = MESSAGE(CONSOLE_CALL_statistics);
	must(ipc_call(TASK_SLOT_console, &message));
	for (unsigned i = 0; i <= CONSOLE_WORD_input_interrupts; i++)
		word[i] = message.word[i];
}

static bool has_interrupts(void)
{
	struct irq_control_describe description;
	must(irq_control_describe(BOOT_SLOT_irq_control, &description));
	return description.lines > 0;
}

static const char text[] = "console: more than the device holds, so that it must wait for room\n";
enum { WRITTEN = sizeof text - 1 + 1 };                   /* and a carriage return */

TEST(long_output_waits_for_the_interrupt_of_the_device)
{
	uint64_t before[4], after[4];
	need_server();
	statistics(before);
	print("%s", text);
	statistics(after);
	expect_equal(after[CONSOLE_WORD_written] - before[CONSOLE_WORD_written], WRITTEN);
	expect_equal(after[CONSOLE_WORD_output_interrupts] > before[CONSOLE_WORD_output_interrupts], has_interrupts());
	leave_server();
}

TEST(urgent_output_waits_for_no_interrupt)
{
	uint64_t before[4], after[4];
	need_server();
	statistics(before);
	print_at_once = true;
	print("%s", text);
	print_at_once = false;
	statistics(after);
	expect_equal(after[CONSOLE_WORD_written] - before[CONSOLE_WORD_written], WRITTEN);
	expect_equal(after[CONSOLE_WORD_output_interrupts], before[CONSOLE_WORD_output_interrupts]);
	leave_server();
}

TEST(a_text_of_several_messages_is_written_with_the_last_one)
{
	uint64_t word[4];
	need_server();
	statistics(word);
	uint64_t before = word[CONSOLE_WORD_written];
	for (unsigned part = 0; part < 4; part++) {
		struct message message = MESSAGE(0, 0x2e2e2e2e2e2e2e2e, part < 3 ? 0 : '\n');
		console_write(&message, part < 3 ? 8 : 9, part == 3);
		statistics(word);
		expect_equal(word[CONSOLE_WORD_written] - before, part < 3 ? 0 : 4 * 8 + 2);
	}
	leave_server();
}

TEST(the_console_server_answers_nonsense)
{
	need_server();
	for (uint64_t call = 0; call <= CONSOLE_CALL_MASK; call += 5) {
		struct message message = MESSAGE(call << 32 | (call == CONSOLE_CALL_write ? CONSOLE_CALL_more : call), 1, 2, 3);
		if (call == CONSOLE_CALL_statistics)
			continue;
		must(ipc_call(TASK_SLOT_console, &message));
		expect_equal(tag_label(message.tag), 0);
	}
	struct message sent = MESSAGE(CONSOLE_CALL_statistics);
	must(ipc_send(TASK_SLOT_console, &sent));         /* which nobody answers */
	print("console: still there\n");
	leave_server();
}

/* ---- input ---- */

static void reader(uint64_t number)
{
	char input[CONSOLE_CHUNK];
	shared->word[number] = 100 + console_read(input);
	event(number);
	park();
}

/* There is none here: the laboratory gives machines no standard input yet. */
TEST(one_client_at_a_time_waits_for_input)
{
	if (boot->console.kind == CONSOLE_server && !has_interrupts())
		test_skip("without interrupts nobody waits for input");
	need_server();
	struct made_thread first = worker(BOOT_SLOT_space, reader, 1, PRIORITY_high);
	expect_equal(thread_waiting(first.thread), WAITING_reply);
	worker(BOOT_SLOT_space, reader, 2, PRIORITY_high);
	expect_events(2);
	expect_equal(shared->word[2], 100);
	must(thread_suspend(first.thread));               /* which frees the place */
	struct made_thread third = worker(BOOT_SLOT_space, reader, 3, PRIORITY_high);
	expect_equal(thread_waiting(third.thread), WAITING_reply);
	expect_equal(shared->events, 0);
	leave_server();
}

/* ---- the kernel's part ---- */

TEST(a_release_kernel_writes_only_where_no_program_could)
{
	struct message message = { .tag = tag_make(0, 9, 0, 0), .word = { 0x20656c6f736e6f63, '\n' } };
	enum error error = ipc_operation(system_call_inline, SYS_debug_write, 0, &message);
	expect_equal(error, boot->debug || boot->console.kind == CONSOLE_kernel ? ERR_ok : ERR_no_method);
}
