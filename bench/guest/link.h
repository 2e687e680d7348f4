/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Lines over a serial console that loses and damages some, so that each arrives (docs/boards.md, "On the wire").  Lines
 * travel in blocks: the laboratory says which of a block's lines it lacks, until it has all of them.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { LINK_VERSION = 1, LINE_BYTES = 240 };

struct line {
	unsigned length;
	char character[LINE_BYTES];
};

void line_text(struct line *line, const char *text);
void line_number(struct line *line, uint64_t value, unsigned base);

/* Whether anything that is asked for can come in. */
bool link_has_input(void);

/*
 * Sends a block, and returns when the laboratory has all of it.  say() adds the payload of a line, from 0 on; it says the
 * same whenever it is asked.
 */
void link_block(unsigned lines, void (*say)(struct line *line, unsigned number));
