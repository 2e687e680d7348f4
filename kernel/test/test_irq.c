/* SPDX-License-Identifier: BSD-2-Clause -- interrupts to user space: which line, whose, and until when it is quiet. */
#include "core.h"
#include "irq.h"
#include "notification.h"
#include "world.h"

enum { CONTROL = 20, NOTIFICATION, HANDLER, OTHER, SLOTS = 40 };
enum { LINE = 3, BITS = 4, OTHER_BITS = 8 };

static struct notification *notification;

static void begin(void)
{
	world_init();
	notification = make(OBJECT_notification, NOTIFICATION, 0);
	capability_insert(&world_slots[CONTROL], NULL, &(struct capability){
		.object = object_pack(irq_control_object(), OBJECT_irq_control), .rights = rights_of(OBJECT_irq_control),
		.size_bits = SIZE_BITS_irq, .flags = CAPABILITY_original });
}

static void claim(uint64_t slot, unsigned line, uint64_t trigger)
{
	EXPECT(ok, CONTROL, irq_control, claim, line, trigger, SLOT_cnode, slot);
}

/* The line is raised, and the core interrupted; the bits that this set. */
static uint64_t interrupt(unsigned line)
{
	uint64_t bits;

	host.line[line].pending = true;
	CHECK(kernel_interrupt(core.current) == world_thread);
	bits = notification->bits;
	notification->bits = 0;
	return bits;
}

void test_irq_quiet(void)
{
	begin();
	claim(HANDLER, LINE, IRQ_TRIGGER_level);
	EQUAL(interrupt(LINE), 0);                /* nobody is bound */
	EXPECT(ok, HANDLER, irq_handler, bind, NOTIFICATION, BITS);
	EQUAL(interrupt(LINE), BITS);
	EQUAL(interrupt(LINE), 0);                /* not acknowledged */
	EXPECT(ok, HANDLER, irq_handler, acknowledge, 0);
	EQUAL(interrupt(LINE), BITS);
	EXPECT(ok, HANDLER, irq_handler, unbind, 0);
	CHECK(!host.line[LINE].enabled);
	EQUAL(interrupt(LINE), 0);
}

/* Of an edge that came meanwhile the driver hears when it acknowledges; without one acknowledging does nothing. */
void test_irq_edges(void)
{
	begin();
	claim(HANDLER, LINE, IRQ_TRIGGER_edge);
	EXPECT(ok, HANDLER, irq_handler, bind, NOTIFICATION, BITS);
	EXPECT(ok, HANDLER, irq_handler, acknowledge, 0);
	EQUAL(notification->bits, 0);
	EQUAL(interrupt(LINE), BITS);
	EQUAL(interrupt(LINE), 0);
	EXPECT(ok, HANDLER, irq_handler, acknowledge, 0);
	EQUAL(notification->bits, BITS);
	notification->bits = 0;
	EXPECT(ok, HANDLER, irq_handler, acknowledge, 0);
	EQUAL(notification->bits, 0);
}

void test_irq_lines(void)
{
	begin();
	claim(HANDLER, LINE, IRQ_TRIGGER_level);
	claim(OTHER, LINE + 1, IRQ_TRIGGER_level);
	EXPECT(bound, CONTROL, irq_control, claim, LINE, 0, SLOT_cnode, SLOTS);
	EXPECT(ok, HANDLER, irq_handler, bind, NOTIFICATION, BITS);
	EXPECT(ok, OTHER, irq_handler, bind, NOTIFICATION, OTHER_BITS);
	host.line[LINE + 1].pending = true;
	EQUAL(interrupt(LINE), BITS);             /* one a time: the controller interrupts again */
	CHECK(kernel_interrupt(core.current) == world_thread);
	EQUAL(notification->bits, OTHER_BITS);
	EXPECT(ok, SLOT_cnode, cnode, delete, HANDLER);
	CHECK(!host.line[LINE].enabled && host.line[LINE + 1].enabled);
	EXPECT(ok, SLOT_cnode, cnode, delete, NOTIFICATION);
	CHECK(!host.line[LINE + 1].enabled);
	EXPECT(not_bound, OTHER, irq_handler, acknowledge, 0);
	claim(HANDLER, LINE, IRQ_TRIGGER_level);
}

/* Behind the other lines, and the same but for the trigger. */
void test_irq_messages(void)
{
	struct answer answer;

	begin();
	answer = INVOKE(CONTROL, irq_control, describe, 0);
	EQUAL(answer.word[0], HOST_LINES);
	EQUAL(answer.word[2], HOST_MESSAGES);
	EQUAL(answer.word[4], ARCH_MESSAGE_DATA);
	EXPECT(bad_argument, CONTROL, irq_control, claim, HOST_LINES, IRQ_TRIGGER_level, SLOT_cnode, HANDLER);
	EXPECT(bad_argument, CONTROL, irq_control, claim, HOST_LINES + HOST_MESSAGES, IRQ_TRIGGER_edge, SLOT_cnode, HANDLER);
	claim(OTHER, HOST_LINES + HOST_MESSAGES - 1, IRQ_TRIGGER_edge);
	claim(HANDLER, HOST_LINES, IRQ_TRIGGER_edge);
	EXPECT(ok, HANDLER, irq_handler, bind, NOTIFICATION, BITS);
	EQUAL(interrupt(HOST_LINES), BITS);
	EQUAL(interrupt(HOST_LINES), 0);
	EXPECT(ok, HANDLER, irq_handler, acknowledge, 0);
	EQUAL(notification->bits, BITS);
	EXPECT(ok, SLOT_cnode, cnode, delete, HANDLER);
	EQUAL(interrupt(HOST_LINES), BITS);       /* what was signalled before; the message itself is forgotten */
	EQUAL(interrupt(HOST_LINES), 0);
}
