/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Printing to the console server (console.h), and giving up.
 */
#pragma once
#include <stdbool.h>
#include "abi.h"

/* %s %c %d %u %x %% of int size, %lu %lx of uint64_t. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* While it is set, what is printed is out before anybody of a lower priority runs. */
extern bool print_at_once;

/* Prints "halt <status>", the laboratory's sign of an orderly end, and stops the machine. */
_Noreturn void system_halt(uint64_t status);

/* What an error means, by error.def. */
const char *error_sentence(enum error error);

/* Says what went wrong and where, and stops the machine; a program may bring its own. */
_Noreturn void die(const char *file, int line, const char *what, enum error error);

/* Evaluates an expression of type enum error that must not fail. */
#define must(expression) do {                                           \
	enum error must_error = (expression);                           \
	if (must_error)                                                 \
		die(__FILE__, __LINE__, #expression, must_error);       \
} while (0)

/* A condition that the program relies on. */
#define must_be(condition) do {                                         \
	if (!(condition))                                               \
		die(__FILE__, __LINE__, #condition, ERR_ok);            \
} while (0)
