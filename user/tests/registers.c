/* SPDX-License-Identifier: BSD-2-Clause
 *
 * No residue: what is in the registers when a system call returns, beyond the message.
 */
#include "probe.h"
#include "test.h"

static const char *const probe_name[] = { PROBE_NAMES };
_Static_assert(sizeof probe_name / sizeof probe_name[0] == PROBE_OTHERS, "a name for every register");

/* Two patterns, so that one knows whose value it was. */
static const uint64_t PATTERN_client = 0x1111111111111111, PATTERN_server = 0x2222222222222222;
enum { PROBES = 6 };

static uint64_t endpoint;
static uint64_t length;                   /* of the probing messages: 0 goes the fast way, more the slow one */

static bool is_kernel_value(uint64_t value) { return value >> 63; }

static void expect_no_kernel_value(const struct probe *probe)
{
	for (unsigned i = 0; i < PROBE_OTHERS; i++)
		if (is_kernel_value(probe->other[i]))
			test_fail(__FILE__, __LINE__, probe_name[i], probe->other[i], 0);
	expect(!is_kernel_value(probe->message.badge));
	expect(!is_kernel_value(probe->message.tag));
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		expect(!is_kernel_value(probe->message.word[i]));
}

/* After the address space has changed. */
static void expect_clear(const struct probe *probe)
{
	expect_no_kernel_value(probe);
	for (unsigned i = 0; i < PROBE_ZEROS; i++)
		if (probe->other[i])
			test_fail(__FILE__, __LINE__, probe_name[i], probe->other[i], 0);
}

static struct probe probe_of(enum syscall operation, uint64_t capability, uint64_t word)
{
	return (struct probe){ { tag_make(operation, 0, 0, operation == SYS_recv ? 0 : length), capability, { word } }, { 0 } };
}

static void probing_server(uint64_t from)
{
	struct probe probe = probe_of(SYS_recv, from, 0);
	for (uint64_t i = 0; ; i++) {
		probe_system_call(&probe, PATTERN_server);
		expect_equal(tag_error(probe.message.tag), ERR_ok);
		expect_equal(probe.message.word[0], 100 + i);
		expect_equal(probe.message.word[1], 0);
		expect_clear(&probe);
		probe = probe_of(SYS_reply_recv, from, i);
	}
}

static void call_with_probes(bool passive)
{
	endpoint = endpoint_make();
	(passive ? passive_worker : worker)(other_space(), probing_server, endpoint, PRIORITY_high);
	settle();
	for (uint64_t i = 0; i < PROBES; i++) {
		struct probe probe = probe_of(SYS_call, endpoint, 100 + i);
		probe_system_call(&probe, PATTERN_client);
		expect_equal(tag_error(probe.message.tag), ERR_ok);
		expect_equal(probe.message.badge, 0);
		expect_equal(probe.message.word[0], i);
		expect_clear(&probe);
	}
}

TEST(no_residue_passes_to_an_active_server)  { call_with_probes(false); }
TEST(no_residue_passes_to_a_passive_server)  { call_with_probes(true); }
TEST(no_residue_passes_with_a_long_message)
{
	length = 3;
	call_with_probes(true);
}

/* A server that comes later takes a message that waits; its client hears of it while somebody else runs. */
TEST(no_residue_passes_with_a_queued_message)
{
	endpoint = endpoint_make();
	worker(other_space(), probing_server, endpoint, PRIORITY_low);
	for (uint64_t i = 0; i < PROBES; i++) {
		struct probe probe = probe_of(SYS_call, endpoint, 100 + i);
		probe_system_call(&probe, PATTERN_client);
		expect_equal(probe.message.word[0], i);
		expect_clear(&probe);
	}
}

static void probing_receiver(uint64_t from)
{
	for (;;) {
		struct probe probe = probe_of(SYS_recv, from, 0);
		probe_system_call(&probe, PATTERN_server);
		expect_clear(&probe);
		event(probe.message.word[0]);
	}
}

TEST(no_residue_passes_with_a_send)
{
	endpoint = endpoint_make();
	worker(other_space(), probing_receiver, endpoint, PRIORITY_high);
	settle();
	for (uint64_t i = 0; i < 4; i++) {
		struct probe probe = probe_of(i % 2 ? SYS_send : SYS_nb_send, endpoint, 100 + i);
		probe_system_call(&probe, PATTERN_client);
		expect_equal(tag_error(probe.message.tag), ERR_ok);
		expect_clear(&probe);
	}
	settle();
	expect_events(100, 101, 102, 103);
}

