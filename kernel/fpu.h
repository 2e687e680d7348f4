/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The FPU's registers belong to at most one thread at a time, the owner (core.fpu_owner), and the FPU is enabled only
 * while the owner runs.  Whoever else touches it traps, and becomes the owner if it may use the FPU at all.  So a switch
 * between two threads that own nothing writes no register of the FPU's, nor of its control: the owner has GATE_fpu, and
 * the fast paths decline for it.
 *
 * lazy: the owner stays the owner while others run, until somebody else wants the FPU.
 * eager: when the owner leaves the processor, its registers are saved and cleared, and nobody owns them; for processors
 * that compute with the registers of a disabled FPU by speculation (CVE-2018-3665).
 */
#pragma once
#include "core.h"

/* Looks whether there is an FPU, and chooses the policy: FPU_auto is eager where the processor leaks. */
void fpu_init(enum fpu_policy wanted);

/* What it chose; FPU_none: there is none. */
enum fpu_policy fpu_policy(void);

/* Gives the thread the FPU, with the registers that it left there, or clean ones; false: it may not have it, or has it. */
bool fpu_take(struct thread *thread);

/* The thread's registers of the FPU are void: it begins with clean ones. */
void fpu_forget(struct thread *thread);

/* The FPU is on for one that does not own it, or off for the owner (fpu_switch). */
void fpu_turn(void);

/* At the end of every C path: the thread that will run. */
static inline void fpu_switch(const struct thread *next)
{
	if ((core.fpu_owner == next) != core.fpu_enabled)
		fpu_turn();
}
