/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Interrupts to user space: claiming a line, its handler, and a device that interrupts for real (machine_alarm.h).  On a
 * machine without an interrupt controller that the kernel knows, or without the device, these tests are skipped.
 */
#include "report.h"
#include "machine_alarm.h"
#include "probe.h"
#include "spinner.h"

enum { BITS = 0x30 };

static uint64_t control(void)
{
	struct irq_control_describe description;
	must(irq_control_describe(BOOT_SLOT_irq_control, &description));
	if (description.lines == 0)
		test_skip("the kernel knows no interrupt controller on this machine");
	if (ALARM_LINE >= description.lines)
		test_skip("the machine has no line for the device");
	return BOOT_SLOT_irq_control;
}

static uint64_t notification_make(void) { return pool_make(&pool, OBJECT_notification, SIZE_BITS_notification); }

static uint64_t claim(uint64_t trigger)
{
	uint64_t slot = slot_empty();
	must(irq_control_claim(control(), ALARM_LINE, trigger, BOOT_SLOT_cnode, slot));
	return slot;
}

static alarm_device alarm_open(void)
{
	if (ALARM_PHYSICAL == 0)
		return NULL;
	uint64_t address = address_take(1);
	enum error error = space_map(&pool, BOOT_SLOT_space, TEST_SLOT_alarm, address, MAP_read | MAP_write | MAP_uncached);
	if (error == ERR_no_cap)
		test_skip("the machine has not the device");
	must(error);
	return (alarm_device)address;
}

/* What all tests of real interrupts start with. */
static struct { uint64_t handler, notification; alarm_device device; } set;

static void set_up(uint64_t trigger)
{
	set.device = alarm_open();                /* first: without the device its line may not be what it is elsewhere */
	set.handler = claim(trigger);
	set.notification = notification_make();
	alarm_quiet(set.device);
	must(irq_handler_bind(set.handler, set.notification, BITS));
}

static void take_down(void)
{
	alarm_quiet(set.device);
	must(irq_handler_unbind(set.handler));
}

/* Polls, for the machine's time goes on by itself; 0: nothing came. */
static uint64_t poll(uint64_t rounds)
{
	uint64_t bits = 0;
	while (rounds-- && notification_poll(set.notification, &bits) == ERR_would_block)
		;
	return bits;
}

enum { LONG = 100 * 1000 * 1000, SHORT = 200 };   /* polls: seconds, however fast they are; less than a millisecond or so */

static void interrupts_come(uint64_t trigger)
{
	set_up(trigger);
	for (unsigned i = 0; i < 3; i++) {
		alarm_set(set.device);
		expect_equal(poll(LONG), BITS);
		alarm_quiet(set.device);
		must(irq_handler_acknowledge(set.handler));
		expect_equal(poll(SHORT), 0);
	}
	take_down();
}

TEST(interrupts_by_level_arrive_and_are_acknowledged) { interrupts_come(IRQ_TRIGGER_level); }
TEST(interrupts_by_edge_arrive_and_are_acknowledged)  { interrupts_come(IRQ_TRIGGER_edge); }

/* The line is up, and not acknowledged: it will interrupt when it is. */
static void raise_again(void)
{
	if (ALARM_STAYS)
		return;
	alarm_quiet(set.device);
	alarm_set(set.device);
}

TEST(a_line_is_quiet_until_its_interrupt_is_acknowledged)
{
	set_up(IRQ_TRIGGER_level);
	alarm_set(set.device);
	expect_equal(poll(LONG), BITS);
	expect_equal(poll(SHORT), 0);                                     /* it is still up */
	raise_again();
	must(irq_handler_acknowledge(set.handler));
	expect_equal(poll(LONG), BITS);                                   /* and so comes again */
	alarm_quiet(set.device);
	must(irq_handler_acknowledge(set.handler));
	expect_equal(poll(SHORT), 0);
	must(irq_handler_acknowledge(set.handler));                       /* one too many does nothing */
	take_down();
}

/* Each register is the program's own, as after a system call that does nothing, or zero; nothing of the driver's, which is C. */
TEST(acknowledging_returns_zeros_and_leaves_no_residue)
{
	static const uint64_t pattern = 0x1111111111111111;
	struct probe null = { { tag_make(SYS_null, 0, 0, 0), 0, { 0 } }, { 0 } };
	set_up(IRQ_TRIGGER_level);
	probe_system_call(&null, pattern);
	for (unsigned i = 0; i < 3; i++) {
		struct probe probe = { { tag_make(SYS_call, METHOD_irq_handler_acknowledge, 0, 0), set.handler,
			{ 1, 2, 3, 4, 5, 6, 7, 8 } }, { 0 } };
		alarm_set(set.device);
		expect_equal(poll(LONG), BITS);
		alarm_quiet(set.device);
		probe_system_call(&probe, pattern);
		expect_equal(probe.message.tag, tag_make(SYS_reply_recv, 0, 0, 0));
		expect_equal(probe.message.badge, 0);
		for (unsigned word = 0; word < MESSAGE_REGISTERS; word++)
			expect_equal(probe.message.word[word], 0);
		for (unsigned other = 0; other < PROBE_ZEROS; other++)
			expect(probe.other[other] == 0 || probe.other[other] == null.other[other]);
	}
	take_down();
}

