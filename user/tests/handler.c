/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fault handlers: what they are told, what their answers do, and what becomes of a fault that nobody answers.
 */
#include "fault.h"
#include "test.h"

enum { BADGE = 77 };

static uint64_t endpoint, badged, reply, address, frame;

static void make_handler(void)
{
	endpoint = endpoint_make();
	badged = pool_mint(&pool, endpoint, RIGHT_endpoint_send, BADGE);
	reply = pool_make(&pool, OBJECT_reply, SIZE_BITS_reply);
	address = address_take(1);
	frame = space_add_page(&pool, BOOT_SLOT_space, address, MAP_read | MAP_write, (const uint64_t[]){ 5 }, sizeof(uint64_t));
	must(frame_unmap(frame));
}

/* A thread whose faults call the endpoint; it has not run yet if its priority is low. */
static struct made_thread handled(uint64_t space, void (*function)(uint64_t), uint64_t argument, uint64_t priority)
{
	struct made_thread made = worker(space, function, argument, PRIORITY_low);
	must(thread_set_fault_handler(made.thread, badged));
	must(thread_set_priority(made.thread, priority));
	return made;
}

/* Reads a word with much else in registers. */
static void reader(uint64_t from)
{
	uint64_t a = from * 3, b = from * 5, c = from * 7, d = from * 11;
	uint64_t word = *(volatile uint64_t *)from;
	event(word);
	event(a + b + c + d == from * 26);
	park();
}

static void moved(void)
{
	event(300);
	park();
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

static void fault_answer(uint64_t label, uint64_t pc, uint64_t sp)
{
	struct message message = MESSAGE(label, pc, sp, 1, 2, 3, 4, 5, 6);
	must(ipc_send(reply, &message));
}

static void tell_and_retry(uint64_t space)
{
	make_handler();
	struct made_thread made = handled(space, reader, address, PRIORITY_high);
	expect_equal(thread_waiting(made.thread), WAITING_send);
	struct message message = fault_receive();
	expect_equal(thread_waiting(made.thread), WAITING_reply);
	struct thread_read_registers registers;
	must(thread_read_registers(made.thread, &registers));
	expect_equal(tag_label(message.tag), FAULT_LABEL_page);
	expect_equal(tag_length(message.tag), 0);
	expect_equal(message.word[FAULT_WORD_address], address);
	expect_equal(message.word[FAULT_WORD_pc], registers.pc);
	expect_equal(message.word[FAULT_WORD_sp], registers.sp);
	expect(registers.pc > (uint64_t)reader && registers.pc < (uint64_t)reader + 400);
	expect(registers.sp > made.stack_address && registers.sp < made.page_address);
	for (unsigned i = FAULT_WORD_sp + 1; i < MESSAGE_REGISTERS; i++)
		expect_equal(message.word[i], 0);
	must(space_map(&pool, space, frame, address, MAP_read));
	fault_answer(FAULT_ANSWER_retry, 0, 0);
	settle();
	expect_events(5, 1);
}

TEST(a_page_fault_is_told_and_tried_again) { in_both_spaces(tell_and_retry); }

/* The same as a server, active or passive, that answers with reply_recv. */
static void mapping_handler(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		expect_equal(message.word[FAULT_WORD_address], address);
		expect_equal(space_map(&pool, BOOT_SLOT_space, frame, address, MAP_read), ERR_ok);
		message = MESSAGE(FAULT_ANSWER_retry);
		ipc_reply_recv(from, &message);
	}
}

static void serve(bool passive)
{
	make_handler();
	(passive ? passive_worker : worker)(BOOT_SLOT_space, mapping_handler, endpoint, PRIORITY_high);
	handled(BOOT_SLOT_space, reader, address, PRIORITY_low);
	settle();
	expect_events(5, 1);
}

TEST(a_handler_answers_like_a_server)         { serve(false); }
TEST(a_passive_handler_runs_for_who_faulted)  { serve(true); }

