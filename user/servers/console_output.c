/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What clients have begun to say: texts of several messages come out in one piece, whoever else prints meanwhile.
 */
#include <stddef.h>
#include "console_output.h"

enum { CLIENTS = 8 };

static struct client clients[CLIENTS];
static uint64_t calls;

struct client *client_find(uint64_t badge, void (*forgotten)(struct client *client))
{
	struct client *oldest = &clients[0];
	calls++;
	for (struct client *client = clients; client < clients + CLIENTS; client++) {
		if (client->used && client->badge == badge) {
			client->used = calls;
			return client;
		}
		if (client->used < oldest->used)
			oldest = client;
	}
	if (oldest->bytes)
		forgotten(oldest);
	oldest->badge = badge;
	oldest->used = calls;
	oldest->bytes = 0;
	return oldest;
}

static void add(struct client *client, char character, void (*full)(struct client *client))
{
	if (client->bytes == TEXT_BYTES)
		full(client);
	client->text[client->bytes++] = character;
}

void client_add(struct client *client, const char *text, unsigned bytes, void (*full)(struct client *client))
{
	for (unsigned i = 0; i < bytes; i++) {
		if (text[i] == '\n')
			add(client, '\r', full);
		add(client, text[i], full);
	}
}