TEST(an_interrupt_wakes_a_waiting_thread_while_nothing_else_runs)
{
	set_up(IRQ_TRIGGER_level);
	must(thread_suspend(TEST_SLOT_idle));
	for (unsigned i = 0; i < 2; i++) {
		uint64_t bits;
		alarm_set(set.device);
		must(notification_wait(set.notification, &bits));
		expect_equal(bits, BITS);
		alarm_quiet(set.device);
		must(irq_handler_acknowledge(set.handler));
	}
	must(thread_resume(TEST_SLOT_idle));
	take_down();
}

/* ---- preemption ---- */

static struct spinner spinner;

static void spin(uint64_t unused)
{
	(void)unused;
	spinner_run(&spinner);
	event(7);
	park();
}

/* The spinner looks at all its registers all the time, and stops when one has changed, or when it is told to. */
TEST(an_interrupt_preempts_a_thread_and_leaves_its_registers_alone)
{
	set_up(IRQ_TRIGGER_level);
	spinner.go_on = 1;
	worker(BOOT_SLOT_space, spin, 0, PRIORITY_low);
	unsigned preempted = 0;
	for (unsigned i = 0; i < 20 && preempted < 3; i++) {              /* the alarm may come before the wait, on a slow machine */
		uint64_t bits, rounds = spinner.rounds;
		alarm_set(set.device);
		must(notification_wait(set.notification, &bits));
		expect_equal(bits, BITS);
		preempted += spinner.rounds > rounds;
		expect_equal(spinner.changed, 0);
		expect_equal(shared->events, 0);
		alarm_quiet(set.device);
		must(irq_handler_acknowledge(set.handler));
	}
	expect_equal(preempted, 3);
	spinner.go_on = 0;
	settle();
	expect_events(7);
	expect_equal(spinner.changed, 0);
	take_down();
}

/* A thread that receives at an endpoint gets the interrupt through its bound notification. */
TEST(an_interrupt_ends_a_wait_at_an_endpoint)
{
	struct message message;
	set_up(IRQ_TRIGGER_level);
	must(thread_bind_notification(BOOT_SLOT_thread, set.notification));
	spinner.go_on = 1;
	worker(BOOT_SLOT_space, spin, 0, PRIORITY_low);
	alarm_set(set.device);
	must(ipc_recv(endpoint_make(), &message));
	expect(message_notified(&message));
	expect_equal(message.badge, BITS);
	take_down();
}

/* ---- what ends it ---- */

TEST(an_unbound_line_does_not_interrupt)
{
	set_up(IRQ_TRIGGER_level);
	alarm_set(set.device);
	expect_equal(poll(LONG), BITS);
	must(irq_handler_unbind(set.handler));
	expect_equal(poll(SHORT), 0);
	raise_again();
	must(irq_handler_bind(set.handler, set.notification, BITS));      /* the device is still not served */
	expect_equal(poll(LONG), BITS);
	take_down();
}

TEST(deleting_a_handler_frees_its_line)
{
	set_up(IRQ_TRIGGER_level);
	alarm_set(set.device);
	expect_equal(poll(LONG), BITS);
	must(cnode_delete(BOOT_SLOT_cnode, set.handler));
	expect_equal(poll(SHORT), 0);
	set.handler = claim(IRQ_TRIGGER_level);
	raise_again();
	must(irq_handler_bind(set.handler, set.notification, 1));
	expect_equal(poll(LONG), 1);
	take_down();
}

TEST(deleting_a_notification_unbinds_its_lines)
{
	set_up(IRQ_TRIGGER_level);
	must(cnode_delete(BOOT_SLOT_cnode, set.notification));
	expect_equal(irq_handler_acknowledge(set.handler), ERR_not_bound);
	set.notification = notification_make();
	must(irq_handler_bind(set.handler, set.notification, BITS));
	alarm_set(set.device);
	expect_equal(poll(LONG), BITS);
	take_down();
}

TEST(revoking_interrupt_control_takes_the_lines_back)
{
	uint64_t copy = pool_copy(&pool, control()), handler = slot_empty();
	must(irq_control_claim(copy, ALARM_LINE, IRQ_TRIGGER_level, BOOT_SLOT_cnode, handler));
	must(irq_handler_bind(handler, notification_make(), 1));
	must(cnode_revoke(BOOT_SLOT_cnode, copy));
	expect_equal(irq_handler_acknowledge(handler), ERR_no_cap);
	claim(IRQ_TRIGGER_level);
}

