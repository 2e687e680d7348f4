/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The system-call surface under libFuzzer, with ASan and UBSan, which see what no debug kernel on a machine does: an
 * access beyond an object, an overflow.  An input is a program for three hostile threads: whichever of them the kernel
 * lets run makes the next system call, faults, or is interrupted.  The invariant is checked after every step
 * (syscall.c); afterwards all that they had is revoked, all memory must be back, and the kernel's state is what it was.
 *
 * The first thread is the only one that they cannot touch.  It has the lowest priority and so runs when none of them
 * can; then it sets the next one going.
 */
#include "world.h"
#include "core.h"
#include "invariant.h"
#include "irq.h"
#include "sched.h"
#include "state.h"
#include "untyped.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	HOSTILE = 3, KINDS = 14, PER_KIND = 8,            /* slots of each kind in their CSpace, at kind * PER_KIND */
	CNODE = 20, SPACE, THREAD, CONTEXT = THREAD + HOSTILE, BUFFER = CONTEXT + HOSTILE, /* in the first thread's */
	CONTROL = SLOT_free, CNODE_BITS = 7, UNTYPED_BITS = 19,
	PC = 0x2000, STEPS_MAX = 400, SLOT_OF_CNODE = OBJECT_cnode * PER_KIND,
};

void test_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: failed: %s\nconsole:\n%s\n", file, line, what, host.console);
	abort();
}

void test_equal(const char *file, int line, const char *what, uint64_t actual, uint64_t expected)
{
	if (actual == expected)
		return;
	fprintf(stderr, "%s is %lu (0x%lx), expected %lu (0x%lx)\n", what, actual, actual, expected, expected);
	test_fail(file, line, what);
}

/* ---- what an input says ---- */

static struct { const uint8_t *at, *end; } input;

static uint8_t byte(void)
{
	return input.at < input.end ? *input.at++ : 0;
}

static bool more(void) { return input.at < input.end; }

/* A word: most bytes stand for themselves, for a slot is what is wanted most; some for words at which arithmetic goes wrong. */
static uint64_t word(void)
{
	uint8_t first = byte();
	uint64_t raw = 0;

	if (first < 0x80)
		return first;
	if (first < 0xc0)
		return (uint64_t)1 << (first & 63);
	if (first < 0xe0)
		return ((uint64_t)1 << (first & 31) << 32) - 1 - byte();
	if (first < 0xf0)
		return (uint64_t)byte() << 12;           /* a page */
	if (first < 0xf4)
		return (uint64_t)byte() << CNODE_BITS | SLOT_OF_CNODE;   /* an address of two levels */
	for (unsigned i = 0; i < sizeof(raw); i++)
		raw = raw << 8 | byte();
	return raw;
}

/* ---- steps ---- */

static const struct { uint8_t kind, method; } methods[] = {
#define METHOD(kind, number, name, right, arguments, results, summary) { OBJECT_##kind, number },
#include "method.def"
#undef METHOD
};
static const uint8_t operations[] = { SYS_call, SYS_send, SYS_recv, SYS_nb_send, SYS_nb_recv, SYS_reply_recv, SYS_signal, SYS_yield };
enum { METHODS = sizeof(methods) / sizeof(methods[0]), OPERATIONS = sizeof(operations) / sizeof(operations[0]) };

static uint64_t slot_of(unsigned kind) { return kind * PER_KIND + byte() % PER_KIND; }

static void fill_message(void)
{
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		core.current->registers.message[i] = word();
}

static void step_method(void)
{
	unsigned i = byte() % METHODS;
	uint64_t slot = slot_of(methods[i].kind);

	fill_message();
	system_call(tag_make(SYS_call, methods[i].method, 0, 0), slot);
}

static void step_transfer(void)
{
	static const uint8_t through[] = { OBJECT_endpoint, OBJECT_notification, OBJECT_reply, OBJECT_endpoint };
	uint8_t what = byte(), size = byte();
	uint64_t slot = slot_of(through[what >> 6]);

	fill_message();
	system_call(tag_make(operations[what % OPERATIONS], size & 7, size >> 3 & 3, size >> 5 ? byte() : 0), slot);
}

static void step_any(void)
{
	uint64_t tag = word(), slot = word();

	fill_message();
	if (tag_operation(tag) != SYS_debug_halt)
		system_call(tag, slot);
}

static void step_buffer(void)
{
	struct ipc_buffer *buffer = core.current->buffer;

	for (unsigned i = 0; buffer && i < MESSAGE_CAPS; i++) {
		buffer->cap[i] = word();
		buffer->receive_slot[i] = word();
	}
}

static void step_fault(void)
{
	struct fault fault = { FAULT_page + byte() % (FAULT_other - FAULT_page + 1), word(), byte() };

	core.current->pc = PC;
	kernel_fault(core.current, fault);
}