TEST(every_fault_is_told)
{
	static const uint8_t label[FAULTS] = {
		[FAULT_null] = FAULT_LABEL_page, [FAULT_kernel_read] = FAULT_LABEL_page, [FAULT_kernel_write] = FAULT_LABEL_page,
		[FAULT_kernel_jump] = FAULT_LABEL_page, [FAULT_hole] = FAULT_LABEL_page, [FAULT_fpu] = FAULT_LABEL_fpu,
		[FAULT_breakpoint] = FAULT_LABEL_debug,
	};
	make_handler();
	for (uint64_t i = 0; i < FAULTS; i++) {
		struct made_thread made = handled(other_space(), fault_make, i, PRIORITY_high);
		struct message message = fault_receive();
		if (label[i])
			expect_equal(tag_label(message.tag), label[i]);
		fault_answer(FAULT_ANSWER_move, (uint64_t)moved, message.word[FAULT_WORD_sp]);
		settle();
		expect_events(300);
		must(cnode_delete(BOOT_SLOT_cnode, made.thread));
	}
}

TEST(an_answer_moves_the_thread)
{
	make_handler();
	struct made_thread made = handled(BOOT_SLOT_space, reader, address, PRIORITY_high);
	fault_receive();
	fault_answer(FAULT_ANSWER_move, (uint64_t)moved, stack_start(made.page_address) - 256);
	expect_events(300);
	struct thread_read_registers registers;
	must(thread_read_registers(made.thread, &registers));
	expect(registers.sp < stack_start(made.page_address) - 200);
}

TEST(other_answers_leave_the_thread_stopped)
{
	make_handler();
	struct made_thread made = handled(BOOT_SLOT_space, reader, address, PRIORITY_high);
	fault_receive();
	fault_answer(FAULT_ANSWER_move, 0xffffffff80000000, 0);
	settle();
	expect_equal(thread_waiting(made.thread), WAITING_faulted);
	must(thread_resume(made.thread));                    /* tries again */
	fault_receive();
	fault_answer(FAULT_ANSWER_move + 1, (uint64_t)moved, 0);
	settle();
	expect_equal(thread_waiting(made.thread), WAITING_faulted);
	expect_equal(shared->events, 0);
}

/* ---- a server that faults ---- */

static uint64_t service;

static void faulting_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		message = MESSAGE(0, *(volatile uint64_t *)address);
		ipc_reply_recv(from, &message);
	}
}

static void call_and_note(uint64_t to)
{
	struct message message = MESSAGE(0);
	event(ipc_call(to, &message));
	event(message.word[0]);
	park();
}

TEST(a_server_that_faults_keeps_its_caller)
{
	make_handler();
	service = endpoint_make();
	passive_worker(BOOT_SLOT_space, mapping_handler, endpoint, PRIORITY_high);
	struct made_thread server = passive_worker(BOOT_SLOT_space, faulting_server, service, PRIORITY_high);
	must(thread_set_fault_handler(server.thread, badged));
	for (unsigned i = 0; i < 2; i++) {
		worker(other_space(), call_and_note, service, PRIORITY_low);
		settle();
		expect_events(ERR_ok, 5);
	}
}

TEST(a_server_that_stays_stopped_has_no_caller)
{
	make_handler();
	service = endpoint_make();
	struct made_thread server = passive_worker(BOOT_SLOT_space, faulting_server, service, PRIORITY_high);
	must(thread_set_fault_handler(server.thread, badged));
	worker(other_space(), call_and_note, service, PRIORITY_low);
	fault_receive();
	expect_equal(shared->events, 0);
	fault_answer(99, 0, 0);
	settle();
	expect_equal(shared->event[0], ERR_server_gone);
}

/* ---- a fault that nobody answers ---- */

