/* SPDX-License-Identifier: BSD-2-Clause -- the console as a buffer that tests can read, and the end of the machine. */
#include "arch.h"
#include "host.h"
#include <stdio.h>
#include <stdlib.h>

struct host host = { .tag_bits = 8, .has_fpu = true };

void arch_console_put(char character)
{
	if (host.console_bytes == HOST_CONSOLE_BYTES - 1)
		host.console_bytes = 0;
	host.console[host.console_bytes++] = character;
	host.console[host.console_bytes] = '\0';
}

_Noreturn void arch_halt(int status)
{
	host.halt_status = status;
	if (host.on_halt)
		longjmp(*host.on_halt, 1);
	fprintf(stderr, "the kernel stopped with status %d; its console:\n%s\n", status, host.console);
	abort();
}

bool arch_idle(void) { return false; }
