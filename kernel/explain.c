/* SPDX-License-Identifier: BSD-2-Clause -- why a system call failed (explain.h); nothing of it is in a release build. */
#include "explain.h"
#include "arch.h"

static bool terse;                        /* chosen at boot, the same for all cores */
static uint64_t refused;                  /* bit: this system call said would_block once, which is an answer, no mistake */

void explain_nothing(void)
{
	terse = true;
}

bool explains(void)
{
	return !terse;
}

enum { METHOD_BITS = 8 };

static const char *system_call_name(uint64_t operation)
{
	switch (operation) {
#define SYSCALL(number, name, summary) case SYS_##name: return #name;
#include "syscall.def"
#undef SYSCALL
	default: return NULL;
	}
}

static const char *kind_name(enum object_kind kind)
{
	static const char *const name[] = {
#define OBJECT(number, name, summary) [number] = #name,
#include "object.def"
#undef OBJECT
	};

	return name[kind];
}

static const char *method_name(enum object_kind kind, uint64_t method)
{
	switch (method >> METHOD_BITS ? 0 : (uint64_t)kind << METHOD_BITS | method) {
#define METHOD(kind, number, name, right, arguments, results, summary) case OBJECT_##kind << METHOD_BITS | number: return #name;
#include "method.def"
#undef METHOD
	default: return "unknown";
	}
}

/*
 * The object whose method was called, or none for a message.  Waiting is only ever for a message, and what a message
 * was sent through may be gone when waiting ends in an error.
 */
static enum object_kind invoked(const struct thread *thread, enum error error)
{
	const struct capability *slot;

	if (tag_operation(thread->registers.tag) != SYS_call || error == ERR_cancelled || error == ERR_server_gone)
		return OBJECT_none;
	slot = cspace_lookup(thread, thread->registers.badge);
	return slot && capability_kind(slot) != OBJECT_endpoint ? capability_kind(slot) : OBJECT_none;
}

void explain(const struct thread *thread, enum error error)
{
	static const struct { const char *name, *sentence; } errors[] = {
#define ERROR(number, name, sentence) [number] = { #name, sentence },
#include "error.def"
#undef ERROR
	};
	uint64_t operation = tag_operation(thread->registers.tag), label = tag_label(thread->registers.tag);
	enum object_kind kind = invoked(thread, error);

	if (!KITE_DEBUG || terse)
		return;
	if (error == ERR_would_block) {
		uint64_t bit = (uint64_t)1 << operation % 64;

		if (refused & bit)
			return;
		refused |= bit;
	}
	if (kind)
		print("kernel: %s.%s (%lu)", kind_name(kind), method_name(kind, label), label);
	else
		print("kernel: %s (%lx)", system_call_name(operation) ? system_call_name(operation) : "unknown", operation);
	print(" through %lu at pc %lx: %s, %s\n", thread->registers.badge, thread->pc, errors[error].name, errors[error].sentence);
}
