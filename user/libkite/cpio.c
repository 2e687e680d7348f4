/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading a cpio archive in the "newc" format (cpio(5)): a header of hexadecimal numbers, the name, the contents, each
 * padded to four bytes.
 */
#include "space.h"
#include "string.h"

enum { HEADER_BYTES = 110, FIELD_FILE_BYTES = 6, FIELD_NAME_BYTES = 11 };

static size_t header_field(const char *header, unsigned field)
{
	size_t value = 0;
	for (const char *digit = header + 6 + field * 8, *end = digit + 8; digit < end; digit++)
		value = value << 4 | (size_t)(*digit <= '9' ? *digit - '0' : (*digit | 32) - 'a' + 10);
	return value;
}

static size_t padded(size_t bytes) { return (bytes + 3) & ~(size_t)3; }

const void *archive_find(const void *archive, size_t archive_bytes, const char *name, size_t *bytes)
{
	const char *header = archive, *end = header + archive_bytes;
	while (header + HEADER_BYTES <= end && string_starts(header, "070701")) {
		const char *file_name = header + HEADER_BYTES;
		const char *contents = header + padded(HEADER_BYTES + header_field(header, FIELD_NAME_BYTES));
		*bytes = header_field(header, FIELD_FILE_BYTES);
		if (contents + *bytes > end || string_equal(file_name, "TRAILER!!!"))
			return NULL;
		if (string_equal(file_name, name))
			return contents;
		header = contents + padded(*bytes);
	}
	return NULL;
}
