/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The console server: the one program that has the console's device.  Clients call its endpoint, each with a badge
 * (libkite/console.h); the device interrupts through a notification that is bound to the server's thread, so that one
 * wait is for both.
 *
 * A write is answered when the device has all of it: then whatever the kernel prints afterwards, a panic, comes behind
 * it.  While output waits for room, the server owes an answer and waits for the notification alone, so it never mixes two
 * clients' texts.  Without an interrupt line it polls, and input is only what is there when it is asked for.
 */
#include "console.h"
#include "console_output.h"
#include "invocations.h"
#include "print.h"
#include "space.h"
#include "string.h"
#include "task.h"
#include "uart.h"

enum { INPUT_BYTES = 256, IRQ_BIT = 1, POLLS_MAX = 1 << 20 };

static const struct uart *driver;
static uint64_t notification;             /* 0: no interrupts */
static uint64_t reply;                    /* holds who waits for input */
static uint64_t statistics[CONSOLE_WORD_input_interrupts + 1];
static struct { char text[INPUT_BYTES]; unsigned first, count; } input;        /* a ring; what does not fit is lost */

/* ---- the device ---- */

static void take_input(void)
{
	for (int character; (character = driver->read()) >= 0; statistics[CONSOLE_WORD_read]++)
		if (input.count < INPUT_BYTES)
			input.text[(input.first + input.count++) % INPUT_BYTES] = (char)character;
}

static void serve_interrupt(enum console_statistic which)
{
	do
		take_input();
	while (!driver->served());
	statistics[which]++;
	must(irq_handler_acknowledge(SERVER_SLOT_irq));
}

static void wait_for_room(void)
{
	uint64_t bits;
	driver->want_room(true);
	must(notification_wait(notification, &bits));
	driver->want_room(false);
	serve_interrupt(CONSOLE_WORD_output_interrupts);
}

/* A device that takes nothing for long loses the rest. */
static void device_write(const char *text, unsigned bytes, bool at_once)
{
	for (unsigned polls = 0; bytes && polls < POLLS_MAX; polls++) {
		unsigned done = driver->write(text, bytes);
		text += done;
		bytes -= done;
		statistics[CONSOLE_WORD_written] += done;
		if (done)
			polls = 0;
		if (bytes && !at_once && notification && driver->will_interrupt())
			wait_for_room();
	}
}

static void client_write(struct client *client)
{
	device_write(client->text, client->bytes, false);
	client->bytes = 0;
}

/* ---- input ---- */

/* As much input as an answer holds; it stays input until it was taken. */
static struct message input_message(unsigned *bytes)
{
	struct message message = MESSAGE(0);
	char text[CONSOLE_CHUNK] = { 0 };
	for (*bytes = 0; *bytes < CONSOLE_CHUNK && *bytes < input.count; ++*bytes)
		text[*bytes] = input.text[(input.first + *bytes) % INPUT_BYTES];
	memcpy(message.word, text, sizeof text);
	message.tag = tag_make(0, *bytes, 0, 0);
	return message;
}

static void input_taken(unsigned bytes)
{
	input.first = (input.first + bytes) % INPUT_BYTES;
	input.count -= bytes;
}

/* Gives input to who waits for it; if nobody does (any more), it is kept. */
static void give_input(void)
{
	unsigned bytes;
	struct message message = input_message(&bytes);
	if (bytes && ipc_nb_send(reply, &message) == ERR_ok)
		input_taken(bytes);
}

/* Whether there is an answer already. */
static bool read_call(struct message *message)
{
	unsigned bytes;
	take_input();
	*message = input_message(&bytes);
	if (bytes == 0 && notification && reply_save(reply) == ERR_ok)
		return false;
	input_taken(bytes);
	return true;
}

/* ---- calls ---- */

static void write_call(const struct message *message, enum console_call call)
{
	struct client *client = client_find(message->badge, client_write);
	uint64_t count = tag_label(message->tag) >> CONSOLE_COUNT_SHIFT;
	client_add(client, (const char *)message->word, count < CONSOLE_CHUNK ? (unsigned)count : CONSOLE_CHUNK, client_write);
	if (call == CONSOLE_CALL_more)
		return;
	device_write(client->text, client->bytes, call == CONSOLE_CALL_write_now);
	client->bytes = 0;
}

/* Does what a client asks for, and puts the answer into message; false: it gets one later. */
static bool serve(struct message *message)
{
	enum console_call call = tag_label(message->tag) & CONSOLE_CALL_MASK;
	switch (call) {
	case CONSOLE_CALL_more:
	case CONSOLE_CALL_write:
	case CONSOLE_CALL_write_now:
		write_call(message, call);
		break;
	case CONSOLE_CALL_read:
		return read_call(message);
	case CONSOLE_CALL_statistics:
		*message = MESSAGE(0);
		memcpy(message->word, statistics, sizeof statistics);
		return true;
	}
	*message = MESSAGE(0);
	return true;
}

/* ---- starting ---- */

static void interrupts_open(void)
{
	uint64_t made = pool_make(&pool, OBJECT_notification, SIZE_BITS_notification);
	if (irq_handler_bind(SERVER_SLOT_irq, made, IRQ_BIT))
		return;
	must(thread_bind_notification(BOOT_SLOT_thread, made));
	notification = made;
}

static void device_open(void)
{
	uint64_t at = SERVER_SLOT_device;
	driver = uart_driver((enum console_kind)boot->console.kind);
	must_be(driver);
	if (uart_in_memory((enum console_kind)boot->console.kind)) {
		at = address_take(1);
		must(space_map(&pool, BOOT_SLOT_space, SERVER_SLOT_device, at, MAP_read | MAP_write | MAP_uncached));
	}
	if (boot->console.line)
		interrupts_open();
	driver->open(&boot->console, at);
}

void program(void)
{
	struct message message;
	reply = pool_make(&pool, OBJECT_reply, SIZE_BITS_reply);
	device_open();
	enum error error = ipc_recv(TASK_SLOT_parent, &message);
	for (;;) {
		bool answer = false;
		if (error == ERR_ok && message_notified(&message)) {
			serve_interrupt(CONSOLE_WORD_input_interrupts);
			give_input();
		} else if (error == ERR_ok) {
			answer = serve(&message);
		}
		error = answer ? ipc_reply_recv(TASK_SLOT_parent, &message) : ipc_recv(TASK_SLOT_parent, &message);
	}
}
