/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The life of threads: configuring, starting, stopping, faulting, dying, and who hears of it.
 */
#include "fault.h"
#include "test.h"

static uint64_t endpoint, second;

static void note(uint64_t what)
{
	event(what);
	park();
}

static void call_and_note(uint64_t to)
{
	struct message message = MESSAGE(0, 1);
	event(ipc_call(to, &message));
	event(message.word[0]);
	park();
}

static void send_and_note(uint64_t to)
{
	struct message message = MESSAGE(0);
	event(ipc_send(to, &message));
	park();
}

static void receive_and_note(uint64_t from)
{
	struct message message;
	event(ipc_recv(from, &message));
	park();
}

static void echo_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;)
		ipc_reply_recv(from, &message);
}

/* ---- starting ---- */

TEST(a_thread_needs_everything_before_it_runs)
{
	uint64_t thread = pool_make(&pool, OBJECT_thread, SIZE_BITS_thread);
	expect_equal(thread_waiting(thread), WAITING_stopped);
	expect_equal(thread_resume(thread), ERR_not_ready);
	must(thread_write_registers(thread, (uint64_t)note, 0, 0, 0));
	expect_equal(thread_resume(thread), ERR_not_ready);
	uint64_t other = pool_make(&pool, OBJECT_thread, SIZE_BITS_thread);
	must(thread_configure(other, BOOT_SLOT_cnode, BOOT_SLOT_space, 0, 0));
	expect_equal(thread_resume(other), ERR_not_ready);
}

TEST(wrong_configurations_are_refused)
{
	uint64_t thread = pool_make(&pool, OBJECT_thread, SIZE_BITS_thread), frame = pool_make(&pool, OBJECT_frame, SIZE_BITS_frame);
	uint64_t cnode = BOOT_SLOT_cnode, space = BOOT_SLOT_space;
	expect_equal(thread_configure(thread, BOOT_SLOT_null, space, 0, 0), ERR_no_cap);
	expect_equal(thread_configure(thread, space, space, 0, 0), ERR_wrong_kind);
	expect_equal(thread_configure(thread, cnode, cnode, 0, 0), ERR_wrong_kind);
	expect_equal(thread_configure(thread, cnode, slot_empty(), 0, 0), ERR_no_cap);
	expect_equal(thread_configure(thread, cnode, space, cnode, 0), ERR_wrong_kind);
	expect_equal(thread_configure(thread, cnode, space, slot_empty(), 0), ERR_no_cap);
	expect_equal(thread_configure(thread, cnode, space, frame, 8), ERR_bad_argument);
	expect_equal(thread_configure(thread, cnode, space, frame, PAGE_BYTES), ERR_bad_argument);
	uint64_t readable = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, readable, frame, RIGHT_frame_read));
	expect_equal(thread_configure(thread, cnode, space, readable, 0), ERR_no_right);
	must(space_map(&pool, space, frame, address_take(1), MAP_read | MAP_write));
	expect_equal(thread_configure(thread, cnode, space, frame, 0), ERR_mapped);
	expect_equal(thread_configure(BOOT_SLOT_thread, cnode, space, 0, 0), ERR_not_ready);        /* it runs */
	must(thread_configure(thread, cnode, space, 0, 0));
}

TEST(a_frame_is_one_threads_buffer)
{
	uint64_t thread = pool_make(&pool, OBJECT_thread, SIZE_BITS_thread), other = pool_make(&pool, OBJECT_thread, SIZE_BITS_thread);
	uint64_t frame = pool_make(&pool, OBJECT_frame, SIZE_BITS_frame);
	must(thread_configure(thread, BOOT_SLOT_cnode, BOOT_SLOT_space, frame, 1 << IPC_BUFFER_SIZE_BITS));
	must(thread_configure(thread, BOOT_SLOT_cnode, BOOT_SLOT_space, frame, 0));
	expect_equal(thread_configure(other, BOOT_SLOT_cnode, BOOT_SLOT_space, frame, 0), ERR_mapped);
	expect_equal(frame_map(frame, BOOT_SLOT_space, address_take(1), MAP_read), ERR_mapped);
	must(thread_configure(thread, BOOT_SLOT_cnode, BOOT_SLOT_space, 0, 0));
	must(thread_configure(other, BOOT_SLOT_cnode, BOOT_SLOT_space, frame, 0));
	must(frame_unmap(frame));                 /* takes the buffer away */
	must(thread_configure(thread, BOOT_SLOT_cnode, BOOT_SLOT_space, frame, 0));
}

