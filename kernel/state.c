/* SPDX-License-Identifier: BSD-2-Clause -- the abstract state as a hash (state.h). */
#include "state.h"
#include "endpoint.h"
#include "irq.h"
#include "notification.h"
#include "sched_context.h"

enum { NO_SERIAL = -1 };

/* FNV-1a, 64 bit (Fowler, Noll, Vo), a word at a time, byte by byte. */
static uint64_t mix(uint64_t hash, uint64_t word)
{
	for (unsigned i = 0; i < 8; i++)
		hash = (hash ^ (word >> 8 * i & 0xff)) * 0x100000001b3;
	return hash;
}

static uint64_t serial(const struct thread *thread)
{
	return thread && thread != NOBODY && thread != SENDERS ? thread->serial : (uint64_t)NO_SERIAL;
}

/* An endpoint, and a notification, is known by the first thread that waits there. */
static uint64_t mix_waits(uint64_t hash, const struct thread *thread)
{
	const struct endpoint *endpoint;

	if (thread->waits == 0)
		return mix(hash, 0);
	if (thread_awaits_reply(thread))
		return mix(mix(hash, 1), serial(thread_callee(thread)));
	hash = mix(hash, waits_kind(thread->waits));
	if (thread_reply(thread))
		return hash;
	endpoint = thread_endpoint(thread);
	if (!endpoint)
		hash = mix(hash, serial(thread_notification(thread)->first));
	else
		hash = mix(hash, serial(waits_kind(thread->waits) == WAITS_send ? endpoint->sender : endpoint->receiver));
	return mix(hash, serial(thread->next));
}

static uint64_t mix_context(uint64_t hash, const struct sched_context *context)
{
	return mix(hash, context ? serial(context->home) + 1 : (uint64_t)NO_SERIAL);
}

static uint64_t mix_thread(uint64_t hash, const struct thread *thread)
{
	hash = mix_waits(hash, thread);
	hash = mix(hash, serial(thread->caller));
	hash = mix(hash, thread->gate & ~GATE_OF(stale));       /* of a cache: how many tags there are is not the state */
	hash = mix(hash, thread->fpu_allowed * 2u + thread->fpu_used);
	hash = mix_context(hash, thread->home);
	hash = mix_context(hash, thread->held);
	hash = mix(hash, thread->in_fault);
	hash = mix(hash, thread->error_faults);
	hash = mix(hash, thread->bound ? thread->bound->bits : (uint64_t)NO_SERIAL);
	return thread->ready ? mix(hash, serial(thread->ready_next)) : mix(hash, (uint64_t)NO_SERIAL - 1);
}

static uint64_t mix_handler(uint64_t hash, const struct irq_handler *handler)
{
	if (!handler->claimed)
		return hash;
	hash = mix(mix(hash, handler->line), handler->trigger);
	return mix(mix(hash, handler->notification != NULL), handler->bits);
}

uint64_t state_hash(void)
{
	uint64_t hash = 0xcbf29ce484222325, count = 0;

	for (struct thread *thread = core.threads; thread; thread = thread->all_next)
		thread->serial = count++;
	for (const struct thread *thread = core.threads; thread; thread = thread->all_next)
		hash = mix_thread(hash, thread);
	for (unsigned line = 0; line < irq_lines(); line++)
		hash = mix_handler(hash, &irq_handlers[line]);
	hash = mix_handler(hash, &irq_handlers[IRQ_LINE_timer]);
	return mix(mix(hash, serial(core.current)), core.limit);
}
