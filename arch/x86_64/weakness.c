/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which faults this processor has (weakness.h).  Intel: "Affected Processors: Transient Execution Attacks", and SDM
 * volume 4 on IA32_ARCH_CAPABILITIES; AMD: "Software Techniques for Managing Speculation".  Who does not say that it is
 * safe is not.
 */
#include "weakness.h"
#include <stddef.h>

enum {                                            /* IA32_ARCH_CAPABILITIES */
	CAPABILITY_rdcl_no = 1 << 0, CAPABILITY_ibrs_all = 1 << 1, CAPABILITY_mds_no = 1 << 5, CAPABILITY_tsx_ctrl = 1 << 7,
	CAPABILITY_taa_no = 1 << 8, CAPABILITY_fb_clear = 1 << 17, CAPABILITY_fbsdp_no = 1 << 14,
	CAPABILITY_rfds_no = 1 << 27, CAPABILITY_rfds_clear = 1 << 28,
};
enum { FEATURE_md_clear = 1 << 10, FEATURE_ibpb = 1 << 26 };      /* leaf 7, edx; the latter IBRS, too */
enum { EXTENDED_ibpb = 1 << 12 };                 /* leaf 80000008h, ebx */
enum { AUTOMATIC_ibrs = 1 << 8 };                 /* leaf 80000021h, eax */

static bool is_vendor(const struct processor_words *words, const char *vendor)
{
	for (unsigned i = 0; i < 12; i++)
		if (words->vendor[i] != vendor[i])
			return false;
	return true;
}

/* AMD's, and Hygon's, which are AMD's. */
static bool is_amd(const struct processor_words *words)
{
	return is_vendor(words, "AuthenticAMD") || is_vendor(words, "HygonGenuine");
}

/* The Atoms that do not speculate: Bonnell and Saltwell. */
static bool is_in_order(const struct processor_words *words)
{
	static const uint8_t model[] = { 0x1c, 0x26, 0x27, 0x35, 0x36 };

	if (!is_vendor(words, "GenuineIntel"))
		return false;
	if (words->family < 6)
		return true;
	for (unsigned i = 0; i < sizeof(model); i++)
		if (words->family == 6 && words->model == model[i])
			return true;
	return false;
}

/* Meltdown, CVE-2017-5754: a program reads what its page tables map for the kernel. */
static bool needs_isolation(const struct processor_words *words)
{
	return !is_amd(words) && !is_in_order(words) && !(words->capabilities & CAPABILITY_rdcl_no);
}

/*
 * CVE-2018-12126, -12127, -12130, CVE-2019-11091 (MDS), CVE-2019-11135 (TAA), CVE-2022-21123 and others (MMIO stale data),
 * CVE-2023-28746 (RFDS): a program sees what passed through the processor's buffers.
 */
static bool needs_buffers(const struct processor_words *words)
{
	uint64_t has = words->capabilities;

	if (!is_vendor(words, "GenuineIntel") || is_in_order(words))
		return false;
	return !(has & CAPABILITY_mds_no) || (has & CAPABILITY_tsx_ctrl && !(has & CAPABILITY_taa_no)) ||
	       (has & CAPABILITY_fb_clear && !(has & CAPABILITY_fbsdp_no)) ||
	       (has & CAPABILITY_rfds_clear && !(has & CAPABILITY_rfds_no));
}

/* Where verw does more than it always did. */
static bool has_buffers(const struct processor_words *words)
{
	return words->features_edx & FEATURE_md_clear || words->capabilities & (CAPABILITY_fb_clear | CAPABILITY_rfds_clear);
}

static bool has_branches(const struct processor_words *words)
{
	return words->features_edx & FEATURE_ibpb || words->extended_ebx & EXTENDED_ibpb;
}

/* Spectre version 2, CVE-2017-5715: a program steers the speculation of another one.  All that predict branches do. */
struct mitigations weakness_find(const struct processor_words *words)
{
	struct mitigations found = { .available = MITIGATION_BIT(isolation) };

	if (needs_isolation(words))
		found.needed |= MITIGATION_BIT(isolation);
	if (needs_buffers(words))
		found.needed |= MITIGATION_BIT(buffers);
	if (!is_in_order(words))
		found.needed |= MITIGATION_BIT(branches);
	if (has_buffers(words))
		found.available |= MITIGATION_BIT(buffers);
	if (has_branches(words))
		found.available |= MITIGATION_BIT(branches);
	return found;
}

enum restrict_branches weakness_restricts_branches(const struct processor_words *words)
{
	if (words->capabilities & CAPABILITY_ibrs_all)
		return RESTRICT_enhanced;
	return words->automatic_eax & AUTOMATIC_ibrs ? RESTRICT_automatic : RESTRICT_not;
}
