/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Revoking a client.  The server keeps a copy of its endpoint's capability for each client, and derives from it what the
 * client gets; revoking that copy takes back all that the client has and has handed on, and nothing of anybody else's.
 */
#include "invocations.h"
#include "print.h"
#include "thread.h"

enum { CLIENTS = 2, PRIORITY = 150 };

static uint64_t endpoint;

static void echo(uint64_t unused)
{
	struct message message;

	(void)unused;
	must(ipc_recv(endpoint, &message));
	for (;;)
		must(ipc_reply_recv(endpoint, &message));
}

static void try(const char *who, uint64_t capability)
{
	struct message message = MESSAGE(0, 1);
	enum error error = ipc_call(capability, &message);
	print("%s: %s\n", who, error_sentence(error));
}

void program(void)
{
	uint64_t kept[CLIENTS], client[CLIENTS], handed_on;

	endpoint = pool_make(&pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	thread_start(&pool, BOOT_SLOT_space, echo, 0, PRIORITY, THREAD_active);
	for (uint64_t i = 0; i < CLIENTS; i++) {
		kept[i] = pool_mint(&pool, endpoint, RIGHTS_all, i + 1);
		client[i] = pool_copy(&pool, kept[i]);
	}
	handed_on = pool_copy(&pool, client[0]);
	try("client 1", client[0]);
	try("client 2", client[1]);
	must(cnode_revoke(BOOT_SLOT_cnode, kept[0]));
	print("client 1 is revoked\n");
	try("client 1", client[0]);
	try("whoever client 1 handed it to", handed_on);
	try("client 2", client[1]);
}
