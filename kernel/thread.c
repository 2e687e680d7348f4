/* SPDX-License-Identifier: BSD-2-Clause -- threads: their life, what they cache, and their methods (thread.h). */
#include "thread.h"
#include "arch.h"
#include "endpoint.h"
#include "explain.h"
#include "fpu.h"
#include "invoke.h"
#include "notification.h"
#include "reply.h"
#include "sched.h"
#include "sched_context.h"
#include "space.h"
#include "trace.h"

void thread_init(struct thread *thread)
{
	thread->caller = NOBODY;
	thread->next = NOBODY;
	thread->gate = GATE_OF(stopped) | GATE_OF(unready) | GATE_OF(full) | GATE_PRIORITY_MASK;

	thread->all_prev = core.threads_last;
	thread->all_next = NULL;
	if (core.threads_last)
		core.threads_last->all_next = thread;
	else
		core.threads = thread;
	core.threads_last = thread;
}

/* Takes it off the list of all threads. */
static void forget(struct thread *thread)
{
	if (thread->all_prev)
		thread->all_prev->all_next = thread->all_next;
	else
		core.threads = thread->all_next;
	if (thread->all_next)
		thread->all_next->all_prev = thread->all_prev;
	else
		core.threads_last = thread->all_prev;
}

void thread_fault_over(struct thread *thread, bool again)
{
	thread->in_fault = 0;
	if (again && thread->gate & GATE_OF(refused))
		arch_registers_restart(thread);
	gate_clear(thread, GATE_OF(refused));
}

void thread_return_error(struct thread *thread, enum error error)
{
	if (thread->in_fault) {
		thread_fault_over(thread, true);
		return;
	}
	trace(TRACE_error, error, thread->registers.tag);
	if (KITE_DEBUG)
		explain(thread, error);
	thread->registers.tag = tag_make(OPERATION_error, (uint64_t)error, 0, 0);
}

void thread_return_words(struct thread *thread, const uint64_t word[MESSAGE_REGISTERS])
{
	thread->registers.tag = tag_make(SYS_reply_recv, 0, 0, 0);
	thread->registers.badge = 0;
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		thread->registers.message[i] = word[i];
}

void thread_return_nothing(struct thread *thread)
{
	thread->registers.tag = tag_make(SYS_reply_recv, 0, 0, 0);
	thread->registers.badge = 0;
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		thread->registers.message[i] = 0;
}

/* ---- stopping ---- */

/* Its caller wants no answer any more.  If it waits for a notification on the caller's context, that goes home now. */
static void forget_caller(struct thread *thread)
{
	thread->caller = NOBODY;
	if (thread_notification(thread))
		sched_context_go_home(thread);
}

/* It waits no more; its system call returns ERR_cancelled. */
static void cancel_wait(struct thread *thread)
{
	if (thread->waits == 0)
		return;
	if (thread_awaits_reply(thread)) {
		struct thread *callee = thread_callee(thread);

		thread->waits = 0;
		forget_caller(callee);
	} else if (thread_reply(thread)) {
		reply_forget(thread_reply(thread));
	} else if (thread_notification(thread)) {
		notification_remove(thread_notification(thread), thread);
	} else {
		endpoint_remove(thread_endpoint(thread), thread);
	}
	gate_clear(thread, GATE_OF(bereft));
	thread_return_error(thread, ERR_cancelled);
}

/* Its caller learns that no answer will come, and has its context back. */
static void dismiss_caller(struct thread *thread)
{
	struct thread *caller = thread->caller;

	if (caller == NOBODY)
		return;
	thread->caller = NOBODY;
	caller->waits = 0;
	thread_return_error(caller, ERR_server_gone);
	if (!caller->held && !(caller->gate & GATE_OF(bereft)) && thread->held != thread->home)
		sched_context_lend(thread, caller);
	gate_clear(caller, GATE_OF(bereft));
	sched_wake(caller);
}

void thread_stop(struct thread *thread, uint64_t reason)
{
	trace(TRACE_stop, (uintptr_t)thread, reason);
	gate_set(thread, reason);
	sched_remove(thread);
	cancel_wait(thread);
	dismiss_caller(thread);
	sched_context_go_home(thread);
}

enum progress thread_destroy_step(struct thread *thread)
{
	thread_stop(thread, GATE_OF(stopped));
	if (thread->home)
		sched_context_unbind(thread->home);
	if (thread->bound)
		notification_unbind(thread->bound);
	if (!capability_empty(&thread->fault_handler))
		capability_remove(&thread->fault_handler);
	if (!capability_empty(&thread->timeout_handler))
		capability_remove(&thread->timeout_handler);
	if (thread->buffer_slot)
		thread_buffer_clear(thread);
	if (thread->cnode)
		thread_cnode_clear(thread);
	if (thread->space_object)
		thread_space_clear(thread);
	fpu_forget(thread);
	forget(thread);
	return PROGRESS_done;
}

