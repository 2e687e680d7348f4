/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The FPU: whose registers are in it, and who may use it at all.  They hold for every policy that the kernel can be built
 * with; what a policy does differently is seen by the unit tests (kernel/test/test_fpu.c) and by the invariant.
 */
#include "fpu.h"
#include "test.h"

enum { ROUNDS = 5, SEED_first = 1, SEED_second, SEED_third };

static uint64_t random_word(uint64_t seed, unsigned i)
{
	uint64_t word = (seed << 32 | (i + 1)) * 0x9e3779b97f4a7c15;
	return word ^ word >> 29;
}

static void fill(uint64_t seed)
{
	struct fpu_words words;
	for (unsigned i = 0; i < FPU_WORDS; i++)
		words.word[i] = fpu_possible(i, random_word(seed, i));
	fpu_write(&words);
}

static void expect_fill(uint64_t seed)
{
	struct fpu_words words;
	fpu_read(&words);
	for (unsigned i = 0; i < FPU_WORDS; i++)
		expect_equal(words.word[i] & fpu_mask(i), fpu_possible(i, random_word(seed, i)));
}

static void expect_clean(void)
{
	struct fpu_words words;
	fpu_read(&words);
	for (unsigned i = 0; i < FPU_WORDS; i++)
		expect_equal(words.word[i] & fpu_mask(i), fpu_clean(i));
}

/* Lets the test's first thread use the FPU; it has one, or there is nothing to test. */
static void allow_me(void)
{
	if (boot->fpu == FPU_none)
		test_skip("the machine has no FPU that the kernel can save");
	must(thread_set_fpu(BOOT_SLOT_thread, 1));
}

/* A worker that may use the FPU. */
static struct made_thread fpu_worker(uint64_t space, void (*function)(uint64_t argument), uint64_t argument, uint64_t priority)
{
	struct made_thread made = thread_make(&pool, BOOT_SLOT_cnode, space, (uint64_t)function, argument, priority, THREAD_active);
	must(thread_set_fpu(made.thread, 1));
	must(thread_resume(made.thread));
	return made;
}

/* ---- who may ---- */

TEST(set_fpu_takes_0_and_1)
{
	allow_me();
	expect_equal(thread_set_fpu(BOOT_SLOT_thread, 2), ERR_bad_argument);
	expect_equal(thread_set_fpu(BOOT_SLOT_thread, ~(uint64_t)0), ERR_bad_argument);
	expect_equal(thread_set_fpu(BOOT_SLOT_thread, 0), ERR_ok);
}

TEST(set_fpu_needs_the_right_to_control)
{
	uint64_t slot = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, slot, BOOT_SLOT_thread, 0));
	expect_equal(thread_set_fpu(slot, 1), ERR_no_right);
}

static void toucher(uint64_t argument)
{
	event(argument);
	fpu_touch();
	event(argument + 1);
	park();
}

TEST(without_leave_the_fpu_faults)
{
	struct made_thread made = worker(BOOT_SLOT_space, toucher, 1, PRIORITY_high);
	expect_equal(thread_waiting(made.thread), WAITING_faulted);
	expect_events(1);
	if (boot->fpu == FPU_none)
		return;
	must(thread_set_fpu(made.thread, 1));
	must(thread_resume(made.thread));
	expect_events(2);
}

/* The registers of another are there, and the FPU was on a moment ago. */
TEST(without_leave_the_fpu_faults_while_another_thread_owns_it)
{
	allow_me();
	fill(SEED_first);
	struct made_thread made = worker(BOOT_SLOT_space, toucher, 1, PRIORITY_high);
	expect_equal(thread_waiting(made.thread), WAITING_faulted);
	expect_events(1);
	expect_fill(SEED_first);
}

static void touching_server(uint64_t endpoint)
{
	struct message message;
	must(ipc_recv(endpoint, &message));
	toucher(3);
}

