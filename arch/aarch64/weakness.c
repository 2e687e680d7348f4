/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which faults this processor has (weakness.h).  Arm: "Cache Speculation Side-channels", version 2.5, its table of cores,
 * and ID_AA64PFR0_EL1's CSV2 and CSV3, by which newer ones say that they are safe.  Who says nothing, and is not one of the
 * cores here that are safe, is not.  None of the mitigations is there for this architecture (docs/mitigations.md).
 */
#include "weakness.h"
#include <stdbool.h>

enum { ARM = 0x41, FEATURE_csv2 = 56, FEATURE_csv3 = 60 };        /* implementer; shifts */

/* Which cores of Arm's do what without CSV2 and CSV3: variant 2 is Spectre's on branches, 3 is Meltdown. */
static const struct core_faults { uint16_t part; bool isolation, branches; } core_faults[] = {
	{ 0xd03, false, false },                  /* Cortex-A53 */
	{ 0xd04, false, false },                  /* A35 */
	{ 0xd05, false, false },                  /* A55 */
	{ 0xd07, false, true },                   /* A57 */
	{ 0xd08, false, true },                   /* A72 */
	{ 0xd09, false, true },                   /* A73 */
	{ 0xd0a, true, true },                    /* A75 */
};

struct mitigations weakness_find(uint64_t main_id, uint64_t features)
{
	struct core_faults faults = { .isolation = true, .branches = true };
	struct mitigations found = { 0 };

	for (unsigned i = 0; i < sizeof(core_faults) / sizeof(core_faults[0]); i++)
		if (main_id >> 24 == ARM && (main_id >> 4 & 0xfff) == core_faults[i].part)
			faults = core_faults[i];
	if (faults.isolation && !(features >> FEATURE_csv3 & 15))
		found.needed |= MITIGATION_BIT(isolation);
	if (faults.branches && !(features >> FEATURE_csv2 & 15))
		found.needed |= MITIGATION_BIT(branches);
	return found;
}
