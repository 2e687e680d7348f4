/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is done against the faults of this processor (weakness.c says which it has): chosen at boot, and written over the
 * entries and exits.  Writing over, since the ways through are many and differ in one or two instructions: a second set of
 * paths would have to be kept equal and proven again, and a test on each would cost those that need nothing.
 */
#include "arch.h"
#include "exit.h"
#include "guard.h"
#include "processor.h"
#include "trap.h"
#include "weakness.h"

unsigned mitigations_on;

struct site { uint64_t address, kind; };
extern const struct site exit_sites[], exit_sites_end[];         /* kernel.ld */

static void write_over(uint64_t address, const uint8_t *code, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		((volatile uint8_t *)address)[i] = code[i];
}

static void write_jump(uint64_t address, void (*target)(void))
{
	uint32_t distance = (uint32_t)((uint64_t)target - (address + 5));
	uint8_t code[5] = { 0xe9, (uint8_t)distance, (uint8_t)(distance >> 8), (uint8_t)(distance >> 16), (uint8_t)(distance >> 24) };

	write_over(address, code, sizeof(code));
}

/* Exits by kind of site, for one choice of mitigations; NULL: as it was. */
static void write_sites(void (*const target[SITES])(void), bool isolated)
{
	static const uint8_t nop[3] = { 0x0f, 0x1f, 0x00 };

	for (const struct site *site = exit_sites; site < exit_sites_end; site++) {
		if (target[site->kind])
			write_jump(site->address, target[site->kind]);
		else if (site->kind == SITE_space && isolated)
			write_over(site->address, nop, sizeof(nop));
	}
}

static void choose_exits(void)
{
	static void (*const isolated[SITES])(void) = {
		[SITE_trap] = guard_trap, [SITE_leave] = guard_leave_isolated, [SITE_floor] = guard_floor_isolated,
		[SITE_full] = guard_full_isolated,
	};
	static void (*const buffers[SITES])(void) = {
		[SITE_leave] = guard_leave_buffers, [SITE_floor] = guard_floor_buffers, [SITE_full] = guard_full_buffers,
	};
	static void (*const both[SITES])(void) = {
		[SITE_trap] = guard_trap, [SITE_leave] = guard_leave_both, [SITE_floor] = guard_floor_both, [SITE_full] = guard_full_both,
	};

	if (mitigations_on & MITIGATION_BIT(isolation))
		write_sites(mitigations_on & MITIGATION_BIT(buffers) ? both : isolated, true);
	else if (mitigations_on & MITIGATION_BIT(buffers))
		write_sites(buffers, false);
}

static void choose_entry(void)
{
	bool isolated = mitigations_on & MITIGATION_BIT(isolation);

	if (!processor_fsgsbase)
		processor_enter_at(isolated ? guard_entry_plain : syscall_entry_plain);
	else if (mitigations_on & MITIGATION_BIT(branches))
		processor_enter_at(isolated ? guard_entry_slow : syscall_entry_slow);
	else if (isolated)
		processor_enter_at(guard_entry);
}

/* What a program taught the branch predictor has no effect in the kernel, where the processor can be told so once. */
static void restrict_branches(const struct processor_words *words)
{
	if (weakness_restricts_branches(words) == RESTRICT_enhanced)
		msr_write(MSR_SPEC_CTRL, SPEC_CTRL_IBRS);
	if (weakness_restricts_branches(words) == RESTRICT_automatic)
		msr_write(MSR_EFER, msr_read(MSR_EFER) | EFER_AIBRSE);
}

void mitigations_init(const char *command_line)
{
	struct processor_words words;

	weakness_read(&words);
	mitigations_on = mitigations_choose(command_line, weakness_find(&words));
	choose_exits();
	choose_entry();
	if (mitigations_on & MITIGATION_BIT(branches))
		restrict_branches(&words);
}
