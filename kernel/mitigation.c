/* SPDX-License-Identifier: BSD-2-Clause -- which mitigations are on (mitigation.h). */
#include "mitigation.h"
#include "arch.h"
#include "boot_option.h"

/* The words for each and, last, for all of them; the first is how the others begin. */
enum choice { CHOICE_none, CHOICE_auto, CHOICE_off, CHOICE_on, CHOICES };
#define WORDS(name) { "kite." #name, "kite." #name "=auto", "kite." #name "=off", "kite." #name "=on" }
static const char *const word[MITIGATIONS + 1][CHOICES] = {
#define MITIGATION(name, summary) [MITIGATION_##name] = WORDS(name),
#include "mitigation.def"
#undef MITIGATION
	[MITIGATIONS] = WORDS(mitigations),
};

static enum choice choice_of(const char *line, unsigned of)
{
	unsigned choice = CHOICES;

	while (--choice > CHOICE_none)
		if (boot_option(line, word[of][choice]))
			return choice;
	if (boot_option_begins(line, word[of][CHOICE_none]))
		kernel_panic("%s on the command line: it can be auto, off or on", word[of][CHOICE_none]);
	return CHOICE_none;
}

unsigned mitigations_choose(const char *line, struct mitigations machine)
{
	static const char *const reason[] = { ", not needed", "", ", but needed", ", but needed and not available" };
	enum choice all = choice_of(line, MITIGATIONS);
	unsigned on = 0;

	for (unsigned i = 0; i < MITIGATIONS; i++) {
		unsigned needed = machine.needed >> i & 1, available = machine.available >> i & 1, is_on;
		enum choice choice = choice_of(line, i);

		if (choice == CHOICE_none)
			choice = all;
		else if (choice == CHOICE_on && !available)
			kernel_panic("%s on the command line: not available on this machine", word[i][CHOICE_on]);
		is_on = choice == CHOICE_on ? available : choice == CHOICE_off ? 0 : needed & available;
		on |= is_on << i;
		print("kite: mitigation %s %s%s\n", word[i][CHOICE_none] + sizeof("kite.") - 1, is_on ? "on" : "off",
		      reason[is_on ? needed : needed * (3 - available)]);
	}
	return on;
}
