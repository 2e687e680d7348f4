/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Unit tests (kernel/test/) of what the machines' tables say that a processor needs: they are read by the host, with the
 * words of processors that have one fault and not another.
 */
#include "mitigation.h"
#include "test/test.h"
#include "x86_64/weakness.h"
#define weakness_find weakness_find_aarch64       /* as kernel/test/CMakeLists.txt compiles it */
#include "aarch64/weakness.h"
#undef weakness_find

enum { ISOLATION = MITIGATION_BIT(isolation), BUFFERS = MITIGATION_BIT(buffers), BRANCHES = MITIGATION_BIT(branches) };

/* ---- x86_64 ---- */

/* As enum names of arch/x86_64/weakness.c; here again by number, as the manuals have them. */
#define BIT(number) ((uint64_t)1 << (number))
enum { MD_CLEAR = 10, IBPB = 26, IBPB_AMD = 12, RDCL_NO = 0, IBRS_ALL = 1, MDS_NO = 5, TSX_CTRL = 7, TAA_NO = 8, FBSDP_NO = 14,
	FB_CLEAR = 17, RFDS_NO = 27, RFDS_CLEAR = 28, AUTOMATIC_IBRS = 8 };

static const struct x86_64_case {
	const char *what;
	struct processor_words words;
	unsigned needed, available;
} x86_64_cases[] = {
	{ "Haswell, old microcode", { "GenuineIntel", 6, 0x3c, 0, 0, 0, 0 }, ISOLATION | BUFFERS | BRANCHES, ISOLATION },
	{ "Skylake, new microcode", { "GenuineIntel", 6, 0x5e, BIT(MD_CLEAR) | BIT(IBPB), 0, 0, 0 },
	  ISOLATION | BUFFERS | BRANCHES, ISOLATION | BUFFERS | BRANCHES },
	{ "no Meltdown, but MDS", { "GenuineIntel", 6, 0x55, BIT(MD_CLEAR) | BIT(IBPB), 0, 0, BIT(RDCL_NO) | BIT(IBRS_ALL) },
	  BUFFERS | BRANCHES, ISOLATION | BUFFERS | BRANCHES },
	{ "neither", { "GenuineIntel", 6, 0x6a, BIT(MD_CLEAR) | BIT(IBPB), 0, 0, BIT(RDCL_NO) | BIT(MDS_NO) },
	  BRANCHES, ISOLATION | BUFFERS | BRANCHES },
	{ "neither, but TAA", { "GenuineIntel", 6, 0x55, BIT(MD_CLEAR), 0, 0, BIT(RDCL_NO) | BIT(MDS_NO) | BIT(TSX_CTRL) },
	  BUFFERS | BRANCHES, ISOLATION | BUFFERS },
	{ "nor TAA", { "GenuineIntel", 6, 0x55, BIT(MD_CLEAR), 0, 0, BIT(RDCL_NO) | BIT(MDS_NO) | BIT(TSX_CTRL) | BIT(TAA_NO) },
	  BRANCHES, ISOLATION | BUFFERS },
	{ "stale data of devices", { "GenuineIntel", 6, 0x6a, 0, 0, 0, BIT(RDCL_NO) | BIT(MDS_NO) | BIT(FB_CLEAR) },
	  BUFFERS | BRANCHES, ISOLATION | BUFFERS },
	{ "none of it", { "GenuineIntel", 6, 0x6a, 0, 0, 0, BIT(RDCL_NO) | BIT(MDS_NO) | BIT(FB_CLEAR) | BIT(FBSDP_NO) },
	  BRANCHES, ISOLATION | BUFFERS },
	{ "register files", { "GenuineIntel", 6, 0x9c, 0, 0, 0, BIT(RDCL_NO) | BIT(MDS_NO) | BIT(RFDS_CLEAR) },
	  BUFFERS | BRANCHES, ISOLATION | BUFFERS },
	{ "no register files", { "GenuineIntel", 6, 0x9c, 0, 0, 0, BIT(RDCL_NO) | BIT(MDS_NO) | BIT(RFDS_CLEAR) | BIT(RFDS_NO) },
	  BRANCHES, ISOLATION | BUFFERS },
	{ "Bonnell", { "GenuineIntel", 6, 0x1c, 0, 0, 0, 0 }, 0, ISOLATION },
	{ "Zen", { "AuthenticAMD", 0x17, 0x01, 0, BIT(IBPB_AMD), 0, 0 }, BRANCHES, ISOLATION | BRANCHES },
	{ "Hygon", { "HygonGenuine", 0x18, 0x00, 0, 0, 0, 0 }, BRANCHES, ISOLATION },
	{ "somebody else's with a known model", { "CentaurHauls", 6, 0x1c, 0, 0, 0, 0 }, ISOLATION | BRANCHES, ISOLATION },
};

void test_weakness_cpuid(void)
{
	struct processor_words words = { "GenuineIntel", 6, 0x6a, 0, 0, 0, 0 };

	for (unsigned i = 0; i < sizeof(x86_64_cases) / sizeof(x86_64_cases[0]); i++) {
		struct mitigations found = weakness_find(&x86_64_cases[i].words);

		if (found.needed != x86_64_cases[i].needed || found.available != x86_64_cases[i].available)
			test_fail(__FILE__, __LINE__, x86_64_cases[i].what);
	}
	EQUAL(weakness_restricts_branches(&words), RESTRICT_not);
	words.automatic_eax = (uint32_t)BIT(AUTOMATIC_IBRS);
	EQUAL(weakness_restricts_branches(&words), RESTRICT_automatic);
	words.capabilities = BIT(IBRS_ALL);
	EQUAL(weakness_restricts_branches(&words), RESTRICT_enhanced);
}

/* ---- aarch64 ---- */

static unsigned needed_aarch64(unsigned implementer, unsigned part, unsigned csv2, unsigned csv3)
{
	struct mitigations found = weakness_find_aarch64((uint64_t)implementer << 24 | part << 4 | 2,
							 (uint64_t)csv3 << 60 | (uint64_t)csv2 << 56);

	EQUAL(found.available, 0);
	return found.needed;
}

void test_weakness_main_id(void)
{
	EQUAL(needed_aarch64(0x41, 0xd03, 0, 0), 0);                      /* Cortex-A53 */
	EQUAL(needed_aarch64(0x41, 0xd07, 0, 0), BRANCHES);               /* A57 */
	EQUAL(needed_aarch64(0x41, 0xd08, 1, 0), 0);                      /* a later A72 */
	EQUAL(needed_aarch64(0x41, 0xd0a, 0, 0), ISOLATION | BRANCHES);   /* A75 */
	EQUAL(needed_aarch64(0x41, 0xd0b, 0, 0), ISOLATION | BRANCHES);   /* one that says nothing */
	EQUAL(needed_aarch64(0x41, 0xd0c, 1, 1), 0);                      /* Neoverse N1 */
	EQUAL(needed_aarch64(0x42, 0xd03, 0, 0), ISOLATION | BRANCHES);   /* not Arm's */
}
