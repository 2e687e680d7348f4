/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Errors of system calls as faults (thread.set_error_faults): capabilities that come when they are needed, and system
 * calls that somebody else's program implements.
 */
#include "test.h"

enum { BADGE = 78, UNKNOWN = 0x31, LABEL = 0x1234 };

static uint64_t endpoint, reply, missing;

static void make_handler(void)
{
	endpoint = endpoint_make();
	reply = pool_make(&pool, OBJECT_reply, SIZE_BITS_reply);
	missing = slot_empty();
}

/* A thread whose handler gets these errors; it has not run yet. */
static struct made_thread handled(uint64_t space, void (*function)(uint64_t), uint64_t argument, uint64_t kinds)
{
	struct made_thread made = worker(space, function, argument, PRIORITY_low);
	must(thread_set_fault_handler(made.thread, pool_mint(&pool, endpoint, RIGHT_endpoint_send, BADGE)));
	must(thread_set_error_faults(made.thread, kinds));
	return made;
}

static struct message fault_receive(void)
{
	struct message message;
	must(ipc_recv(endpoint, &message));
	expect_equal(tag_operation(message.tag), OPERATION_fault);
	expect_equal(message.badge, BADGE);
	must(reply_save(reply));
	return message;
}

static void fault_answer(struct message answer)
{
	must(ipc_send(reply, &answer));
}

static void caller(uint64_t to)
{
	struct message message = MESSAGE(LABEL, 1, 2, 3, 4, 5, 6, 7, 8);
	event(ipc_call(to, &message));
	event(tag_label(message.tag));
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		event(message.word[i]);
	park();
}

/* What the fault says of a call() of this error. */
static void expect_told(const struct message *message, enum error error, const struct made_thread *made)
{
	struct thread_read_registers registers;
	must(thread_read_registers(made->thread, &registers));
	expect_equal(tag_label(message->tag), FAULT_LABEL_capability);
	expect_equal(message->word[FAULT_WORD_address], missing);
	expect_equal(message->word[FAULT_WORD_code] & 0xffffffff, error);
	expect_equal(message->word[FAULT_WORD_code] >> 32, tag_make(SYS_call, LABEL, 0, 0));
	expect_equal(message->word[FAULT_WORD_pc], registers.pc);
	expect_equal(message->word[FAULT_WORD_sp], registers.sp);
}

static void supply(uint64_t space)
{
	make_handler();
	struct made_thread made = handled(space, caller, missing, ERROR_FAULT_capability);
	struct message message = fault_receive();
	expect_told(&message, ERR_no_cap, &made);
	uint64_t service = endpoint_make();
	must(cnode_copy(BOOT_SLOT_cnode, missing, service, RIGHT_endpoint_receive));
	fault_answer(MESSAGE(FAULT_ANSWER_retry));
	message = fault_receive();
	expect_told(&message, ERR_no_right, &made);
	must(cnode_delete(BOOT_SLOT_cnode, missing));
	must(cnode_copy(BOOT_SLOT_cnode, missing, service, RIGHTS_all));
	fault_answer(MESSAGE(FAULT_ANSWER_retry));
	must(ipc_recv(service, &message));
	expect_equal(tag_label(message.tag), LABEL);
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		expect_equal(message.word[i], i + 1);
	message = MESSAGE(9, 10, 20, 30, 40, 50, 60, 70, 80);
	must(reply_save(reply));
	fault_answer(message);
	settle();
	expect_events(ERR_ok, 9, 10, 20, 30, 40, 50, 60, 70, 80);
}

TEST(a_call_whose_capability_is_missing_is_told_and_made_again) { in_both_spaces(supply); }

static void foreigner(uint64_t argument)
{
	struct message message = MESSAGE(LABEL, argument, 2, 3, 4, 5, 6, 7, 8);
	event(ipc_operation(system_call_inline, (enum syscall)UNKNOWN, 55, &message));
	event(message.badge);
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		event(message.word[i]);
	park();
}

/* Answers foreigners with reply_recv, whose fast path must not take them for callers. */
static void emulator(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		expect_equal(tag_label(message.tag), FAULT_LABEL_system_call);
		expect_equal(message.word[FAULT_WORD_address], 55);
		expect_equal(message.word[FAULT_WORD_code], tag_make(UNKNOWN, LABEL, 0, 0) << 32 | ERR_no_method);
		message = MESSAGE(FAULT_ANSWER_return, 11, 12, 13, 14, 15, 16, 17, 18);
		ipc_reply_recv(from, &message);
	}
}

