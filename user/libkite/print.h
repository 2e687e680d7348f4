/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Printing to the kernel's debug console, and giving up.
 */
#pragma once
#include "abi.h"

/* %s %c %d %u %x %% of int size, %lu %lx of uint64_t. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

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
