/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the compiler calls on its own account to copy and clear structures.  No header: nothing in kernel/ calls these by
 * name.  Built without builtins, or the loops would become calls of themselves.
 */
#include <stddef.h>

void *memset(void *to, int value, size_t count);
void *memcpy(void *to, const void *from, size_t count);
void *memmove(void *to, const void *from, size_t count);

void *memset(void *to, int value, size_t count)
{
	for (unsigned char *byte = to; count; count--)
		*byte++ = (unsigned char)value;
	return to;
}

void *memcpy(void *to, const void *from, size_t count)
{
	const unsigned char *source = from;

	for (unsigned char *byte = to; count; count--)
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
