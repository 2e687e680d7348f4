/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Interrupts by messages: what a device is told to write, and a device that does (machine_messenger.h).  On a machine
 * where the kernel knows no such interrupts, nobody can claim one.
 */
#include "device.h"
#include "report.h"
#include "machine_messenger.h"

enum { BITS = 0x30, OTHER_BITS = 0x40 };
enum { LONG = 100 * 1000 * 1000, SHORT = 10 };    /* polls: seconds, however fast they are; when a message was sent */

static uint64_t notification_make(void) { return pool_make(&pool, OBJECT_notification, SIZE_BITS_notification); }

struct message_line { uint64_t handler, notification, address, data; };

/* A line of its own, bound. */
static struct message_line line_make(uint64_t bits)
{
	struct message_line line = { .handler = slot_empty(), .notification = notification_make() };
	struct device_message message;
	enum error error = device_claim_message(BOOT_SLOT_irq_control, line.handler, &message);
	if (error == ERR_bound)
		test_skip("the kernel knows no interrupts by messages on this machine");
	must(error);
	must(irq_handler_bind(line.handler, line.notification, bits));
	line.address = message.address;
	line.data = message.data;
	return line;
}

static messenger_device messenger_open(void)
{
	uint64_t address = address_take(1);
	enum error error = space_map(&pool, BOOT_SLOT_space, TEST_SLOT_messenger, address, MAP_read | MAP_write | MAP_uncached);
	if (error == ERR_no_cap)
		test_skip("the machine has not the device");
	must(error);
	if (!messenger_can((messenger_device)address))
		test_skip("the device has no messages here");
	return (messenger_device)address;
}

static uint64_t poll(uint64_t notification, uint64_t rounds)
{
	uint64_t bits = 0;
	while (rounds-- && notification_poll(notification, &bits) == ERR_would_block)
		;
	return bits;
}

static void send(messenger_device device)
{
	messenger_send(device);
	while (!messenger_sent(device))
		;
}

TEST(interrupts_by_message_arrive_and_are_acknowledged)
{
	struct message_line line = line_make(BITS);
	messenger_device device = messenger_open();
	messenger_tell(device, line.address, line.data);
	for (unsigned i = 0; i < 3; i++) {
		messenger_send(device);
		expect_equal(poll(line.notification, LONG), BITS);
		expect_equal(poll(line.notification, SHORT), 0);
		must(irq_handler_acknowledge(line.handler));
	}
	messenger_quiet(device);
}

TEST(an_interrupt_by_message_wakes_a_waiting_thread_while_nothing_else_runs)
{
	struct message_line line = line_make(BITS);
	messenger_device device = messenger_open();
	uint64_t bits;
	messenger_tell(device, line.address, line.data);
	must(thread_suspend(TEST_SLOT_idle));
	messenger_send(device);
	must(notification_wait(line.notification, &bits));
	must(thread_resume(TEST_SLOT_idle));
	expect_equal(bits, BITS);
	messenger_quiet(device);
}

TEST(messages_before_the_acknowledgement_are_one_interrupt_after_it)
{
	struct message_line line = line_make(BITS);
	messenger_device device = messenger_open();
	messenger_tell(device, line.address, line.data);
	messenger_send(device);
	expect_equal(poll(line.notification, LONG), BITS);
	for (unsigned i = 0; i < 2; i++) {
		send(device);
		expect_equal(poll(line.notification, SHORT), 0);
	}
	must(irq_handler_acknowledge(line.handler));
	expect_equal(poll(line.notification, SHORT), BITS);
	must(irq_handler_acknowledge(line.handler));
	expect_equal(poll(line.notification, SHORT), 0);
	messenger_quiet(device);
}

TEST(a_message_reaches_the_handler_whose_data_it_has)
{
	struct message_line line = line_make(BITS), other = line_make(OTHER_BITS);
	messenger_device device = messenger_open();
	expect(line.data != other.data);
	messenger_tell(device, other.address, other.data);
	send(device);
	expect_equal(poll(other.notification, SHORT), OTHER_BITS);
	expect_equal(poll(line.notification, SHORT), 0);
	messenger_quiet(device);
}

TEST(a_message_for_nobody_is_forgotten)
{
	struct message_line line = line_make(BITS);
	messenger_device device = messenger_open();
	messenger_tell(device, line.address, line.data);
	must(irq_handler_unbind(line.handler));
	send(device);
	expect_equal(poll(line.notification, SHORT), 0);
	must(irq_handler_bind(line.handler, line.notification, BITS));
	expect_equal(poll(line.notification, SHORT), 0);
	must(cnode_delete(BOOT_SLOT_cnode, line.handler));
	send(device);
	expect_equal(poll(line.notification, SHORT), 0);
	struct message_line again = line_make(OTHER_BITS);
	expect_equal(again.data, line.data);                              /* the device's still, for it was free */
	expect_equal(poll(again.notification, SHORT), 0);
	messenger_send(device);
	expect_equal(poll(again.notification, LONG), OTHER_BITS);
	messenger_quiet(device);
}

TEST(interrupts_by_messages_run_out)
{
	struct irq_control_describe lines;
	struct device_message message;
	uint64_t count = 0, copy = pool_copy(&pool, BOOT_SLOT_irq_control);
	must(irq_control_describe(copy, &lines));
	expect_equal(lines.messages == 0, MESSENGER_PHYSICAL == 0);
	while (count <= lines.messages && device_claim_message(copy, slot_empty(), &message) == ERR_ok) {
		expect_equal(message.address, lines.message_address);
		expect_equal(message.data, lines.message_data + lines.lines + count++);
	}
	expect_equal(count, lines.messages);
	expect_equal(device_claim_message(copy, slot_empty(), &message), ERR_bound);
	must(cnode_revoke(BOOT_SLOT_cnode, copy));
	expect_equal(device_claim_message(copy, slot_empty(), &message), count ? ERR_ok : ERR_bound);
}

TEST(lines_for_messages_are_edges_and_end)
{
	struct irq_control_describe lines;
	must(irq_control_describe(BOOT_SLOT_irq_control, &lines));
	uint64_t slot = slot_empty(), end = lines.lines + lines.messages;
	expect_equal(irq_control_claim(BOOT_SLOT_irq_control, lines.lines, IRQ_TRIGGER_level, BOOT_SLOT_cnode, slot), ERR_bad_argument);
	expect_equal(irq_control_claim(BOOT_SLOT_irq_control, end, IRQ_TRIGGER_edge, BOOT_SLOT_cnode, slot), ERR_bad_argument);
	if (lines.messages)
		must(irq_control_claim(BOOT_SLOT_irq_control, end - 1, IRQ_TRIGGER_edge, BOOT_SLOT_cnode, slot));
}