/* ---- what it caches, and the lists by which the owners find the copies ---- */

void thread_buffer_clear(struct thread *thread)
{
	thread->buffer_slot->flags &= (uint8_t)~CAPABILITY_buffer;
	thread->buffer_slot->thread = NULL;
	thread->buffer_slot = NULL;
	thread->buffer = NULL;
}

/* A thread that loses its CSpace or its address space can run no more; what it was doing is cancelled. */
static void make_unready(struct thread *thread)
{
	thread_stop(thread, GATE_OF(unready));
}

void thread_cnode_clear(struct thread *thread)
{
	*thread->cnode_link = thread->cnode_next;
	if (thread->cnode_next)
		thread->cnode_next->cnode_link = thread->cnode_link;
	thread->cnode = NULL;
	thread->cnode_mask = 0;
	make_unready(thread);
}

void thread_cnode_set(struct thread *thread, struct capability *slot)
{
	if (thread->cnode)
		thread_cnode_clear(thread);
	thread->cnode = capability_object(slot);
	thread->cnode_mask = ((uint64_t)1 << (slot->size_bits - SIZE_BITS_slot)) - 1;
	thread->cnode_next = slot->threads;
	thread->cnode_link = &slot->threads;
	if (slot->threads)
		slot->threads->cnode_link = &thread->cnode_next;
	slot->threads = thread;
}

void thread_space_clear(struct thread *thread)
{
	*thread->space_link = thread->space_next;
	if (thread->space_next)
		thread->space_next->space_link = thread->space_link;
	thread_forget_space(thread);
	thread->space_object = NULL;
	make_unready(thread);
}

void thread_space_set(struct thread *thread, struct space *space)
{
	if (thread->space_object)
		thread_space_clear(thread);
	thread->space_object = space;
	gate_set(thread, GATE_OF(stale));               /* its value is found when it runs */
	thread->space_next = space->threads;
	thread->space_link = &space->threads;
	if (space->threads)
		space->threads->space_link = &thread->space_next;
	space->threads = thread;
}

static void buffer_set(struct thread *thread, struct capability *slot, uint64_t offset)
{
	if (thread->buffer_slot)
		thread_buffer_clear(thread);
	thread->buffer = NULL;                          /* the first task's came from boot, without a slot */
	if (!slot)
		return;
	thread->buffer_slot = slot;
	thread->buffer = (struct ipc_buffer *)((char *)capability_object(slot) + offset);
	slot->flags |= CAPABILITY_buffer;
	slot->thread = thread;
}

/* ---- methods ---- */

static bool is_stopped(const struct thread *thread)
{
	return (thread->gate & (GATE_OF(stopped) | GATE_OF(faulted))) != 0;
}

/* The frame of an IPC buffer: ordinary memory, readable and writable, in no other use through this capability. */
static enum error buffer_check(const struct thread *caller, uint64_t address, uint64_t offset,
			       const struct thread *thread, struct capability **slot)
{
	enum error error;

	*slot = NULL;
	if (address == 0)
		return ERR_ok;
	error = argument_slot(caller, address, OBJECT_frame, RIGHT_frame_read | RIGHT_frame_write, slot);
	if (error != ERR_ok)
		return error;
	if ((*slot)->flags & CAPABILITY_device)
		return ERR_bad_address;
	if (offset & ((1 << IPC_BUFFER_SIZE_BITS) - 1) || offset >= (uint64_t)1 << (*slot)->size_bits)
		return ERR_bad_argument;
	if ((*slot)->flags & CAPABILITY_buffer)
		return (*slot)->thread == thread ? ERR_ok : ERR_mapped;
	return (*slot)->space ? ERR_mapped : ERR_ok;
}

enum error method_thread_configure(struct invocation *invocation)
{
	struct thread *thread = capability_object(invocation->slot), *caller = invocation->caller;
	struct capability *cnode, *space, *buffer;
	enum error error;

	if (!is_stopped(thread))
		return ERR_not_ready;
	error = argument_slot(caller, invocation->word[0], OBJECT_cnode, RIGHT_cnode_modify, &cnode);
	if (error == ERR_ok)
		error = argument_slot(caller, invocation->word[1], OBJECT_space, RIGHT_space_map, &space);
	if (error == ERR_ok)
		error = buffer_check(caller, invocation->word[2], invocation->word[3], thread, &buffer);
	if (error != ERR_ok)
		return error;

