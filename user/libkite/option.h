/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Options on the command line that the boot loader passed: words "name=value", separated by spaces.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether a word stands there by itself. */
bool option_given(const char *name);

/* Copies the value of an option, cut to fit; the empty string if it is not given. */
void option_string(const char *name, char *value, size_t bytes);

/* The decimal value of an option, or what it is by default. */
uint64_t option_number(const char *name, uint64_t by_default);
