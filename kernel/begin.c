/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where booting ends: the code that only it needed (kernel.ld: boot text) is the first task's memory from here on, and may
 * be anything.  So it is mapped no more before the first user program runs.
 */
#include "begin.h"
#include "arch.h"

static bool kept;

void boot_text_keep(void)
{
	kept = true;
}

bool boot_text_kept(void)
{
	return kept;
}

void kernel_begin(struct thread *first)
{
	if (!kept)
		arch_boot_text_unmap();
	resume(first);
}