/* ---- errors ---- */

TEST(claiming_a_line_can_fail)
{
	uint64_t from = control(), slot = slot_empty(), taken = notification_make();
	struct irq_control_describe description;
	must(irq_control_describe(from, &description));
	expect_equal(irq_control_claim(from, ALARM_LINE, 0, BOOT_SLOT_null, slot), ERR_no_cap);
	expect_equal(irq_control_claim(from, ALARM_LINE, 0, taken, slot), ERR_wrong_kind);
	uint64_t weak = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, weak, BOOT_SLOT_cnode, 0));
	expect_equal(irq_control_claim(from, ALARM_LINE, 0, weak, slot), ERR_no_right);
	expect_equal(irq_control_claim(from, description.lines, 0, BOOT_SLOT_cnode, slot), ERR_bad_argument);
	expect_equal(irq_control_claim(from, UINT64_MAX, 0, BOOT_SLOT_cnode, slot), ERR_bad_argument);
	expect_equal(irq_control_claim(from, ALARM_LINE | (uint64_t)1 << 32, 0, BOOT_SLOT_cnode, slot), ERR_bad_argument);
	expect_equal(irq_control_claim(from, ALARM_LINE, IRQ_TRIGGER_mask + 1, BOOT_SLOT_cnode, slot), ERR_bad_argument);
	expect_equal(irq_control_claim(from, ALARM_LINE, 0, BOOT_SLOT_cnode, boot->slots), ERR_bad_argument);
	expect_equal(irq_control_claim(from, ALARM_LINE, 0, BOOT_SLOT_cnode, taken), ERR_slot_taken);
	must(irq_control_claim(from, ALARM_LINE, 0, BOOT_SLOT_cnode, slot));
	expect_equal(irq_control_claim(from, ALARM_LINE, 0, BOOT_SLOT_cnode, slot_empty()), ERR_bound);
}

TEST(a_chain_of_copies_of_interrupt_control_ends_too_deep)
{
	uint64_t from = control();
	enum error error;
	for (unsigned i = 0; i < 300; i++) {
		uint64_t copy = slot_empty();
		error = cnode_copy(BOOT_SLOT_cnode, copy, from, RIGHTS_all);
		if (error != ERR_ok)
			break;
		from = copy;
	}
	expect_equal(error, ERR_too_deep);
	expect_equal(irq_control_claim(from, ALARM_LINE, 0, BOOT_SLOT_cnode, slot_empty()), ERR_too_deep);
}

TEST(binding_a_handler_can_fail)
{
	uint64_t handler = claim(IRQ_TRIGGER_level), notification = notification_make();
	expect_equal(irq_handler_unbind(handler), ERR_not_bound);
	expect_equal(irq_handler_acknowledge(handler), ERR_not_bound);
	expect_equal(irq_handler_bind(handler, BOOT_SLOT_null, 1), ERR_no_cap);
	expect_equal(irq_handler_bind(handler, BOOT_SLOT_thread, 1), ERR_wrong_kind);
	expect_equal(irq_handler_bind(handler, notification, 0), ERR_bad_argument);
	uint64_t waits = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, waits, notification, RIGHT_notification_wait));
	expect_equal(irq_handler_bind(handler, waits, 1), ERR_no_right);
	uint64_t badged = pool_mint(&pool, notification, RIGHTS_all, 6);
	expect_equal(irq_handler_bind(handler, badged, 5), ERR_no_right);
	must(irq_handler_bind(handler, badged, 4));
	expect_equal(irq_handler_bind(handler, notification, 1), ERR_bound);
	must(irq_handler_unbind(handler));
	expect_equal(irq_handler_unbind(handler), ERR_not_bound);
}

TEST(interrupts_need_their_rights)
{
	uint64_t handler = claim(IRQ_TRIGGER_level), weak = slot_empty(), weaker = slot_empty();
	struct irq_control_describe description;
	must(cnode_copy(BOOT_SLOT_cnode, weak, handler, 0));
	must(cnode_copy(BOOT_SLOT_cnode, weaker, BOOT_SLOT_irq_control, 0));
	expect_equal(irq_handler_bind(weak, notification_make(), 1), ERR_no_right);
	expect_equal(irq_handler_unbind(weak), ERR_no_right);
	expect_equal(irq_handler_acknowledge(weak), ERR_no_right);
	expect_equal(irq_control_describe(weaker, &description), ERR_no_right);
	expect_equal(irq_control_claim(weaker, ALARM_LINE, 0, BOOT_SLOT_cnode, slot_empty()), ERR_no_right);
}
