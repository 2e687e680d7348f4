/* SPDX-License-Identifier: BSD-2-Clause -- an FPU of one register (host.h); who touches it while it is off is found out. */
#include "arch.h"
#include "host.h"
#include <stdlib.h>

static uint64_t *enabled_register(void)
{
	if (!host.fpu_enabled)
		abort();
	return &host.fpu_register;
}

bool arch_fpu_init(void)
{
	host.fpu_enabled = false;
	return host.has_fpu;
}

void arch_fpu_enable(void)
{
	host.fpu_enabled = true;
	host.fpu_writes++;
}

void arch_fpu_disable(void)
{
	host.fpu_enabled = false;
	host.fpu_writes++;
}

void arch_fpu_save(void *state)       { *(uint64_t *)state = *enabled_register(); }
void arch_fpu_load(const void *state) { *enabled_register() = *(const uint64_t *)state; }
void arch_fpu_clear(void)             { *enabled_register() = 0; }
