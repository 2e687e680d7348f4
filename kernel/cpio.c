/* SPDX-License-Identifier: BSD-2-Clause -- reading the archive (cpio.h).  Every length is checked against the archive's end. */
#include "cpio.h"

enum { HEADER_BYTES = 110, MAGIC_BYTES = 6, FIELD_BYTES = 8, FIELD_SIZE = 6, FIELD_NAME_BYTES = 11, FILES_MAX = 4096 };

static bool same(const char *a, const char *b, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

static uint64_t length_of(const char *string)
{
	uint64_t length = 0;

	while (string[length])
		length++;
	return length;
}

/* A field of eight hexadecimal digits; false if there is anything else. */
static bool field(const char *header, unsigned index, uint64_t *value)
{
	const char *digit = header + MAGIC_BYTES + index * FIELD_BYTES;

	*value = 0;
	for (unsigned i = 0; i < FIELD_BYTES; i++) {
		char c = digit[i];
		unsigned d;

		if (c >= '0' && c <= '9')
			d = (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			d = (unsigned)(c - 'a') + 10;
		else if (c >= 'A' && c <= 'F')
			d = (unsigned)(c - 'A') + 10;
		else
			return false;
		*value = *value << 4 | d;
	}
	return true;
}

static uint64_t padded(uint64_t offset) { return (offset + 3) & ~(uint64_t)3; }

bool cpio_find(const void *archive, uint64_t bytes, const char *name, const void **data, uint64_t *size, const char **why)
{
	const char *base = archive;
	uint64_t offset = 0, name_bytes, wanted = length_of(name) + 1;

	*why = "it is not in cpio's newc format, or is cut off";
	for (unsigned file = 0; file < FILES_MAX; file++) {
		const char *header = base + offset;

		if (offset + HEADER_BYTES > bytes || !same(header, "070701", MAGIC_BYTES) ||
		    !field(header, FIELD_SIZE, size) || !field(header, FIELD_NAME_BYTES, &name_bytes))
			return false;
		offset = padded(offset + HEADER_BYTES + name_bytes);
		if (offset > bytes || *size > bytes - offset || name_bytes == 0)
			return false;
		if (name_bytes == wanted && same(header + HEADER_BYTES, name, wanted)) {
			*data = base + offset;
			return true;
		}
		if (name_bytes == sizeof("TRAILER!!!") && same(header + HEADER_BYTES, "TRAILER!!!", name_bytes)) {
			*why = "no such file is in it";
			return false;
		}
		offset = padded(offset + *size);
	}
	return false;
}