/* In the same space registers may keep what they had; a kernel value they never get. */
static void probing_server_same(uint64_t from)
{
	struct probe probe = probe_of(SYS_recv, from, 0);
	for (;;) {
		probe_system_call(&probe, PATTERN_server);
		expect_no_kernel_value(&probe);
		probe = probe_of(SYS_reply_recv, from, 1);
	}
}

TEST(no_kernel_value_is_left_within_a_space)
{
	endpoint = endpoint_make();
	worker(BOOT_SLOT_space, probing_server_same, endpoint, PRIORITY_high);
	for (uint64_t i = 0; i < PROBES; i++) {
		length = i % 2;
		struct probe probe = probe_of(SYS_call, endpoint, i);
		probe_system_call(&probe, PATTERN_client);
		expect_equal(tag_error(probe.message.tag), ERR_ok);
		expect_no_kernel_value(&probe);
	}
}

static void expect_harmless(enum syscall operation, uint64_t label, uint64_t capability, uint64_t extra)
{
	struct probe probe = { { tag_make(operation, label, 0, extra), capability, { 1, 2, 3, 4, 5, 6, 7, 8 } }, { 0 } };
	probe_system_call(&probe, PATTERN_client);
	expect_no_kernel_value(&probe);
}

TEST(no_kernel_value_is_left_by_an_error)
{
	static const enum syscall operations[] = { SYS_call, SYS_send, SYS_nb_send, SYS_nb_recv, SYS_reply_recv, SYS_null };
	uint64_t waiting = endpoint_make(), send_only = pool_mint(&pool, waiting, RIGHT_endpoint_send, 9);
	uint64_t receive_only = pool_mint(&pool, waiting, RIGHT_endpoint_receive, 9);
	for (unsigned i = 0; i < sizeof operations / sizeof operations[0]; i++) {
		expect_harmless(operations[i], 5, BOOT_SLOT_null, 0);
		expect_harmless(operations[i], 5, boot->slots, 0);
		expect_harmless(operations[i], 5, UINT64_MAX >> 1, 0);
		expect_harmless(operations[i], 5, BOOT_SLOT_thread, TAG_LENGTH_MASK);
		expect_harmless(operations[i], 100, TASK_SLOT_untyped, 0);
		bool sends = operations[i] == SYS_call || operations[i] == SYS_send || operations[i] == SYS_nb_send;
		expect_harmless(operations[i], 5, sends ? receive_only : send_only, 0);
	}
	expect_harmless((enum syscall)0x1f, 5, waiting, 0);
	expect_harmless(SYS_nb_send, 5, waiting, 0);
	expect_harmless(SYS_nb_recv, 5, waiting, 0);
}

TEST(no_kernel_value_is_left_by_other_system_calls)
{
	expect_harmless(SYS_yield, 0, 0, 0);
	expect_harmless(SYS_debug_write, 0, 0, 0);
	expect_harmless(SYS_null, 0, 0, 0);
	expect_harmless(SYS_call, METHOD_untyped_describe, TASK_SLOT_untyped, 0);
	expect_harmless(SYS_call, METHOD_thread_read_registers, BOOT_SLOT_thread, 0);
}

void probe_started(struct probe *probe)
{
	expect_clear(probe);
	expect_equal(probe->message.tag, 0);
	expect_equal(probe->message.badge, 0);
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		expect_equal(probe->message.word[i], 0);
	event(5);
	park();
}

/* A new thread, and one that was stopped in the middle of a call, find zeros beside pc, sp, TLS and argument. */
TEST(a_thread_starts_with_clear_registers)
{
	static struct probe probe;
	probe.message.word[3] = 6;
	struct made_thread made = worker(BOOT_SLOT_space, probe_start, (uint64_t)&probe, PRIORITY_low);
	settle();
	expect_events(5);
	must(thread_suspend(made.thread));
	must(thread_write_registers(made.thread, (uint64_t)probe_start, stack_start(made.page_address),
		made.page_address + sizeof(struct ipc_buffer), (uint64_t)&probe));
	must(thread_resume(made.thread));
	settle();
	expect_events(5);
}