static void server_touches(uint64_t space)
{
	uint64_t endpoint = endpoint_make();
	struct made_thread server = passive_worker(space, touching_server, endpoint, PRIORITY_test);
	fill(SEED_first);
	struct message message = MESSAGE(0);
	expect_equal(ipc_call(endpoint, &message), ERR_server_gone);
	expect_equal(thread_waiting(server.thread), WAITING_faulted);
	expect_events(3);
	expect_fill(SEED_first);
}

TEST(a_server_without_leave_faults_on_its_clients_registers)
{
	allow_me();
	in_both_spaces(server_touches);
}

TEST(leave_taken_back_loses_the_registers)
{
	allow_me();
	fill(SEED_first);
	must(thread_set_fpu(BOOT_SLOT_thread, 0));
	must(thread_set_fpu(BOOT_SLOT_thread, 1));
	expect_clean();
}

static void taken_back(uint64_t me)
{
	fill(SEED_second);
	must(thread_set_fpu(me, 0));
	toucher(1);
}

TEST(leave_taken_back_makes_the_fpu_fault)
{
	allow_me();
	struct made_thread made = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)taken_back, 0, PRIORITY_high,
		THREAD_active);
	must(thread_write_registers(made.thread, (uint64_t)taken_back, stack_start(made.page_address),
		made.page_address + sizeof(struct ipc_buffer), made.thread));
	must(thread_set_fpu(made.thread, 1));
	must(thread_resume(made.thread));
	expect_events(1);
	expect_equal(thread_waiting(made.thread), WAITING_faulted);
}

static void refused(uint64_t argument)
{
	fill(SEED_second);
	event(argument);
	instruction_refused();
	event(argument + 1);
	park();
}

TEST(what_the_fpu_refuses_faults_its_owner)
{
	allow_me();
	struct made_thread made = fpu_worker(BOOT_SLOT_space, refused, 1, PRIORITY_high);
	expect_equal(thread_waiting(made.thread), WAITING_faulted);
	expect_events(1);
}

/* ---- clean registers ---- */

static void clean_then_fill(uint64_t seed)
{
	expect_clean();
	fill(seed);
	event(seed);
	park();
}

TEST(every_thread_begins_with_clean_registers)
{
	allow_me();
	expect_clean();
	fill(SEED_first);
	fpu_worker(BOOT_SLOT_space, clean_then_fill, SEED_second, PRIORITY_high);
	fpu_worker(other_space(), clean_then_fill, SEED_third, PRIORITY_high);
	expect_events(SEED_second, SEED_third);
	expect_fill(SEED_first);
}

TEST(after_the_owner_is_destroyed_registers_are_clean)
{
	allow_me();
	struct made_thread made = fpu_worker(BOOT_SLOT_space, clean_then_fill, SEED_second, PRIORITY_high);
	must(cnode_delete(BOOT_SLOT_cnode, made.thread));
	expect_clean();
	fpu_worker(BOOT_SLOT_space, clean_then_fill, SEED_third, PRIORITY_high);
	expect_events(SEED_second, SEED_third);
}

TEST(write_registers_makes_registers_clean)
{
	allow_me();
	struct made_thread made = fpu_worker(BOOT_SLOT_space, clean_then_fill, SEED_second, PRIORITY_high);
	must(thread_suspend(made.thread));
	must(thread_write_registers(made.thread, (uint64_t)clean_then_fill, stack_start(made.page_address),
		made.page_address + sizeof(struct ipc_buffer), SEED_third));
	must(thread_resume(made.thread));
	expect_events(SEED_second, SEED_third);
}

/* ---- registers stay ---- */

TEST(system_calls_preserve_the_fpu)
{
	allow_me();
	fill(SEED_first);
	system_null();
	expect_fill(SEED_first);
	struct message message = MESSAGE(0);
	expect_equal(ipc_call(BOOT_SLOT_null, &message), ERR_no_cap);
	expect_fill(SEED_first);
	settle();
	expect_fill(SEED_first);
}

