/* SPDX-License-Identifier: BSD-2-Clause -- who owns the FPU (fpu.h). */
#include "fpu.h"
#include "arch.h"
#include "invoke.h"

static enum fpu_policy policy;                    /* chosen at boot, the same for all cores */

BOOT_TEXT void fpu_init(enum fpu_policy wanted)
{
	if (wanted == FPU_auto)
		wanted = ARCH_FPU_LEAKS ? FPU_eager : FPU_lazy;
	policy = arch_fpu_init() ? wanted : FPU_none;
}

enum fpu_policy fpu_policy(void)
{
	return policy;
}

static void enable(void)
{
	arch_fpu_enable();
	core.fpu_enabled = true;
}

static void disable(void)
{
	arch_fpu_disable();
	core.fpu_enabled = false;
}

static void disown(void)
{
	gate_clear(core.fpu_owner, GATE_OF(fpu));
	core.fpu_owner = NULL;
}

bool fpu_take(struct thread *thread)
{
	if (policy == FPU_none || !thread->fpu_allowed || core.fpu_owner == thread)
		return false;
	enable();
	if (core.fpu_owner) {
		arch_fpu_save(core.fpu_owner->fpu_state);
		disown();
	}
	if (thread->fpu_used)
		arch_fpu_load(thread->fpu_state);
	else
		arch_fpu_clear();
	thread->fpu_used = true;
	core.fpu_owner = thread;
	gate_set(thread, GATE_OF(fpu));
	return true;
}

/* What was in the registers stays there, unreachable, until the next owner's replaces it; but not where that leaks. */
void fpu_forget(struct thread *thread)
{
	thread->fpu_used = false;
	if (core.fpu_owner != thread)
		return;
	disown();
	if (core.fpu_enabled && policy == FPU_eager)
		arch_fpu_clear();
	if (core.fpu_enabled)
		disable();
}

void fpu_turn(void)
{
	if (!core.fpu_enabled) {
		enable();
		return;
	}
	if (policy == FPU_eager) {
		arch_fpu_save(core.fpu_owner->fpu_state);
		arch_fpu_clear();
		disown();
	}
	disable();
}

bool kernel_fpu_trap(struct thread *current)
{
	if (!fpu_take(current))
		return false;
	gate_set(current, GATE_OF(full));
	return true;
}

enum error method_thread_set_fpu(struct invocation *invocation)
{
	struct thread *thread = capability_object(invocation->slot);
	uint64_t allowed = invocation->word[0];

	if (allowed > (policy != FPU_none))
		return ERR_bad_argument;
	if (!allowed)
		fpu_forget(thread);
	thread->fpu_allowed = allowed != 0;
	return ERR_ok;
}