TEST(registers_are_written_to_stopped_threads_only)
{
	struct made_thread thread = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)note, 4, PRIORITY_low, THREAD_active);
	struct thread_read_registers registers;
	must(thread_write_registers(thread.thread, (uint64_t)note, 0x123450, 0x6789a0, 77));
	must(thread_read_registers(thread.thread, &registers));
	expect_equal(registers.pc, note);
	expect_equal(registers.sp, 0x123450);
	expect_equal(registers.tls, 0x6789a0);
	expect_equal(registers.argument, 77);
	expect_equal(thread_write_registers(BOOT_SLOT_thread, (uint64_t)note, 0, 0, 0), ERR_not_ready);
}

TEST(a_kernel_address_is_no_pc)
{
	uint64_t thread = pool_make(&pool, OBJECT_thread, SIZE_BITS_thread);
	static const uint64_t addresses[] = { 0xffffffff80000000, 0x8000000000000000, 0xffff800000000000, UINT64_MAX };
	for (unsigned i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
		expect_equal(thread_write_registers(thread, addresses[i], 0, 0, 0), ERR_bad_address);
	expect_equal(thread_write_registers(thread, boot->user_top, 0, 0, 0), ERR_bad_address);
}

/* Registers that the machine would not let the kernel load: refused, or the thread faults, or it runs; no more. */
static void expect_harmless(uint64_t pc, uint64_t sp, uint64_t tls)
{
	struct made_thread made = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)note, 1, PRIORITY_high, THREAD_active);
	enum error error = thread_write_registers(made.thread, pc, sp ? sp : stack_start(made.page_address), tls, 1);
	expect(error == ERR_ok || error == ERR_bad_address);
	must(thread_resume(made.thread));
	settle();
	must(thread_suspend(made.thread));
}

TEST(wild_registers_do_no_harm)
{
	static const uint64_t wild[] = { 1, 0x0000800000000000, 0x0000004000000000, 0x7fffffffffffffff, 0x8000000000000000,
		0xffff7fffffffffff, 0xffff800000000000, 0xffffffff80000000, UINT64_MAX };
	for (unsigned i = 0; i < sizeof wild / sizeof wild[0]; i++) {
		expect_harmless((uint64_t)note, 0, wild[i]);
		expect_harmless((uint64_t)note, wild[i], 0);
		expect_harmless(wild[i], 0, 0);
	}
	expect_harmless(0x2345678001, 0, 0);      /* nothing there, and not aligned */
}

/* ---- stopping ---- */

static void expect_stopped_and_resumed(void (*function)(uint64_t), enum waiting waiting)
{
	uint64_t thread = worker(BOOT_SLOT_space, function, endpoint, PRIORITY_high).thread;
	expect_equal(thread_waiting(thread), waiting);
	must(thread_suspend(thread));
	expect_equal(thread_waiting(thread), WAITING_stopped);
	settle();
	expect_equal(shared->events, 0);
	must(thread_resume(thread));
	settle();
	expect_equal(shared->event[0], ERR_cancelled);
	shared->events = 0;
	struct message message = MESSAGE(0);
	expect_equal(ipc_nb_send(endpoint, &message), ERR_would_block);      /* nobody is left in the endpoint */
	expect_equal(ipc_nb_recv(endpoint, &message), ERR_would_block);
}

TEST(a_stopped_threads_wait_is_cancelled)
{
	endpoint = endpoint_make();
	expect_stopped_and_resumed(receive_and_note, WAITING_receive);
	expect_stopped_and_resumed(send_and_note, WAITING_send);
	expect_stopped_and_resumed(call_and_note, WAITING_send);
}

