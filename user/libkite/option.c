/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Options on the command line.
 */
#include "option.h"
#include "runtime.h"
#include "string.h"

/* What follows a word that starts with name, or NULL. */
static const char *word_find(const char *name)
{
	size_t length = strlen(name);
	for (const char *text = boot->command_line; *text; text++) {
		bool first = text == boot->command_line || text[-1] == ' ';
		if (first && strlen(text) >= length && string_starts(text, name))
			return text + length;
	}
	return NULL;
}

bool option_given(const char *name)
{
	const char *rest = word_find(name);
	return rest && (*rest == ' ' || *rest == 0);
}

static const char *value_find(const char *name)
{
	const char *rest = word_find(name);
	return rest && *rest == '=' ? rest + 1 : NULL;
}

void option_string(const char *name, char *value, size_t bytes)
{
	const char *from = value_find(name);
	while (from && *from && *from != ' ' && --bytes)
		*value++ = *from++;
	*value = 0;
}

uint64_t option_number(const char *name, uint64_t by_default)
{
	const char *from = value_find(name);
	if (!from)
		return by_default;
	uint64_t value = 0;
	while (*from >= '0' && *from <= '9')
		value = value * 10 + (uint64_t)(*from++ - '0');
	return value;
}
