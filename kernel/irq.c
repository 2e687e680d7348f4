/* SPDX-License-Identifier: BSD-2-Clause -- interrupts to user space (irq.h). */
#include "irq.h"
#include "arch.h"
#include "budget.h"
#include "cnode.h"
#include "invoke.h"
#include "notification.h"
#include "timer.h"
#include "trace.h"

struct irq_handler irq_handlers[IRQ_LINES_MAX + 1];
static unsigned bound_lines;                     /* handlers that are bound: lines of devices that may interrupt */

void *irq_control_object(void)
{
	static struct { uint64_t word; } __attribute__((aligned(1 << SIZE_BITS_irq))) control;

	return &control;
}

unsigned irq_lines(void)
{
	unsigned lines = arch_irq_count();

	return lines < IRQ_LINES_MAX ? lines : IRQ_LINES_MAX;
}

/* Behind those come the lines of devices that write messages. */
static unsigned message_lines(void)
{
	unsigned messages = ARCH_MESSAGES ? arch_message_count() : 0, room = IRQ_LINES_MAX - irq_lines();

	return messages < room ? messages : room;
}

/* ---- delivery ---- */

void irq_deliver(void)
{
	const struct irq_handler *handler = irq_claim();

	if (handler)
		notification_signal(handler->notification, handler->bits);
}

void irq_timer_deliver(void)
{
	struct irq_handler *handler = &irq_handlers[IRQ_LINE_timer];

	if (handler->notification)
		notification_signal(handler->notification, handler->bits);
}

bool irq_wait(void)
{
	budget_stop();
	timer_program();
	if ((bound_lines == 0 && core.timer == CLOCK_NEVER) || !arch_idle())
		return false;
	timer_deliver();
	irq_deliver();
	return true;
}

/* ---- binding ---- */

static bool is_timer(const struct irq_handler *handler)
{
	return handler == &irq_handlers[IRQ_LINE_timer];
}

static void bind(struct irq_handler *handler, struct notification *notification, uint64_t bits)
{
	handler->notification = notification;
	handler->bits = bits;
	handler->next = notification->handlers;
	handler->link = &notification->handlers;
	if (handler->next)
		handler->next->link = &handler->next;
	notification->handlers = handler;
	if (is_timer(handler))
		return;
	bound_lines++;
	arch_irq_enable(handler->line, handler->trigger);
}

void irq_unbind(struct irq_handler *handler)
{
	if (is_timer(handler)) {
		timer_line_set(CLOCK_NEVER);
	} else {
		arch_irq_disable(handler->line);
		bound_lines--;
	}
	*handler->link = handler->next;
	if (handler->next)
		handler->next->link = handler->link;
	handler->notification = NULL;
	handler->next = NULL;
	handler->link = NULL;
	handler->bits = 0;
	handler->delivered = 0;
}

enum progress irq_handler_destroy_step(struct irq_handler *handler)
{
	if (handler->notification)
		irq_unbind(handler);
	handler->claimed = 0;
	return PROGRESS_done;
}

/* ---- methods ---- */

static bool line_ok(uint64_t line, uint64_t trigger)
{
	if (line == IRQ_LINE_timer)
		return timer_exists() && trigger == 0;
	return line < irq_lines() + message_lines() && trigger <= IRQ_TRIGGER_mask && arch_irq_ok((unsigned)line, (unsigned)trigger);
}

enum error method_irq_control_claim(struct invocation *invocation)
{
	uint64_t line = invocation->word[0], trigger = invocation->word[1];
	struct capability *cnode, *slot, value;
	struct irq_handler *handler;
	enum error error = argument_slot(invocation->caller, invocation->word[2], OBJECT_cnode, RIGHT_cnode_modify, &cnode);

	if (error != ERR_ok)
		return error;
	slot = cnode_slot(cnode, invocation->word[3]);
	if (!slot || !line_ok(line, trigger))
		return ERR_bad_argument;
	if (!capability_empty(slot))
		return ERR_slot_taken;
	handler = &irq_handlers[line];
	if (handler->claimed)
		return ERR_bound;
	if (invocation->slot->depth == DEPTH_MAX)
		return ERR_too_deep;

	/* From here on nothing can fail. */
	handler->line = (uint32_t)line;
	handler->trigger = (uint32_t)trigger;
	handler->claimed = 1;
	value = (struct capability){
		.object = object_pack(handler, OBJECT_irq_handler), .rights = rights_of(OBJECT_irq_handler),
		.size_bits = SIZE_BITS_irq, .flags = CAPABILITY_original,
	};
	capability_insert(slot, invocation->slot, &value);
	return ERR_ok;
}

enum error method_irq_control_describe(struct invocation *invocation)
{
	invocation->result[0] = irq_lines();
	invocation->result[1] = timer_exists() ? IRQ_LINE_timer : 0;
	invocation->result[2] = message_lines();
	if (message_lines()) {
		invocation->result[3] = arch_message_address();
		invocation->result[4] = ARCH_MESSAGE_DATA;
	}
	return ERR_ok;
}

enum error method_irq_handler_bind(struct invocation *invocation)
{
	struct irq_handler *handler = capability_object(invocation->slot);
	uint64_t bits = invocation->word[1];
	struct capability *slot;
	enum error error = argument_slot(invocation->caller, invocation->word[0], OBJECT_notification,
					 RIGHT_notification_signal, &slot);

	if (error != ERR_ok)
		return error;
	if (!bits)
		return ERR_bad_argument;
	if (slot->badge && bits & ~slot->badge)  /* who may signal some bits gives away no others */
		return ERR_no_right;
	if (handler->notification)
		return ERR_bound;
	bind(handler, capability_object(slot), bits);
	return ERR_ok;
}

enum error method_irq_handler_unbind(struct invocation *invocation)
{
	struct irq_handler *handler = capability_object(invocation->slot);

	if (!handler->notification)
		return ERR_not_bound;
	irq_unbind(handler);
	return ERR_ok;
}

/* An interrupt that the controller kept back meanwhile comes as a new one; what only the driver of the controller
   remembers is signalled here. */
enum error method_irq_handler_acknowledge(struct invocation *invocation)
{
	struct irq_handler *handler = capability_object(invocation->slot);

	if (!handler->notification)
		return ERR_not_bound;
	if (!handler->delivered)
		return ERR_ok;
	handler->delivered = arch_irq_acknowledge(handler->line);
	if (handler->delivered)
		notification_signal(handler->notification, handler->bits);
	return ERR_ok;
}

enum error method_irq_handler_set_deadline(struct invocation *invocation)
{
	struct irq_handler *handler = capability_object(invocation->slot);

	if (!is_timer(handler))
		return ERR_no_method;
	if (!handler->notification)
		return ERR_not_bound;
	timer_line_set(invocation->word[0]);
	return ERR_ok;
}