TEST(a_stopped_callers_answer_goes_nowhere)
{
	endpoint = endpoint_make();
	uint64_t client = worker(other_space(), call_and_note, endpoint, PRIORITY_high).thread;
	struct message message;
	expect_equal(ipc_recv(endpoint, &message), ERR_ok);
	must(thread_suspend(client));
	expect_equal(ipc_nb_recv(endpoint, &message), ERR_would_block);      /* it is not owed an answer any more */
	must(thread_resume(client));
	settle();
	expect_equal(shared->event[0], ERR_cancelled);
	shared->events = 0;
	worker(BOOT_SLOT_space, send_and_note, endpoint, PRIORITY_low);
	message = MESSAGE(0, 5);
	expect_equal(ipc_reply_recv(endpoint, &message), ERR_ok);
	expect_equal(tag_operation(message.tag), SYS_send);
	settle();
	expect_events(ERR_ok);
}

TEST(a_running_thread_can_be_stopped_and_goes_on)
{
	uint64_t thread = worker(BOOT_SLOT_space, note, 8, PRIORITY_low).thread;
	must(thread_suspend(thread));
	settle();
	expect_equal(shared->events, 0);
	must(thread_resume(thread));
	settle();
	expect_events(8);
}

/* Queues of several waiters lose one from the front, the middle and the end. */
TEST(any_waiter_can_be_stopped)
{
	endpoint = endpoint_make();
	for (unsigned kind = 0; kind < 2; kind++)
		for (unsigned gone = 0; gone < 3; gone++) {
			uint64_t thread[3];
			for (unsigned i = 0; i < 3; i++)
				thread[i] = worker(BOOT_SLOT_space, kind ? receive_and_note : send_and_note, endpoint, PRIORITY_high).thread;
			must(thread_suspend(thread[gone]));
			struct message message;
			for (unsigned i = 0; i < 2; i++) {
				message = MESSAGE(0);
				expect_equal(kind ? ipc_nb_send(endpoint, &message) : ipc_nb_recv(endpoint, &message), ERR_ok);
			}
			message = MESSAGE(0);
			expect_equal(kind ? ipc_nb_send(endpoint, &message) : ipc_nb_recv(endpoint, &message), ERR_would_block);
			settle();
			expect_events(ERR_ok, ERR_ok);
		}
}

/* ---- a server that goes away ---- */

static void stop(uint64_t thread)    { must(thread_suspend(thread)); }
static void destroy(uint64_t thread) { must(cnode_delete(BOOT_SLOT_cnode, thread)); }

/* Takes a call and waits for something else, so that the caller is left without an answer. */
static void forgetful_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	event(50);
	ipc_send(second, &message);
	park();
}

static void server_goes(void (*go)(uint64_t thread), bool passive)
{
	endpoint = endpoint_make();
	second = endpoint_make();
	struct made_thread server = (passive ? passive_worker : worker)(other_space(), forgetful_server, endpoint, PRIORITY_high);
	struct made_thread client = worker(BOOT_SLOT_space, call_and_note, endpoint, PRIORITY_low);
	settle();
	expect_events(50);
	expect_equal(thread_waiting(client.thread), WAITING_reply);
	go(server.thread);
	settle();
	expect_equal(shared->events, 2);
	expect_equal(shared->event[0], ERR_server_gone);
	shared->events = 0;
}

TEST(the_caller_of_a_stopped_server_hears_of_it)            { server_goes(stop, false); }
TEST(the_caller_of_a_stopped_passive_server_goes_on)        { server_goes(stop, true); }
TEST(the_caller_of_a_destroyed_server_hears_of_it)          { server_goes(destroy, false); }
TEST(the_caller_of_a_destroyed_passive_server_goes_on)      { server_goes(destroy, true); }

static void faulting_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	*(volatile uint64_t *)8 = 1;
	park();
}

static void server_faults(bool passive)
{
	endpoint = endpoint_make();
	uint64_t server = (passive ? passive_worker : worker)(other_space(), faulting_server, endpoint, PRIORITY_high).thread;
	struct message message = MESSAGE(0);
	settle();
	expect_equal(ipc_call(endpoint, &message), ERR_server_gone);
	expect_equal(thread_waiting(server), WAITING_faulted);
}

