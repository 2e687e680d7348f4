/* SPDX-License-Identifier: BSD-2-Clause -- dispatching invocations (invoke.h). */
#include "invoke.h"

enum { METHOD_BITS = 8 };

enum error argument_slot(const struct thread *caller, uint64_t address, enum object_kind kind, uint32_t rights,
			 struct capability **slot)
{
	*slot = cspace_lookup(caller, address);
	if (!*slot || capability_empty(*slot))
		return ERR_no_cap;
	if (capability_kind(*slot) != kind)
		return ERR_wrong_kind;
	return ((*slot)->rights & rights) == rights ? ERR_ok : ERR_no_right;
}

static void results_clear(struct invocation *invocation)
{
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		invocation->result[i] = 0;
	invocation->has_results = true;
}

static enum error dispatch(struct invocation *invocation, uint64_t method)
{
	switch ((uint64_t)capability_kind(invocation->slot) << METHOD_BITS | method) {
#define METHOD(kind, number, name, right, arguments, results, summary) \
	case OBJECT_##kind << METHOD_BITS | number: \
		if (!capability_has(invocation->slot, RIGHT_##kind##_##right)) \
			return ERR_no_right; \
		if (sizeof(results) > sizeof("")) \
			results_clear(invocation); \
		return method_##kind##_##name(invocation);
#include "method.def"
#undef METHOD
	default:
		return ERR_no_method;
	}
}

struct outcome invoke(struct invocation *invocation, uint64_t method)
{
	struct outcome outcome = { ERR_no_method, false };

	if (method >> METHOD_BITS)
		return outcome;
	outcome.error = dispatch(invocation, method);
	outcome.restart = invocation->restart;
	return outcome;
}