static void emulate(uint64_t space)
{
	make_handler();
	passive_worker(BOOT_SLOT_space, emulator, endpoint, PRIORITY_high);
	settle();
	handled(space, foreigner, 1, ERROR_FAULT_system_call);
	settle();
	expect_events(ERR_ok, 0, 11, 12, 13, 14, 15, 16, 17, 18);
}

TEST(an_unknown_system_call_returns_what_the_handler_says) { in_both_spaces(emulate); }

static void moved(void)
{
	event(300);
	park();
}

TEST(a_thread_whose_system_call_failed_can_be_moved)
{
	make_handler();
	handled(BOOT_SLOT_space, foreigner, 1, ERROR_FAULT_system_call);
	struct message message = fault_receive();
	fault_answer(MESSAGE(FAULT_ANSWER_move, (uint64_t)moved, message.word[FAULT_WORD_sp]));
	settle();
	expect_events(300);
}

static void signaller(uint64_t to)
{
	event(notification_signal(to));
	park();
}

/* A signal has a fast path that returns this error; it must not for who wants a fault. */
TEST(a_signal_whose_capability_is_missing_is_told)
{
	make_handler();
	handled(BOOT_SLOT_space, signaller, missing, ERROR_FAULT_capability);
	struct message message = fault_receive();
	expect_equal(tag_label(message.tag), FAULT_LABEL_capability);
	expect_equal(message.word[FAULT_WORD_code] & 0xffffffff, ERR_no_cap);
	must(cnode_copy(BOOT_SLOT_cnode, missing, pool_make(&pool, OBJECT_notification, SIZE_BITS_notification), RIGHTS_all));
	fault_answer(MESSAGE(FAULT_ANSWER_retry));
	settle();
	expect_events(ERR_ok);
}

static void expect_returned(enum error error)
{
	settle();
	expect_equal(shared->event[0], error);
	shared->events = 0;
}

TEST(errors_are_returned_to_who_did_not_ask_for_faults)
{
	make_handler();
	handled(BOOT_SLOT_space, caller, missing, ERROR_FAULT_system_call);
	expect_returned(ERR_no_cap);
	handled(BOOT_SLOT_space, foreigner, 1, ERROR_FAULT_capability);
	expect_returned(ERR_no_method);
	struct made_thread made = handled(BOOT_SLOT_space, foreigner, 1, ERROR_FAULT_mask);
	must(thread_set_fault_handler(made.thread, 0));
	expect_returned(ERR_no_method);
	made = handled(BOOT_SLOT_space, caller, missing, ERROR_FAULT_mask);
	must(thread_set_error_faults(made.thread, 0));
	expect_returned(ERR_no_cap);
}

TEST(a_system_call_that_nobody_answered_is_made_again)
{
	make_handler();
	struct made_thread made = handled(BOOT_SLOT_space, foreigner, 1, ERROR_FAULT_system_call);
	fault_receive();
	must(cnode_delete(BOOT_SLOT_cnode, reply));           /* who was saved there calls again */
	reply = pool_make(&pool, OBJECT_reply, SIZE_BITS_reply);
	fault_receive();
	must(thread_suspend(made.thread));
	must(thread_resume(made.thread));
	fault_receive();
	fault_answer(MESSAGE(99));
	settle();
	expect_equal(thread_waiting(made.thread), WAITING_faulted);
	must(thread_resume(made.thread));
	fault_receive();
	must(thread_set_error_faults(made.thread, 0));
	fault_answer(MESSAGE(FAULT_ANSWER_retry));
	expect_returned(ERR_no_method);
}

static void reader(uint64_t from)
{
	event(*(volatile uint64_t *)from);
	park();
}

TEST(a_fault_that_was_no_system_call_cannot_return)
{
	make_handler();
	struct made_thread made = handled(BOOT_SLOT_space, reader, address_take(1), ERROR_FAULT_mask);
	fault_receive();
	fault_answer(MESSAGE(FAULT_ANSWER_return, 1));
	settle();
	expect_equal(thread_waiting(made.thread), WAITING_faulted);
	expect_equal(shared->events, 0);
}

TEST(only_two_kinds_of_errors_are_faults)
{
	uint64_t thread = pool_make(&pool, OBJECT_thread, SIZE_BITS_thread);
	expect_equal(thread_set_error_faults(thread, ERROR_FAULT_mask + 1), ERR_bad_argument);
	expect_equal(thread_set_error_faults(thread, UINT64_MAX), ERR_bad_argument);
	must(thread_set_error_faults(thread, ERROR_FAULT_mask));
}