TEST(the_caller_of_a_server_that_faults_hears_of_it)        { server_faults(false); }
TEST(the_caller_of_a_passive_server_that_faults_goes_on)    { server_faults(true); }

TEST(waiters_at_a_destroyed_endpoint_are_woken)
{
	endpoint = endpoint_make();
	second = endpoint_make();
	worker(BOOT_SLOT_space, receive_and_note, endpoint, PRIORITY_high);
	worker(other_space(), receive_and_note, endpoint, PRIORITY_high);
	worker(BOOT_SLOT_space, send_and_note, second, PRIORITY_high);
	worker(other_space(), send_and_note, second, PRIORITY_high);
	settle();
	expect_equal(shared->events, 0);
	must(cnode_delete(BOOT_SLOT_cnode, endpoint));
	must(cnode_delete(BOOT_SLOT_cnode, second));
	settle();
	expect_events(ERR_cancelled, ERR_cancelled, ERR_cancelled, ERR_cancelled);
}

/* A copy that goes takes nobody's wait along. */
TEST(a_waiter_stays_when_its_capability_goes)
{
	endpoint = endpoint_make();
	uint64_t copy = pool_copy(&pool, endpoint);
	uint64_t thread = worker(BOOT_SLOT_space, receive_and_note, copy, PRIORITY_high).thread;
	must(cnode_delete(BOOT_SLOT_cnode, copy));
	expect_equal(thread_waiting(thread), WAITING_receive);
	struct message message = MESSAGE(0);
	expect_equal(ipc_nb_send(endpoint, &message), ERR_ok);
	settle();
	expect_events(ERR_ok);
}

/* ---- what a thread stands on goes away ---- */

TEST(a_thread_without_its_cspace_stops)
{
	uint64_t cnode = pool_make(&pool, OBJECT_cnode, SIZE_BITS_cnode_min + 1);
	endpoint = endpoint_make();
	must(cnode_copy(cnode, 1, endpoint, RIGHTS_all));
	struct made_thread thread = thread_make(&pool, cnode, other_space(), (uint64_t)echo_server, 1, PRIORITY_high, THREAD_active);
	must(thread_resume(thread.thread));
	struct message message = MESSAGE(3);
	expect_equal(ipc_call(endpoint, &message), ERR_ok);
	must(cnode_delete(BOOT_SLOT_cnode, cnode));
	expect_equal(thread_waiting(thread.thread), WAITING_stopped);
	message = MESSAGE(0);
	expect_equal(ipc_nb_send(endpoint, &message), ERR_would_block);
	expect_equal(thread_resume(thread.thread), ERR_not_ready);
}

TEST(a_thread_without_its_space_stops)
{
	endpoint = endpoint_make();
	uint64_t space = other_space();
	uint64_t thread = worker(space, echo_server, endpoint, PRIORITY_high).thread;
	struct message message = MESSAGE(3);
	expect_equal(ipc_call(endpoint, &message), ERR_ok);
	must(cnode_delete(BOOT_SLOT_cnode, space));
	expect_equal(thread_waiting(thread), WAITING_stopped);
	message = MESSAGE(0);
	expect_equal(ipc_nb_send(endpoint, &message), ERR_would_block);
	expect_equal(thread_resume(thread), ERR_not_ready);
}

/* Its buffer gone, a thread gets eight words again. */
TEST(a_thread_without_its_buffer_goes_on)
{
	endpoint = endpoint_make();
	struct made_thread thread = worker(other_space(), echo_server, endpoint, PRIORITY_high);
	struct message message = { .tag = tag_make(0, 0, 0, 10) };
	expect_equal(ipc_call(endpoint, &message), ERR_ok);
	expect_equal(tag_length(message.tag), 10);
	must(cnode_delete(BOOT_SLOT_cnode, thread.buffer));
	message = (struct message){ .tag = tag_make(0, 0, 0, 10) };
	expect_equal(ipc_call(endpoint, &message), ERR_ok);
	expect_equal(tag_length(message.tag), 0);
}

