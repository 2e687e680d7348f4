/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Notifications: signals that nobody waits for, that are taken later, and that wake somebody more important; and a send
 * to a thread that runs on a sched context of its own, for comparison.
 */
#include "case.h"
#include "invocations.h"
#include "message.h"
#include "space.h"
#include "thread.h"

enum { PRIORITY_waiter = 101, BITS = 4 };

static uint64_t badged_notification(uint64_t *notification)
{
	*notification = pool_make(&case_pool, OBJECT_notification, SIZE_BITS_notification);
	return pool_mint(&case_pool, *notification, RIGHT_notification_signal | RIGHT_notification_wait, BITS);
}

static void signal_loop(uint64_t capability, uint64_t iterations)
{
	for (uint64_t i = 0; i < iterations; i++)
		notification_signal(capability);
}

void bench_signal_no_switch(const char *name, const char *passages)
{
	uint64_t notification, bits;
	if (!case_begin(name, passages, "stub=inline"))
		return;
	case_run(signal_loop, badged_notification(&notification));
	must(notification_poll(notification, &bits));
	must_be(bits == BITS);
	case_end();
}

/* Signals itself, and takes the bits. */
static void wait_loop(uint64_t capability, uint64_t iterations)
{
	for (uint64_t i = 0; i < iterations; i++) {
		uint64_t bits;
		notification_signal(capability);
		notification_wait(capability, &bits);
	}
}

static void poll_loop(uint64_t capability, uint64_t iterations)
{
	for (uint64_t i = 0; i < iterations; i++) {
		uint64_t bits;
		notification_signal(capability);
		notification_poll(capability, &bits);
	}
}

static void empty_loop(uint64_t capability, uint64_t iterations)
{
	for (uint64_t i = 0; i < iterations; i++) {
		uint64_t bits;
		notification_poll(capability, &bits);
	}
}

static void alone(const char *name, const char *passages, void (*loop)(uint64_t, uint64_t))
{
	uint64_t notification;
	if (!case_begin(name, passages, "stub=inline"))
		return;
	case_run(loop, badged_notification(&notification));
	case_end();
}

void bench_signal_taken(const char *name, const char *passages)  { alone(name, passages, wait_loop); }
void bench_signal_polled(const char *name, const char *passages) { alone(name, passages, poll_loop); }
void bench_poll_nothing(const char *name, const char *passages)  { alone(name, passages, empty_loop); }

/* ---- waking ---- */

static void waiter(uint64_t capability)
{
	for (;;) {
		uint64_t bits;
		notification_wait(capability, &bits);
	}
}

static void receiver(uint64_t endpoint)
{
	for (;;) {
		struct message message;
		ipc_recv(endpoint, &message);
	}
}

static void send_loop(uint64_t endpoint, uint64_t iterations)
{
	for (uint64_t i = 0; i < iterations; i++) {
		struct message message = MESSAGE(0);
		ipc_send(endpoint, &message);
	}
}

/* An iteration wakes the other thread, which runs at once, and waits again. */
static void wake_case(uint64_t capability, bool other, void (*woken)(uint64_t), void (*loop)(uint64_t, uint64_t))
{
	thread_start(&case_pool, other ? space_clone(&case_pool) : BOOT_SLOT_space, woken, capability, PRIORITY_waiter,
		THREAD_active);
	case_run(loop, capability);
}

static const char *const space_parameters[] = { "space=same stub=inline", "space=other stub=inline" };

void bench_signal_wakes(const char *name, const char *passages)
{
	for (unsigned other = 0; other < 2; other++) {
		uint64_t notification;
		if (!case_begin(name, passages, space_parameters[other]))
			continue;
		wake_case(badged_notification(&notification), other, waiter, signal_loop);
		case_end();
	}
}

void bench_send_wakes(const char *name, const char *passages)
{
	for (unsigned other = 0; other < 2; other++) {
		if (!case_begin(name, passages, space_parameters[other]))
			continue;
		wake_case(pool_make(&case_pool, OBJECT_endpoint, SIZE_BITS_endpoint), other, receiver, send_loop);
		case_end();
	}
}
