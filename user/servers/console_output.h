/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What clients have begun to say (console_output.c).
 */
#pragma once
#include <stdint.h>

enum { TEXT_BYTES = 1024 };

struct client {
	uint64_t badge, used;             /* used: when, as a count of calls; 0: never */
	unsigned bytes;
	char text[TEXT_BYTES];            /* what was said and not yet written */
};

/* The client with a badge, or the one that was silent for longest, made that one; *forgotten: it had something to say. */
struct client *client_find(uint64_t badge, void (*forgotten)(struct client *client));

/* Adds characters, with a carriage return before each line feed; full: writes what there is. */
void client_add(struct client *client, const char *text, unsigned bytes, void (*full)(struct client *client));
