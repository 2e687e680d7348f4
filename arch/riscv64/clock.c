/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The clock is the time CSR.  Its interrupt: by the Sstc extension, whose stimecmp raises it for as long as time has
 * reached it; else by the firmware, in hundreds of instructions; else there is none.
 */
#include "arch.h"
#include "sbi.h"
#include "trap.h"

/* stimecmp's number, for an assembler may not know the name (Sstc, chapter 2). */
#define STIMECMP "0x14d"

#define SIE_TIMER ((uint64_t)1 << 5)

static enum { NONE, SSTC, FIRMWARE, LEGACY_FIRMWARE } means;

/* Writes it and sees whether that traps: the extension may be missing, or the firmware may not have switched it on. */
static bool stimecmp_works(void)
{
	uint64_t works = 0, vector;

	__asm__ volatile(
		".balign 4\n\t"
		".option push\n\t"
		".option norvc\n\t"
		".option norelax\n\t"
		"lla     %1, 1f\n\t"
		"csrrw   %1, stvec, %1\n\t"
		"csrw    " STIMECMP ", %2\n\t"
		"li      %0, 1\n"
		"1:      csrw    stvec, %1\n\t"
		".option pop"
		: "+&r"(works), "=&r"(vector) : "r"(CLOCK_NEVER) : "memory");
	if (!works)                               /* the trap set it, and an sret would go back into the kernel */
		__asm__ volatile("csrc sstatus, %0" : : "r"((uint64_t)SSTATUS_SPP) : "memory");
	return works;
}

BOOT_TEXT const char *clock_init(void)
{
	if (stimecmp_works())
		means = SSTC;
	else if (sbi_has(SBI_TIME))
		means = FIRMWARE;
	else if (sbi_has(SBI_LEGACY_SET_TIMER))
		means = LEGACY_FIRMWARE;
	else
		return "time CSR, no interrupt";
	arch_timer_set(CLOCK_NEVER);
	__asm__ volatile("csrs sie, %0" : : "r"(SIE_TIMER));
	return means == SSTC ? "time CSR and Sstc" : "time CSR and SBI";
}

bool arch_timer(void) { return means != NONE; }

uint64_t arch_clock(void)
{
	uint64_t time;

	__asm__ volatile("rdtime %0" : "=r"(time) : : "memory");
	return time;
}

void arch_timer_set(uint64_t time)
{
	if (means == SSTC)
		__asm__ volatile("csrw " STIMECMP ", %0" : : "r"(time) : "memory");
	else if (means == FIRMWARE)
		sbi(SBI_TIME, TIME_SET_TIMER, time, 0);
	else
		sbi(SBI_LEGACY_SET_TIMER, 0, time, 0);
}
