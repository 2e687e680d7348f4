/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Interrupts to user space: whoever holds irq_control claims a line and gets its handler; a handler bound to a
 * notification lets the line interrupt.  An interrupt sets the handler's bits in the notification, and the line is quiet
 * until it is acknowledged.  The handlers are a table, one a line; each has one first capability while it is claimed.
 *
 * Behind the lines of the controller come those that devices raise by writing a message, where the machine has them:
 * always edges.
 *
 * One more line is the kernel's own: the timer's, which interrupts once when the clock has reached the time that was set.
 * There is nothing to acknowledge.  A server that has it wakes any number of clients.
 */
#pragma once
#include <stdbool.h>
#include "arch.h"
#include "capability.h"
#include "trace.h"

struct notification;

enum { IRQ_LINES_MAX = 512, SIZE_BITS_irq = SIZE_BITS_slot };

struct irq_handler {
	struct notification *notification;        /* what it is bound to, or NULL: the line is disabled */
	uint64_t bits;                            /* that an interrupt sets there */
	struct irq_handler *next, **link;         /* all that are bound to that notification; link: what points to this one */
	uint32_t line, trigger;                   /* of a claimed one: enum irq_trigger */
	uint32_t claimed;                         /* 1: there is a capability */
	uint32_t delivered;                       /* 1: an interrupt came and was not acknowledged */
} __attribute__((aligned(1 << SIZE_BITS_irq)));
extern struct irq_handler irq_handlers[IRQ_LINES_MAX + 1];      /* the last is IRQ_LINE_timer's */
_Static_assert((int)IRQ_LINE_timer == (int)IRQ_LINES_MAX, "the timer's line is behind all lines of devices");

/* What irq_control's capabilities point to; it has no state of its own. */
void *irq_control_object(void);

/* Lines that can be claimed are below this; 0: the machine has no interrupt controller. */
unsigned irq_lines(void);

/* If an interrupt is pending: takes it.  Whose it is, and who is to be signalled; NULL: nobody. */
static inline struct irq_handler *irq_claim(void)
{
	uint32_t line = arch_irq_claim();
	struct irq_handler *handler;

	if (line >= IRQ_LINES_MAX)
		return NULL;
	handler = &irq_handlers[line];
	if (!handler->notification)              /* it was pending when its line was disabled */
		return NULL;
	trace(TRACE_line, line, handler->bits);
	handler->delivered = 1;
	return handler;
}

/* The same, and signals.  One interrupt a call. */
void irq_deliver(void);

/* The timer's line is due. */
void irq_timer_deliver(void);

/* Waits for an interrupt and delivers it.  False: none can come, for no line is enabled, and no time set. */
bool irq_wait(void);

/* Ends the binding that there is: the line is disabled, and an interrupt that was not acknowledged is forgotten. */
void irq_unbind(struct irq_handler *handler);

/* The one step of destroying: unbinds, and the line can be claimed again. */
enum progress irq_handler_destroy_step(struct irq_handler *handler);
