/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The console: what the server (servers/console.c) is asked, and how a program finds it.  The first task starts the server
 * when it starts itself; each task that a program makes gets a capability to it with a badge of its own.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "message.h"
#include "runtime.h"

enum console_call {
#define CONSOLE_CALL(number, name, sentence) CONSOLE_CALL_##name = (number),
#include "console.def"
#undef CONSOLE_CALL
};

enum { CONSOLE_COUNT_SHIFT = 8, CONSOLE_CALL_MASK = 0xff, CONSOLE_CHUNK = MESSAGE_REGISTERS * sizeof(uint64_t) };
enum console_statistic { CONSOLE_WORD_written, CONSOLE_WORD_read, CONSOLE_WORD_output_interrupts, CONSOLE_WORD_input_interrupts };

/* From start(): finds the console, and in the first task starts the server if the archive has one. */
void console_init(void);

/* Sends so many characters (at most CONSOLE_CHUNK) that are packed into the words of message; last: nothing follows. */
void console_write(struct message *message, uint64_t count, bool last);

/* Waits for input and returns how many characters of it are in text, at most CONSOLE_CHUNK; 0: another task reads. */
size_t console_read(char text[CONSOLE_CHUNK]);

/* Puts a capability to the console into TASK_SLOT_console of another task's CNode; false: this program has none to give. */
bool console_give(uint64_t cnode);
