/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Invocations: methods of objects, called through a capability.  abi/method.def says which there are; for each of its
 * lines there is one function method_<kind>_<name>, in the file of that kind.  The system call (syscall.c) fills in the
 * invocation; kind, method and right are checked here, once, before a method runs.
 */
#pragma once
#include "capability.h"

enum { INVOCATION_WORDS = MESSAGE_REGISTERS };

struct invocation {
	struct thread *caller;
	struct capability *slot;                  /* what is invoked; may be empty */
	uint64_t method;                          /* the tag's label, as it came */
	uint64_t word[INVOCATION_WORDS];          /* arguments */
	uint64_t result[INVOCATION_WORDS];        /* results; zero where the method has none, and after an error */
	bool restart;                             /* with ERR_ok only: see invoke() */
};

/*
 * Performs a method.  An error has changed nothing.  If restart is set afterwards, a bounded part is done and the kernel
 * is in a consistent state: the same system call is to be made again, with its capabilities looked up anew, and goes on
 * where this one ended.  The invoked slot, and the caller itself, may be gone afterwards.
 */
enum error invoke(struct invocation *invocation);

/* The methods.  The right is there, the slot is of the kind, result[] is zero. */
#define METHOD(kind, number, name, right, arguments, results, summary) \
	enum error method_##kind##_##name(struct invocation *invocation);
#include "method.def"
#undef METHOD

/* A capability of this kind with this right that an argument names, in *slot: ERR_ok, no_cap, wrong_kind or no_right. */
enum error invocation_capability(const struct invocation *invocation, uint64_t address, enum object_kind kind,
				 enum right right, struct capability **slot);