TEST(a_fault_whose_handler_dies_comes_again)
{
	make_handler();
	struct made_thread handler = worker(BOOT_SLOT_space, mapping_handler, endpoint, PRIORITY_low);
	struct made_thread made = handled(BOOT_SLOT_space, reader, address, PRIORITY_high);
	settle();
	expect_events(5, 1);
	must(frame_unmap(frame));
	/* Now one that takes the fault and does not answer. */
	must(cnode_delete(BOOT_SLOT_cnode, handler.thread));
	made = handled(BOOT_SLOT_space, reader, address, PRIORITY_high);
	fault_receive();
	must(cnode_delete(BOOT_SLOT_cnode, reply));
	settle();
	expect_equal(thread_waiting(made.thread), WAITING_send);
	worker(BOOT_SLOT_space, mapping_handler, endpoint, PRIORITY_low);
	settle();
	expect_events(5, 1);
}

TEST(a_thread_whose_handler_is_destroyed_stops)
{
	make_handler();
	struct made_thread made = handled(BOOT_SLOT_space, reader, address, PRIORITY_high);
	expect_equal(thread_waiting(made.thread), WAITING_send);
	must(cnode_delete(BOOT_SLOT_cnode, endpoint));
	settle();
	expect_equal(thread_waiting(made.thread), WAITING_faulted);
	expect_equal(shared->events, 0);
}

TEST(a_thread_stopped_in_a_fault_faults_again)
{
	make_handler();
	struct made_thread made = handled(BOOT_SLOT_space, reader, address, PRIORITY_high);
	struct message message;
	must(thread_suspend(made.thread));
	expect_equal(ipc_nb_recv(endpoint, &message), ERR_would_block);
	must(thread_resume(made.thread));
	fault_receive();
	must(thread_suspend(made.thread));
	message = MESSAGE(0);
	expect_equal(ipc_send(reply, &message), ERR_no_caller);
	must(thread_resume(made.thread));
	fault_receive();
	must(thread_suspend(made.thread));
	must(thread_write_registers(made.thread, (uint64_t)moved, stack_start(made.page_address),
		made.page_address + sizeof(struct ipc_buffer), 0));
	must(thread_resume(made.thread));
	expect_events(300);
}

/* ---- which handler ---- */

TEST(a_handler_is_an_endpoint_that_one_may_call)
{
	make_handler();
	uint64_t thread = pool_make(&pool, OBJECT_thread, SIZE_BITS_thread), receiving = slot_empty(), deep = endpoint, next;
	must(cnode_copy(BOOT_SLOT_cnode, receiving, endpoint, RIGHT_endpoint_receive));
	expect_equal(thread_set_fault_handler(thread, slot_empty()), ERR_no_cap);
	expect_equal(thread_set_fault_handler(thread, thread), ERR_wrong_kind);
	expect_equal(thread_set_fault_handler(thread, receiving), ERR_no_right);
	while (next = slot_empty(), cnode_copy(BOOT_SLOT_cnode, next, deep, RIGHTS_all) == ERR_ok)
		deep = next;
	expect_equal(thread_set_fault_handler(thread, deep), ERR_too_deep);
	expect_equal(thread_set_fault_handler(thread, 0), ERR_ok);
}

TEST(a_handler_lasts_as_long_as_its_capability)
{
	make_handler();
	struct made_thread made = handled(BOOT_SLOT_space, reader, address, PRIORITY_low);
	must(cnode_delete(BOOT_SLOT_cnode, badged));
	settle();
	expect_equal(thread_waiting(made.thread), WAITING_faulted);
	must(thread_set_fault_handler(made.thread, endpoint));
	must(thread_set_fault_handler(made.thread, endpoint));       /* replaces the first */
	must(thread_resume(made.thread));
	settle();
	expect_equal(thread_waiting(made.thread), WAITING_send);
	must(thread_set_fault_handler(made.thread, 0));
	must(thread_suspend(made.thread));
	must(thread_resume(made.thread));
	settle();
	expect_equal(thread_waiting(made.thread), WAITING_faulted);
	must(thread_set_fault_handler(made.thread, endpoint));
	must(cnode_delete(BOOT_SLOT_cnode, made.thread));            /* its copy goes with it */
	must(cnode_delete(BOOT_SLOT_cnode, endpoint));
}
