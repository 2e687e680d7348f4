/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the compiler calls on its own account to copy and clear structures.  No header: nothing in kernel/ calls these by
 * name.  Built without builtins, or the loops would become calls of themselves.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memset(void *to, int value, size_t count);
void *memcpy(void *to, const void *from, size_t count);
void *memmove(void *to, const void *from, size_t count);

/* Structures of the kernel are words: by these as long as both ends are aligned, the rest by bytes. */
static bool in_words(const void *to, const void *from)
{
	return (((uintptr_t)to | (uintptr_t)from) & (sizeof(uint64_t) - 1)) == 0;
}

void *memset(void *to, int value, size_t count)
{
	uint64_t *word = to;
	unsigned char *byte;

	for (; in_words(word, NULL) && count >= sizeof *word; count -= sizeof *word)
		*word++ = 0x0101010101010101 * (uint64_t)(unsigned char)value;
	for (byte = (unsigned char *)word; count; count--)
		*byte++ = (unsigned char)value;
	return to;
}

void *memcpy(void *to, const void *from, size_t count)
{
	uint64_t *word = to;
	const uint64_t *source_word = from;
	const unsigned char *source;
	unsigned char *byte;

	for (; in_words(word, source_word) && count >= sizeof *word; count -= sizeof *word)
		*word++ = *source_word++;
	source = (const unsigned char *)source_word;
	for (byte = (unsigned char *)word; count; count--)
		*byte++ = *source++;
	return to;
}

void *memmove(void *to, const void *from, size_t count)
{
	unsigned char *byte = to;
	const unsigned char *source = from;

	if (byte <= source)
		return memcpy(to, from, count);
	while (count--)
		byte[count] = source[count];
	return to;
}
