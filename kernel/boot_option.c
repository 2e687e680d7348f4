/* SPDX-License-Identifier: BSD-2-Clause -- finding words on the command line (boot_option.h). */
#include "boot_option.h"
#include <stddef.h>

/* What follows the first word on the line that begins with this; NULL: none does. */
static const char *after(const char *line, const char *word)
{
	while (line && *line) {
		const char *at = word;

		while (*at && *line == *at)
			line++, at++;
		if (!*at && (*line == ' ' || *line == '=' || !*line))
			return line;
		while (*line && *line != ' ')
			line++;
		while (*line == ' ')
			line++;
	}
	return NULL;
}

bool boot_option(const char *line, const char *word)
{
	const char *rest = after(line, word);

	return rest && *rest != '=';
}

bool boot_option_begins(const char *line, const char *word)
{
	return after(line, word);
}

uint64_t boot_option_number(const char *line, const char *word)
{
	const char *rest = after(line, word);
	uint64_t number = 0;

	if (!rest || *rest != '=')
		return 0;
	while (*++rest >= '0' && *rest <= '9')
		number = number * 10 + (uint64_t)(*rest - '0');
	return number;
}
