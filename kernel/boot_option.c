/* SPDX-License-Identifier: BSD-2-Clause -- finding words on the command line (boot_option.h). */
#include "boot_option.h"

bool boot_option(const char *line, const char *word)
{
	while (line && *line) {
		const char *at = word;

		while (*at && *line == *at)
			line++, at++;
		if (!*at && (*line == ' ' || !*line))
			return true;
		while (*line && *line != ' ')
			line++;
		while (*line == ' ')
			line++;
	}
	return false;
}