/* Time goes by, and perhaps a device is heard of. */
static void step_interrupt(void)
{
	uint8_t what = byte();

	host.clock += (uint64_t)1 << (what & 31);
	if (what & 0x80)
		host.line[byte() % HOST_LINES].pending = true;
	gate_set(core.current, GATE_OF(full));
	kernel_interrupt(core.current);
}

static void step(void)
{
	switch (byte() % 8) {
	case 0:  step_any(); break;
	case 1:  step_fault(); break;
	case 2:  step_interrupt(); break;
	case 3:  step_buffer(); break;
	case 4:
	case 5:  step_transfer(); break;
	default: step_method();
	}
	if (invariant_check())
		test_fail(__FILE__, __LINE__, invariant_check());
}

/* ---- the first thread ---- */

static void copy(unsigned kind, unsigned i, uint64_t from)
{
	(void)INVOKE(CNODE, cnode, copy, kind * PER_KIND + i, from, RIGHTS_all);
}

static void retype(unsigned kind, unsigned size_bits, unsigned count)
{
	EXPECT(ok, SLOT_untyped, untyped, retype, kind, size_bits, CNODE, kind * PER_KIND, count);
}

static void make_hostile(unsigned i)
{
	make(OBJECT_thread, THREAD + i, 0);
	make(OBJECT_sched_context, CONTEXT + i, 0);
	make(OBJECT_frame, BUFFER + i, 0);
	EXPECT(ok, THREAD + i, thread, configure, CNODE, SPACE, BUFFER + i, 0);
	EXPECT(ok, THREAD + i, thread, set_priority, 1 + i);
	EXPECT(ok, THREAD + i, thread, set_ceiling, 4);
	EXPECT(ok, CONTEXT + i, sched_context, bind, THREAD + i);
	copy(OBJECT_thread, i, THREAD + i);
	copy(OBJECT_sched_context, i, CONTEXT + i);
	copy(OBJECT_frame, PER_KIND - 1 - i, BUFFER + i);
}

static void make_hostiles(void)
{
	make(OBJECT_cnode, CNODE, CNODE_BITS + SIZE_BITS_slot);
	make(OBJECT_space, SPACE, 0);
	copy(OBJECT_cnode, 0, CNODE);
	copy(OBJECT_space, 0, SPACE);
	copy(OBJECT_irq_control, 0, CONTROL);
	retype(OBJECT_untyped, UNTYPED_BITS, 2);
	retype(OBJECT_endpoint, SIZE_BITS_endpoint, 3);
	retype(OBJECT_notification, SIZE_BITS_notification, 2);
	retype(OBJECT_reply, SIZE_BITS_reply, 2);
	retype(OBJECT_page_table, SIZE_BITS_page_table, 3);
	retype(OBJECT_frame, SIZE_BITS_frame, 2);
	for (unsigned i = 0; i < HOSTILE; i++)
		make_hostile(i);
}

/* Nobody can run: the next one is set going, whatever became of it. */
static void set_going(unsigned i)
{
	(void)INVOKE(THREAD + i, thread, suspend, 0);
	(void)INVOKE(THREAD + i, thread, configure, CNODE, SPACE, BUFFER + i, 0);
	(void)INVOKE(THREAD + i, thread, write_registers, PC, 0, 0, 0);
	(void)INVOKE(CONTEXT + i, sched_context, configure, 0, 0);
	(void)INVOKE(CONTEXT + i, sched_context, bind, THREAD + i);
	(void)INVOKE(THREAD + i, thread, resume, 0);
}

static void run_hostiles(void)
{
	sched_set_priority(world_thread, 0);
	for (unsigned i = 0, next = 0; i < STEPS_MAX && more(); i++) {
		if (core.current == world_thread)
			set_going(next++ % HOSTILE);
		else
			step();
	}
	sched_set_priority(world_thread, PRIORITIES - 1);
	if (core.current != world_thread)
		system_call(tag_make(SYS_yield, 0, 0, 0), 0);
	CHECK(core.current == world_thread);
}

static void add_irq_control(void)
{
	struct capability value = {
		.object = object_pack(irq_control_object(), OBJECT_irq_control), .rights = rights_of(OBJECT_irq_control),
		.size_bits = SIZE_BITS_irq, .flags = CAPABILITY_original,
	};

	capability_insert(&world_slots[CONTROL], NULL, &value);
}

/* What libFuzzer calls, again and again in one process. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint64_t before;

	if (!world_slots) {
		host.tag_bits = 2;                        /* so that tags run out */
		world_init();
		add_irq_control();
		before = state_hash();
	}
	input.at = data;
	input.end = data + size;
	make_hostiles();
	run_hostiles();
	EXPECT(ok, SLOT_cnode, cnode, revoke, CONTROL);
	EXPECT(ok, SLOT_cnode, cnode, revoke, SLOT_untyped);
	EQUAL(untyped_used(&world_slots[SLOT_untyped]), 0);
	EQUAL(state_hash(), before);
	check_slots(world_slots, WORLD_SLOTS);
	return 0;
}