/* Everything that a set of threads is made of goes in one call: running, waiting, calling each other. */
TEST(revoking_memory_takes_threads_along)
{
	struct pool inner = { .untyped = pool_make(&pool, OBJECT_untyped, 20), .slot = pool.slot, .slot_end = pool.slot_end };
	struct pool outer = pool;
	second = endpoint_make();
	outer.slot = inner.slot = pool.slot;
	pool = inner;
	endpoint = endpoint_make();
	uint64_t space = other_space(), last;
	passive_worker(space, forgetful_server, endpoint, PRIORITY_high);
	worker(BOOT_SLOT_space, call_and_note, endpoint, PRIORITY_low);
	worker(space, call_and_note, endpoint, PRIORITY_low);
	worker(space, receive_and_note, endpoint_make(), PRIORITY_low);
	worker(space, send_and_note, second, PRIORITY_low);
	settle();
	worker(space, note, 99, PRIORITY_low);    /* ready, but has not run yet */
	last = pool.slot;
	pool = outer;
	shared->events = 0;
	must(cnode_revoke(BOOT_SLOT_cnode, inner.untyped));
	settle();
	expect_equal(shared->events, 0);
	struct message message;
	expect_equal(ipc_nb_recv(second, &message), ERR_would_block);
	uint64_t left = 0;
	for (uint64_t slot = inner.slot; slot < last; slot++) {
		message = MESSAGE(0);
		left += ipc_nb_send(slot, &message) != ERR_no_cap;
	}
	expect_equal(left, 1);                    /* other_space()'s copy of the shared page, which is not of that memory */
	struct untyped_describe description;
	must(untyped_describe(inner.untyped, &description));
	expect_equal(description.used_bytes, 0);
}

/* A thread may delete itself, or what it stands on: the system call does not return. */
static void delete_it(uint64_t slot)
{
	event(1);
	cnode_delete(BOOT_SLOT_cnode, slot);
	event(2);
	park();
}

static void delete_own(bool space)
{
	uint64_t where = other_space();
	struct made_thread made = thread_make(&pool, BOOT_SLOT_cnode, where, (uint64_t)delete_it, 0, PRIORITY_high, THREAD_active);
	must(thread_write_registers(made.thread, (uint64_t)delete_it, stack_start(made.page_address),
		made.page_address + sizeof(struct ipc_buffer), space ? where : made.thread));
	must(thread_resume(made.thread));
	settle();
	expect_events(1);
}

TEST(a_thread_may_delete_itself)    { delete_own(false); }
TEST(a_thread_may_delete_its_space) { delete_own(true); }

static void suspend_itself(uint64_t thread)
{
	event(1);
	thread_suspend(thread);
	event(2);
	park();
}

TEST(a_thread_may_stop_itself)
{
	struct made_thread made = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, 0x1000, 0, PRIORITY_high, THREAD_active);
	must(thread_write_registers(made.thread, (uint64_t)suspend_itself, stack_start(made.page_address), 0, made.thread));
	must(thread_resume(made.thread));
	settle();
	expect_events(1);
	must(thread_resume(made.thread));
	settle();
	expect_events(2);
}

/* ---- faults ---- */

TEST(a_fault_stops_its_thread_only)
{
	for (unsigned i = 0; i < FAULTS; i++) {
		struct made_thread thread = worker(other_space(), fault_make, i, PRIORITY_high);
		settle();
		expect_equal(thread_waiting(thread.thread), WAITING_faulted);
		must(cnode_delete(BOOT_SLOT_cnode, thread.thread));
	}
	expect_equal(shared->events, 0);
}

TEST(a_faulted_thread_can_be_started_anew)
{
	struct made_thread made = worker(BOOT_SLOT_space, fault_make, FAULT_illegal, PRIORITY_high);
	settle();
	expect_equal(thread_waiting(made.thread), WAITING_faulted);
	must(thread_write_registers(made.thread, (uint64_t)note, stack_start(made.page_address),
		made.page_address + sizeof(struct ipc_buffer), 31));
	must(thread_resume(made.thread));
	settle();
	expect_events(31);
}
