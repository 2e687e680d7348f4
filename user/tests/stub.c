/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The stubs and the compiler: what a function keeps across a system call, in all the ways in which a function can
 * address its locals.  Compiled with frame pointers (tests/CMakeLists.txt), so that they are really in use.
 */
#include "string.h"
#include "test.h"

static uint64_t endpoint;

static void scrambling_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
			message.word[i] = ~message.word[i];
		ipc_reply_recv(from, &message);
	}
}

/* An array of a size that the compiler does not know, and a local with an alignment that the stack does not have. */
static __attribute__((noinline)) uint64_t call_with_locals(uint64_t count, enum error (*call)(uint64_t, struct message *))
{
	volatile uint64_t *array = __builtin_alloca(count * sizeof *array);
	volatile uint64_t aligned[8] __attribute__((aligned(256)));
	for (uint64_t i = 0; i < count; i++)
		array[i] = i * 3;
	for (uint64_t i = 0; i < 8; i++)
		aligned[i] = i + count;
	struct message message = MESSAGE(1, count, 2, 3, 4, 5, 6, 7, 8);
	enum error error = call ? call(endpoint, &message) : ipc_call(endpoint, &message);
	expect_equal(error, ERR_ok);
	expect_equal(message.word[0], ~count);
	for (uint64_t i = 1; i < MESSAGE_REGISTERS; i++)
		expect_equal(message.word[i], ~(i + 1));
	for (uint64_t i = 0; i < count; i++)
		expect_equal(array[i], i * 3);
	for (uint64_t i = 0; i < 8; i++)
		expect_equal(aligned[i], i + count);
	return (uint64_t)array % 8 + (uint64_t)aligned % 256;
}

static enum error call_by_function(uint64_t capability, struct message *message)
{
	return ipc_operation(system_call_function, SYS_call, capability, message);
}

static void calls_with_locals(uint64_t space)
{
	endpoint = endpoint_make();
	worker(space, scrambling_server, endpoint, PRIORITY_high);
	for (uint64_t count = 1; count < 40; count += 13) {
		expect_equal(call_with_locals(count, NULL), 0);
		expect_equal(call_with_locals(count, call_by_function), 0);
	}
}

TEST(stubs_keep_frame_and_base_pointers) { in_both_spaces(calls_with_locals); }

/* Many values live across calls, more than there are registers. */
static __attribute__((noinline)) uint64_t many_live(const volatile uint64_t *in)
{
	uint64_t a = in[0], b = in[1], c = in[2], d = in[3], e = in[4], f = in[5], g = in[6], h = in[7], i = in[8], j = in[9];
	for (unsigned round = 0; round < 3; round++) {
		struct message message = MESSAGE(0, a, b);
		expect_equal(ipc_call(endpoint, &message), ERR_ok);
		system_null();
		a += b, b ^= c, c += d, d ^= e, e += f, f ^= g, g += h, h ^= i, i += j, j ^= a;
		expect_equal(message.word[2], UINT64_MAX);
	}
	return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ j;
}

static uint64_t many_live_expected(const uint64_t *in)
{
	uint64_t value[10], result = 0;
	memcpy(value, in, sizeof value);
	for (unsigned round = 0; round < 3; round++)
		for (unsigned i = 0; i < 10; i++)
			value[i] = i % 2 ? value[i] ^ value[(i + 1) % 10] : value[i] + value[(i + 1) % 10];
	for (unsigned i = 0; i < 10; i++)
		result ^= value[i];
	return result;
}

static void live_values(uint64_t space)
{
	static const uint64_t in[10] = { 3, 141, 59, 265, 358, 979, 323, 846, 264, 338 };
	endpoint = endpoint_make();
	worker(space, scrambling_server, endpoint, PRIORITY_high);
	expect_equal(many_live(in), many_live_expected(in));
}

TEST(stubs_keep_what_is_live) { in_both_spaces(live_values); }

static __attribute__((noinline)) uint64_t stack_here(void) { return (uint64_t)__builtin_frame_address(0); }

static void pointers_kept(uint64_t space)
{
	endpoint = endpoint_make();
	worker(space, scrambling_server, endpoint, PRIORITY_high);
	uint64_t tls = thread_pointer(), stack = stack_here();
	expect_equal(tls, thread_block()->self);
	for (unsigned i = 0; i < 10; i++) {
		struct message message = MESSAGE(0);
		expect_equal(ipc_call(endpoint, &message), ERR_ok);
		system_yield();
		system_null();
		expect_equal(thread_pointer(), tls);
		expect_equal(stack_here(), stack);
	}
}

TEST(system_calls_preserve_stack_and_thread_pointer) { in_both_spaces(pointers_kept); }

/* Two threads of one space have thread pointers of their own. */
static void noting_thread(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		message = MESSAGE(0, thread_pointer(), (uint64_t)thread_buffer());
		ipc_reply_recv(from, &message);
	}
}

TEST(every_thread_has_its_own_thread_pointer)
{
	uint64_t to[3];
	struct made_thread thread[3];
	uint64_t space = other_space();
	for (unsigned i = 0; i < 3; i++) {
		to[i] = endpoint_make();
		thread[i] = worker(i ? space : BOOT_SLOT_space, noting_thread, to[i], PRIORITY_high);
	}
	for (unsigned i = 0; i < 9; i++) {
		struct message message = MESSAGE(0);
		expect_equal(ipc_call(to[i % 3], &message), ERR_ok);
		expect_equal(message.word[1], thread[i % 3].page_address);
		expect_equal(message.word[0], thread[i % 3].page_address + sizeof(struct ipc_buffer));
	}
}
