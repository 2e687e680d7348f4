/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which mitigations (mitigation.def) are on.  The machine says at boot which it needs, and which are there for it; words on
 * the boot loader's command line decide otherwise:
 *
 *   kite.mitigations=auto|off|on   all of them: what is needed (also without the word), none, or whatever is there
 *   kite.isolation=auto|off|on     one of them, whatever is said of all; so with each name of the list
 *
 * A word that says something else, and one that asks for what is not there, stop the machine with a line that says so.
 */
#pragma once
#include <stdint.h>

enum mitigation {
#define MITIGATION(name, summary) MITIGATION_##name,
#include "mitigation.def"
#undef MITIGATION
	MITIGATIONS
};
#define MITIGATION_BIT(name) (1U << MITIGATION_##name)

/* Sets of bits, by enum mitigation. */
struct mitigations { unsigned needed, available; };

/* Those that are to be on, always available ones; says which and why on the console. */
unsigned mitigations_choose(const char *command_line, struct mitigations machine);
