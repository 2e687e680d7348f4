/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What all invocations have in common, tried with every method of every kind of object.
 */
#include "test.h"

enum { KINDS = 64, METHOD_none = 200 };

static uint64_t object[KINDS];            /* a capability to one of each kind, with all rights; 0: the machine has none */

static void make(enum object_kind kind, uint64_t size_bits)
{
	object[kind] = pool_make(&pool, kind, size_bits);
}

static uint64_t copy_if_there(uint64_t capability)
{
	uint64_t slot = slot_empty();
	return cnode_copy(BOOT_SLOT_cnode, slot, capability, RIGHTS_all) == ERR_ok ? slot : 0;
}

static uint64_t handler_if_there(void)
{
	struct irq_control_describe description;
	uint64_t slot = slot_empty();
	must(irq_control_describe(BOOT_SLOT_irq_control, &description));
	for (uint64_t line = 0; line < description.lines; line++)
		if (irq_control_claim(BOOT_SLOT_irq_control, line, IRQ_TRIGGER_level, BOOT_SLOT_cnode, slot) == ERR_ok)
			return slot;
	return 0;
}

static void objects_make(void)
{
	make(OBJECT_untyped, SIZE_BITS_frame);
	make(OBJECT_cnode, SIZE_BITS_cnode_min);
	make(OBJECT_thread, SIZE_BITS_thread);
	make(OBJECT_sched_context, SIZE_BITS_sched_context);
	make(OBJECT_space, SIZE_BITS_space);
	make(OBJECT_page_table, SIZE_BITS_page_table);
	make(OBJECT_frame, SIZE_BITS_frame);
	make(OBJECT_notification, SIZE_BITS_notification);
	make(OBJECT_reply, SIZE_BITS_reply);
	object[OBJECT_irq_control] = copy_if_there(BOOT_SLOT_irq_control);
	object[OBJECT_irq_handler] = handler_if_there();
	object[OBJECT_io_ports] = copy_if_there(BOOT_SLOT_io_ports);
}

static enum error invoke_with(enum object_kind kind, uint64_t method, uint64_t caps, uint64_t length)
{
	struct message message = { .tag = tag_make(0, method, caps, length), .word = { 1, 2, 3, 4, 5, 6, 7, 8 } };
	return invoke(object[kind], &message);
}

static void expect_all_methods(uint64_t caps, uint64_t length, enum error error)
{
#define METHOD(kind, number, name, right, arguments, results, summary) \
	if (object[OBJECT_##kind]) \
		expect_equal(invoke_with(OBJECT_##kind, METHOD_##kind##_##name, caps, length), error);
#include "method.def"
#undef METHOD
}

TEST(no_method_takes_further_words_or_capabilities)
{
	objects_make();
	expect_all_methods(0, 1, ERR_bad_length);
	expect_all_methods(1, 0, ERR_bad_length);
	expect_all_methods(MESSAGE_CAPS, TAG_LENGTH_MASK, ERR_bad_length);
	for (unsigned kind = 0; kind < KINDS; kind++)
		if (object[kind])
			expect_equal(invoke_with((enum object_kind)kind, METHOD_none, 0, 1), ERR_bad_length);
}

TEST(no_kind_of_object_has_an_unknown_method)
{
	objects_make();
	for (unsigned kind = 0; kind < KINDS; kind++) {
		if (!object[kind])
			continue;
		expect_equal(invoke_with((enum object_kind)kind, METHOD_none, 0, 0), ERR_no_method);
		expect_equal(invoke_with((enum object_kind)kind, (uint64_t)1 << 47, 0, 0), ERR_no_method);
	}
}

TEST(every_method_needs_its_right)
{
	objects_make();
	for (unsigned kind = 0; kind < KINDS; kind++)
		if (object[kind])
			must(cnode_mutate(BOOT_SLOT_cnode, object[kind], object[kind], 0, 0));
	expect_all_methods(0, 0, ERR_no_right);
}

/* Nested as deep as one can: each fills the one that it is made from. */
TEST(untypeds_are_nested_to_a_depth)
{
	uint64_t untyped = pool_make(&pool, OBJECT_untyped, SIZE_BITS_frame);
	enum error error = ERR_ok;
	unsigned depth = 0;
	for (; error == ERR_ok && depth < 1000; depth++) {
		uint64_t slot = slot_empty();
		error = untyped_retype(untyped, OBJECT_untyped, SIZE_BITS_frame, BOOT_SLOT_cnode, slot, 1);
		untyped = error ? untyped : slot;
	}
	expect_equal(error, ERR_too_deep);
	expect(depth > 30);
	expect_equal(untyped_retype(untyped, OBJECT_endpoint, SIZE_BITS_endpoint, BOOT_SLOT_cnode, slot_empty(), 1), ERR_too_deep);
}

TEST(a_page_table_goes_into_an_address_space)
{
	uint64_t table = pool_make(&pool, OBJECT_page_table, SIZE_BITS_page_table);
	uint64_t space = pool_make(&pool, OBJECT_space, SIZE_BITS_space), address = PAGE_BYTES, top = boot->table_levels - 1;
	expect_equal(page_table_map(table, slot_empty(), address, top), ERR_no_cap);
	expect_equal(page_table_map(table, table, address, top), ERR_wrong_kind);
	expect_equal(page_table_map(table, BOOT_SLOT_thread, address, top), ERR_wrong_kind);
	must(cnode_mutate(BOOT_SLOT_cnode, space, space, 0, 0));
	expect_equal(page_table_map(table, space, address, top), ERR_no_right);
}

TEST(an_empty_reply_object_answers_nobody)
{
	uint64_t reply = pool_make(&pool, OBJECT_reply, SIZE_BITS_reply);
	struct message message = MESSAGE(0);
	expect_equal(ipc_nb_send(reply, &message), ERR_no_caller);
	message = MESSAGE(0);
	expect_equal(ipc_send(reply, &message), ERR_no_caller);
}

/* ---- an answer from who has no IPC buffer ---- */

static uint64_t endpoint;

static void server_without_buffer(uint64_t from)
{
	struct message message;
	must(ipc_recv(from, &message));
	message = (struct message){ .tag = tag_make(0, 0, 0, 1) };
	event(ipc_reply_recv(from, &message));
	message = MESSAGE(0, 5);
	ipc_reply_recv(from, &message);
}

TEST(a_long_answer_needs_a_buffer_to_send_from)
{
	endpoint = endpoint_make();
	thread_start(&pool, BOOT_SLOT_space, server_without_buffer, endpoint, PRIORITY_high, THREAD_no_buffer);
	struct message message = MESSAGE(0);
	expect_equal(ipc_call(endpoint, &message), ERR_ok);
	expect_equal(message.word[0], 5);
	expect_events(ERR_no_buffer);
}
