/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Invocations: methods of objects, called through their capabilities.  method.def makes the dispatch and the prototypes.
 */
#pragma once
#include "thread.h"

struct invocation {
	struct thread *caller;
	struct capability *slot;                  /* what was invoked; its kind and the method's right are checked */
	uint64_t *word;                           /* the arguments, where the caller's message is: a method that is to be
	                                             called again may count on there */
	uint64_t result[MESSAGE_REGISTERS];       /* out, zero before; of methods with results in method.def alone */
	bool has_results;                         /* out: it is one of those */
	bool restart;                             /* out: a bounded step was done; the call is to be made again */
};

struct outcome {
	enum error error;
	bool restart;
};

/* Checks what every method needs, and performs it.  Errors: no_method, no_right, and the method's own. */
struct outcome invoke(struct invocation *invocation, uint64_t method);

/*
 * A capability argument: the slot at an address of the caller's CSpace that holds a capability of a kind with these
 * rights.  Errors: no_cap, wrong_kind, no_right.
 */
enum error argument_slot(const struct thread *caller, uint64_t address, enum object_kind kind, uint32_t rights,
			 struct capability **slot);

/* One function for each line of method.def: checks, then commits; what it returns in result[] the list says. */
#define METHOD(kind, number, name, right, arguments, results, summary) \
	enum error method_##kind##_##name(struct invocation *invocation);
#include "method.def"
#undef METHOD
