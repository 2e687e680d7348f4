/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Memory and strings.  Compiled with -fno-builtin, or the compiler would make each of these call itself.
 */
#include <stdint.h>
#include "string.h"

static bool all_aligned(const void *left, const void *right, size_t bytes)
{
	return (((uintptr_t)left | (uintptr_t)right | bytes) & 7) == 0;
}

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	if (all_aligned(to, from, bytes)) {
		for (size_t i = 0; i < bytes / 8; i++)
			((uint64_t *)to)[i] = ((const uint64_t *)from)[i];
		return to;
	}
	for (size_t i = 0; i < bytes; i++)
		((char *)to)[i] = ((const char *)from)[i];
	return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
	char *end = to;
	if ((uintptr_t)to <= (uintptr_t)from) {
		for (size_t i = 0; i < bytes; i++)
			end[i] = ((const char *)from)[i];
		return to;
	}
	for (size_t i = bytes; i > 0; i--)
		end[i - 1] = ((const char *)from)[i - 1];
	return to;
}

void *memset(void *to, int value, size_t bytes)
{
	if (value == 0 && all_aligned(to, to, bytes)) {
		for (size_t i = 0; i < bytes / 8; i++)
			((uint64_t *)to)[i] = 0;
		return to;
	}
	for (size_t i = 0; i < bytes; i++)
		((char *)to)[i] = (char)value;
	return to;
}

int memcmp(const void *left, const void *right, size_t bytes)
{
	const unsigned char *l = left, *r = right;
	for (size_t i = 0; i < bytes; i++)
		if (l[i] != r[i])
			return l[i] - r[i];
	return 0;
}

size_t strlen(const char *text)
{
	size_t length = 0;
	while (text[length])
		length++;
	return length;
}

bool string_starts(const char *text, const char *start)
{
	return memcmp(text, start, strlen(start)) == 0;
}

bool string_equal(const char *left, const char *right)
{
	while (*left && *left == *right)
		left++, right++;
	return *left == *right;
}

const char *string_find(const char *text, const char *part)
{
	size_t length = strlen(part);
	for (; strlen(text) >= length; text++)
		if (memcmp(text, part, length) == 0)
			return text;
	return NULL;
}
