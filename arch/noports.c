/* SPDX-License-Identifier: BSD-2-Clause -- a machine without I/O ports. */
#include "arch.h"

unsigned arch_port_count(void) { return 0; }

uint32_t arch_port_in(uint16_t port, unsigned bytes)
{
	kernel_panic("no port %u of %u bytes on this machine", port, bytes);
}

void arch_port_out(uint16_t port, unsigned bytes, uint32_t value)
{
	kernel_panic("no port %u of %u bytes for %u on this machine", port, bytes, value);
}
