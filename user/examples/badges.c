/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A server with badges.  Both clients have a capability to the same endpoint; the badge that the server minted into each
 * tells it who calls, and no client can have another's.
 */
#include "invocations.h"
#include "print.h"
#include "thread.h"

enum { CLIENTS = 2, PRIORITY = 150 };

static uint64_t endpoint;

static void bank(uint64_t unused)
{
	uint64_t balance[CLIENTS + 1] = { 0 };
	struct message message;

	(void)unused;
	must(ipc_recv(endpoint, &message));
	for (;;) {
		balance[message.badge] += message.word[0];
		message = MESSAGE(0, balance[message.badge]);
		must(ipc_reply_recv(endpoint, &message));
	}
}

void program(void)
{
	endpoint = pool_make(&pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	thread_start(&pool, BOOT_SLOT_space, bank, 0, PRIORITY, THREAD_active);
	uint64_t client[CLIENTS];
	for (uint64_t i = 0; i < CLIENTS; i++)
		client[i] = pool_mint(&pool, endpoint, RIGHT_endpoint_send, i + 1);
	for (uint64_t deposit = 10; deposit <= 30; deposit += 10)
		for (uint64_t i = 0; i < CLIENTS; i++) {
			struct message message = MESSAGE(0, deposit * (i + 1));
			must(ipc_call(client[i], &message));
			print("client %lu has %lu\n", i + 1, message.word[0]);
		}
}
