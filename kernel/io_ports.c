/* SPDX-License-Identifier: BSD-2-Clause -- I/O ports (io_ports.h). */
#include "io_ports.h"
#include "arch.h"
#include "cnode.h"
#include "invoke.h"

void *io_ports_object(void)
{
	static struct { uint64_t word; } __attribute__((aligned(1 << SIZE_BITS_slot))) ports;

	return &ports;
}

bool ports_within(uint64_t badge, uint64_t first, uint64_t count)
{
	uint64_t start = ports_first(badge), whole = ports_count(badge);

	return count >= 1 && count <= whole && first >= start && first - start <= whole - count;
}

enum error method_io_ports_range(struct invocation *invocation)
{
	uint64_t first = invocation->word[2], count = invocation->word[3];
	struct capability *cnode, *to;
	enum error error = argument_slot(invocation->caller, invocation->word[0], OBJECT_cnode, RIGHT_cnode_modify, &cnode);

	if (error != ERR_ok)
		return error;
	to = cnode_slot(cnode, invocation->word[1]);
	if (!to || !ports_within(invocation->slot->badge, first, count))
		return ERR_bad_argument;
	if (!capability_empty(to))
		return ERR_slot_taken;
	return capability_derive(to, invocation->slot, RIGHTS_all, ports_pack(first, count));
}

/* A port of 1, 2 or 4 bytes' width takes as many addresses. */
static enum error check(const struct invocation *invocation)
{
	uint64_t port = invocation->word[0], bytes = invocation->word[1];

	if (bytes != 1 && bytes != 2 && bytes != 4)
		return ERR_bad_argument;
	return ports_within(invocation->slot->badge, port, bytes) ? ERR_ok : ERR_bad_address;
}

enum error method_io_ports_in(struct invocation *invocation)
{
	enum error error = check(invocation);

	if (error == ERR_ok)
		invocation->result[0] = arch_port_in((uint16_t)invocation->word[0], (unsigned)invocation->word[1]);
	return error;
}

enum error method_io_ports_out(struct invocation *invocation)
{
	enum error error = check(invocation);

	if (error == ERR_ok)
		arch_port_out((uint16_t)invocation->word[0], (unsigned)invocation->word[1], (uint32_t)invocation->word[2]);
	return error;
}