	thread_cnode_set(thread, cnode);
	thread_space_set(thread, capability_object(space));
	buffer_set(thread, buffer, invocation->word[3]);
	gate_clear(thread, GATE_OF(unready));
	return ERR_ok;
}

/* Nobody gives more than he may have: the ceiling that counts is that of the thread that asks. */
static enum error priority_check(const struct invocation *invocation)
{
	if (invocation->word[0] >= PRIORITIES)
		return ERR_bad_argument;
	return invocation->word[0] > invocation->caller->ceiling ? ERR_too_high : ERR_ok;
}

enum error method_thread_set_priority(struct invocation *invocation)
{
	enum error error = priority_check(invocation);

	if (error == ERR_ok)
		sched_set_priority(capability_object(invocation->slot), (unsigned)invocation->word[0]);
	return error;
}

/* A thread keeps the priority that it has: somebody was allowed to give it. */
enum error method_thread_set_ceiling(struct invocation *invocation)
{
	struct thread *thread = capability_object(invocation->slot);
	enum error error = priority_check(invocation);

	if (error == ERR_ok)
		thread->ceiling = (uint8_t)invocation->word[0];
	return error;
}

enum error method_thread_write_registers(struct invocation *invocation)
{
	struct thread *thread = capability_object(invocation->slot);
	const uint64_t *word = invocation->word;

	if (!is_stopped(thread))
		return ERR_not_ready;
	if (!arch_pc_ok(word[0]))
		return ERR_bad_address;
	arch_registers_set(thread, word[0], word[1], word[2], word[3]);
	fpu_forget(thread);
	gate_set(thread, GATE_OF(full));
	return ERR_ok;
}

static enum waiting waiting_for(const struct thread *thread)
{
	if (thread->gate & GATE_OF(faulted))
		return WAITING_faulted;
	if (thread->gate & (GATE_OF(stopped) | GATE_OF(unready)))
		return WAITING_stopped;
	if (thread->waits == 0)
		return thread->held || thread == core.current ? WAITING_no : WAITING_context;
	switch (waits_kind(thread->waits)) {
	case WAITS_saved:
	case WAITS_reply:        return WAITING_reply;
	case WAITS_receive:      return WAITING_receive;
	case WAITS_notification: return WAITING_notification;
	default:                 return WAITING_send;
	}
}

enum error method_thread_read_registers(struct invocation *invocation)
{
	const struct thread *thread = capability_object(invocation->slot);
	bool full = (thread->gate & GATE_OF(full)) != 0;

	invocation->result[0] = thread->pc;
	invocation->result[1] = thread->sp;
	invocation->result[2] = thread->tls;
	invocation->result[3] = full ? arch_registers_argument(thread) : 0;
	invocation->result[4] = waiting_for(thread);
	return ERR_ok;
}

enum error method_thread_resume(struct invocation *invocation)
{
	struct thread *thread = capability_object(invocation->slot);

	if (thread->gate & GATE_OF(unready) || !thread->pc)
		return ERR_not_ready;
	gate_clear(thread, GATE_OF(stopped) | GATE_OF(faulted));
	sched_wake(thread);
	return ERR_ok;
}

enum error method_thread_suspend(struct invocation *invocation)
{
	thread_stop(capability_object(invocation->slot), GATE_OF(stopped));
	return ERR_ok;
}

enum error method_thread_set_error_faults(struct invocation *invocation)
{
	struct thread *thread = capability_object(invocation->slot);

	if (invocation->word[0] & ~(uint64_t)ERROR_FAULT_mask)
		return ERR_bad_argument;
	thread->error_faults = (uint32_t)invocation->word[0];
	return ERR_ok;
}

/* The capability is a leaf of the derivation tree for ever: nobody can name it. */
static enum error set_handler(const struct invocation *invocation, struct capability *handler)
{
	struct capability *slot = NULL;

	if (invocation->word[0]) {
		enum error error = argument_slot(invocation->caller, invocation->word[0], OBJECT_endpoint,
						 RIGHT_endpoint_send, &slot);

		if (error != ERR_ok)
			return error;
		if (slot->depth == DEPTH_MAX)
			return ERR_too_deep;
	}

	/* From here on nothing can fail. */
	if (!capability_empty(handler))
		capability_remove(handler);
	if (slot)
		(void)capability_derive(handler, slot, RIGHT_endpoint_send, slot->badge);
	return ERR_ok;
}

enum error method_thread_set_fault_handler(struct invocation *invocation)
{
	struct thread *thread = capability_object(invocation->slot);

	return set_handler(invocation, &thread->fault_handler);
}

enum error method_thread_set_timeout_handler(struct invocation *invocation)
{
	struct thread *thread = capability_object(invocation->slot);

	return set_handler(invocation, &thread->timeout_handler);
}
