/* SPDX-License-Identifier: BSD-2-Clause -- which mitigations a machine needs, and what the command line makes of that. */
#include <setjmp.h>
#include <string.h>
#include "boot_option.h"
#include "host.h"
#include "mitigation.h"
#include "test.h"
#include "x86_64/weakness.h"
#define weakness_find weakness_find_aarch64       /* as CMakeLists.txt compiles it */
#include "aarch64/weakness.h"
#undef weakness_find

enum { ISOLATION = MITIGATION_BIT(isolation), BUFFERS = MITIGATION_BIT(buffers), BRANCHES = MITIGATION_BIT(branches) };

/* ---- what is chosen ---- */

static unsigned choose(const char *line, unsigned needed, unsigned available)
{
	return mitigations_choose(line, (struct mitigations){ needed, available });
}

void test_mitigation_choice(void)
{
	unsigned all = ISOLATION | BUFFERS | BRANCHES;

	EQUAL(choose(NULL, 0, all), 0);
	EQUAL(choose("", ISOLATION, all), ISOLATION);
	EQUAL(choose("", all, BUFFERS), BUFFERS);
	EQUAL(choose("kite.mitigations=auto", ISOLATION, all), ISOLATION);
	EQUAL(choose("kite.mitigations=off", all, all), 0);
	EQUAL(choose("kite.mitigations=on", 0, ISOLATION | BUFFERS), ISOLATION | BUFFERS);
	EQUAL(choose("kite.isolation=on", 0, all), ISOLATION);
	EQUAL(choose("kite.isolation=off", all, all), BUFFERS | BRANCHES);
	EQUAL(choose("a kite.mitigations=off kite.buffers=on b", all, all), BUFFERS);
	EQUAL(choose("kite.buffers=auto kite.mitigations=off", all, all), BUFFERS);
	EQUAL(choose("kite.buffers=auto kite.mitigations=on", 0, all), ISOLATION | BRANCHES);
	EQUAL(choose("xkite.isolation=on kite.isolations=on", 0, all), 0);
}

void test_mitigation_report(void)
{
	choose("kite.isolation=on kite.buffers=off", BUFFERS | BRANCHES, ISOLATION | BUFFERS);
	CHECK(strstr(host.console, "kite: mitigation isolation on, not needed\r\n"));
	CHECK(strstr(host.console, "kite: mitigation buffers off, but needed\r\n"));
	CHECK(strstr(host.console, "kite: mitigation branches off, but needed and not available\r\n"));
	choose("", ISOLATION, ISOLATION);
	CHECK(strstr(host.console, "kite: mitigation isolation on\r\n"));
	CHECK(strstr(host.console, "kite: mitigation buffers off, not needed\r\n"));
}

/* The machine stops, and its console says this. */
static void expect_stop(const char *line, const char *said)
{
	jmp_buf halt;

	host.on_halt = &halt;
	if (!setjmp(halt)) {
		choose(line, ISOLATION, ISOLATION);
		test_fail(__FILE__, __LINE__, line);
	}
	host.on_halt = NULL;
	CHECK(strstr(host.console, said));
}

void test_mitigation_refused(void)
{
	expect_stop("kite.isolation=maybe", "kite.isolation on the command line: it can be auto, off or on");
	expect_stop("kite.buffers=", "kite.buffers on the command line: it can be auto, off or on");
	expect_stop("kite.branches=onward", "kite.branches on the command line: it can be auto, off or on");
	expect_stop("kite.mitigations", "kite.mitigations on the command line: it can be auto, off or on");
	expect_stop("kite.branches=on", "kite.branches=on on the command line: not available on this machine");
}

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

void test_weakness_x86_64(void)
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

void test_weakness_aarch64(void)
{
	EQUAL(needed_aarch64(0x41, 0xd03, 0, 0), 0);                      /* Cortex-A53 */
	EQUAL(needed_aarch64(0x41, 0xd07, 0, 0), BRANCHES);               /* A57 */
	EQUAL(needed_aarch64(0x41, 0xd08, 1, 0), 0);                      /* a later A72 */
	EQUAL(needed_aarch64(0x41, 0xd0a, 0, 0), ISOLATION | BRANCHES);   /* A75 */
	EQUAL(needed_aarch64(0x41, 0xd0b, 0, 0), ISOLATION | BRANCHES);   /* one that says nothing */
	EQUAL(needed_aarch64(0x41, 0xd0c, 1, 1), 0);                      /* Neoverse N1 */
	EQUAL(needed_aarch64(0x42, 0xd03, 0, 0), ISOLATION | BRANCHES);   /* not Arm's */
}