static void filling_server(uint64_t endpoint)
{
	struct message message;
	must(ipc_recv(endpoint, &message));
	fill(SEED_second);
	for (;;) {
		expect_fill(SEED_second);
		must(ipc_reply_recv(endpoint, &message));
	}
}

static void server_fills(uint64_t space)
{
	uint64_t endpoint = endpoint_make();
	struct made_thread server = fpu_worker(space, filling_server, endpoint, PRIORITY_test);
	settle();
	must(sched_context_unbind(server.context));
	fill(SEED_first);
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct message message = MESSAGE(0);
		must(ipc_call(endpoint, &message));
		expect_fill(SEED_first);
	}
}

TEST(client_and_server_keep_their_registers)
{
	allow_me();
	in_both_spaces(server_fills);
}

static void plain_server(uint64_t endpoint)
{
	struct message message;
	must(ipc_recv(endpoint, &message));
	for (;;)
		must(ipc_reply_recv(endpoint, &message));
}

static void server_plain(uint64_t space)
{
	uint64_t endpoint = endpoint_make();
	passive_worker(space, plain_server, endpoint, PRIORITY_test);
	fill(SEED_first);
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct message message = MESSAGE(0);
		must(ipc_call(endpoint, &message));
		expect_fill(SEED_first);
	}
}

TEST(a_client_keeps_its_registers_when_the_server_has_none)
{
	allow_me();
	in_both_spaces(server_plain);
}

/* Two plain threads between which the fast paths switch, while the registers of a third stay in the FPU, or do not. */
static void plain_client(uint64_t endpoint)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct message message = MESSAGE(0);
		must(ipc_call(endpoint, &message));
	}
	fpu_touch();
	event(1);
	park();
}

TEST(fast_paths_of_others_leave_the_registers_alone)
{
	allow_me();
	uint64_t endpoint = endpoint_make(), space = other_space();
	passive_worker(space, plain_server, endpoint, PRIORITY_low);
	fill(SEED_first);
	struct made_thread client = worker(other_space(), plain_client, endpoint, PRIORITY_low);
	settle();
	expect_fill(SEED_first);
	expect_equal(thread_waiting(client.thread), WAITING_faulted);
	expect_events();
}

TEST(registers_outlive_a_preemption)
{
	allow_me();
	fill(SEED_first);
	for (unsigned i = 0; i < ROUNDS; i++) {
		fpu_worker(i % 2 ? other_space() : BOOT_SLOT_space, clean_then_fill, SEED_second, PRIORITY_high);
		expect_fill(SEED_first);
	}
	shared->events = 0;
}

static void yielder(uint64_t seed)
{
	fill(seed);
	for (unsigned i = 0; i < ROUNDS; i++) {
		system_yield();
		expect_fill(seed);
	}
	event(seed);
	park();
}

TEST(threads_that_take_turns_keep_their_registers)
{
	allow_me();
	fill(SEED_first);
	for (uint64_t seed = SEED_second; seed < SEED_second + 4; seed++)
		fpu_worker(seed % 2 ? BOOT_SLOT_space : other_space(), yielder, seed, PRIORITY_low);
	settle();
	expect_events(SEED_second, SEED_second + 1, SEED_second + 2, SEED_second + 3);
	expect_fill(SEED_first);
}

static void filler(uint64_t endpoint)
{
	struct message message = MESSAGE(0);
	fill(SEED_second);
	ipc_send(endpoint, &message);             /* is cancelled */
	expect_fill(SEED_second);
	event(1);
	park();
}

TEST(a_suspended_thread_keeps_its_registers)
{
	allow_me();
	fill(SEED_first);
	struct made_thread made = fpu_worker(BOOT_SLOT_space, filler, endpoint_make(), PRIORITY_high);
	must(thread_suspend(made.thread));
	expect_fill(SEED_first);
	must(thread_resume(made.thread));
	expect_events(1);
	expect_fill(SEED_first);
}
