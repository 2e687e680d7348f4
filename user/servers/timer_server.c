/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The timer server: the one program that has the timer's line, which can wait for one time; it waits for many clients'.
 *
 * Each entry has a slot: that of a reply object, which holds a client that sleeps, or one in which the capability to a
 * notification arrived.  What is due is done by looking at all of them, after each interrupt and each call; then the line
 * is told the least time that is left.
 */
#include <stddef.h>
#include "invocations.h"
#include "print.h"
#include "runtime.h"
#include "timer.h"
#include "timer_server.h"

enum { ENTRIES = 64, TIMER_BIT = 1 };

static struct entry {
	enum timer_call call;             /* 0: the entry is free */
	uint64_t time, badge;
	uint64_t reply, arrival;          /* slots: a reply object, and one that is empty but for an alarm's capability */
} entries[ENTRIES];

static void finish(struct entry *entry)
{
	struct message message = MESSAGE(0);
	if (entry->call == TIMER_CALL_sleep) {
		(void)ipc_nb_send(entry->reply, &message);       /* nobody, if the client was stopped meanwhile */
	} else {
		(void)notification_signal(entry->arrival);
		(void)cnode_delete(BOOT_SLOT_cnode, entry->arrival);
	}
	entry->call = 0;
}

static void do_due(uint64_t handler)
{
	uint64_t least = UINT64_MAX, now = clock_now();
	for (struct entry *entry = entries; entry < entries + ENTRIES; entry++) {
		if (entry->call && entry->time <= now)
			finish(entry);
		else if (entry->call && entry->time < least)
			least = entry->time;
	}
	must(irq_handler_set_deadline(handler, least));
}

static struct entry *entry_free(void)
{
	for (struct entry *entry = entries; entry < entries + ENTRIES; entry++)
		if (!entry->call)
			return entry;
	return NULL;
}

static void cancel(uint64_t badge)
{
	for (struct entry *entry = entries; entry < entries + ENTRIES; entry++)
		if (entry->call == TIMER_CALL_alarm && entry->badge == badge) {
			(void)cnode_delete(BOOT_SLOT_cnode, entry->arrival);
			entry->call = 0;
		}
}

static bool enter(struct entry *entry, enum timer_call call, const struct message *message)
{
	if (!entry)
		return false;
	if (call == TIMER_CALL_sleep && reply_save(entry->reply))
		return false;
	entry->call = call;
	entry->time = message->word[0];
	entry->badge = message->badge;
	return true;
}

/* Whether the caller gets an answer now, which it puts into message. */
static bool serve(struct message *message, struct entry *next)
{
	enum timer_call call = (enum timer_call)tag_label(message->tag);
	bool arrived = tag_caps(message->tag) == 1, done = true;
	if (call == TIMER_CALL_sleep && enter(next, call, message)) {
		if (arrived)
			(void)cnode_delete(BOOT_SLOT_cnode, next->arrival);
		return false;
	}
	if (call == TIMER_CALL_alarm && arrived)
		done = enter(next, call, message);
	else if (arrived && next)
		(void)cnode_delete(BOOT_SLOT_cnode, next->arrival);
	if (call == TIMER_CALL_cancel)
		cancel(message->badge);
	else if (call != TIMER_CALL_alarm || !arrived)
		done = false;
	*message = MESSAGE(done ? 0 : 1);
	return true;
}

static void prepare(uint64_t thread, uint64_t handler)
{
	uint64_t notification = pool_make(&pool, OBJECT_notification, SIZE_BITS_notification);
	for (struct entry *entry = entries; entry < entries + ENTRIES; entry++) {
		entry->reply = pool_make(&pool, OBJECT_reply, SIZE_BITS_reply);
		entry->arrival = pool_slots(&pool, 1);
	}
	must(irq_handler_bind(handler, notification, TIMER_BIT));
	must(thread_bind_notification(thread, notification));
}

void timer_serve(uint64_t thread, struct ipc_buffer *buffer, uint64_t endpoint, uint64_t handler)
{
	struct message message;
	bool answer = false;

	prepare(thread, handler);
	for (;;) {
		struct entry *next = entry_free();
		buffer->receive_slot[0] = next ? next->arrival : 0;
		enum error error = answer ? ipc_reply_recv(endpoint, &message) : ipc_recv(endpoint, &message);
		answer = error == ERR_ok && !message_notified(&message) && serve(&message, next);
		do_due(handler);
	}
}
