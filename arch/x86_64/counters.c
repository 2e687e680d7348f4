/* SPDX-License-Identifier: BSD-2-Clause
 *
 * For kite.counters: counting instructions, cycles and an event of the caller's choice in both rings, for user programs to read
 * by rdpmc (CR4.PCE).  Intel: the first two fixed counters and the first general one (SDM volume 3, 20.2).  AMD: the first
 * three of the core extension's (APM volume 2, 13.2), with the events that mean the same.
 */
#include "processor.h"
#include "arch.h"

enum {
	MSR_FIXED_CONTROL = 0x38d, MSR_GLOBAL_CONTROL = 0x38f, FIXED_BOTH_RINGS = 0x33,
	MSR_SELECT = 0x186, MSR_AMD_SELECT = 0xc0010200, COUNT = 1 << 22 | 1 << 17 | 1 << 16, AMD_INSTRUCTIONS = 0xc0, AMD_CYCLES = 0x76,
};

BOOT_TEXT void counters_open(uint64_t event)
{
	struct cpuid vendor = cpuid(0, 0), unit = { 0 };

	if (vendor.eax >= 10)
		unit = cpuid(10, 0);
	if ((unit.eax & 0xff) >= 2 && (unit.edx & 31) >= 2) {
		msr_write(MSR_FIXED_CONTROL, FIXED_BOTH_RINGS);
		msr_write(MSR_SELECT, COUNT | event);
		msr_write(MSR_GLOBAL_CONTROL, (uint64_t)3 << 32 | (event ? 1 : 0));
	} else if (cpuid(0x80000000, 0).eax >= 0x80000001 && cpuid(0x80000001, 0).ecx >> 23 & 1) {
		msr_write(MSR_AMD_SELECT, COUNT | AMD_INSTRUCTIONS);
		msr_write(MSR_AMD_SELECT + 2, COUNT | AMD_CYCLES);
		msr_write(MSR_AMD_SELECT + 4, event ? COUNT | event : 0);
	} else {
		return;
	}
	cr4_write(cr4_read() | CR4_PCE);
}
