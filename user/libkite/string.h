/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What programs need of the C library's <string.h>, without FPU registers.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *left, const void *right, size_t bytes);
size_t strlen(const char *text);
bool string_equal(const char *left, const char *right);
bool string_starts(const char *text, const char *start);

/* The first place of part in text, or NULL. */
const char *string_find(const char *text, const char *part);
