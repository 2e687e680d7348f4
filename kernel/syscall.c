/* SPDX-License-Identifier: BSD-2-Clause
 *
 * System calls in C: what every call means, and what the assembly fast paths decline.
 */
#include "arch.h"
#include "invariant.h"
#include "invoke.h"
#include "ipc.h"
#include "irq.h"
#include "notification.h"
#include "sched.h"
#include "state.h"
#include "syscall.h"
#include "timer.h"
#include "trace.h"

enum { WRITE_MAX = MESSAGE_REGISTERS * 8 };

/* A call through a capability that names no endpoint: a method of the object. */
static void invoke_method(struct thread *current, struct capability *slot)
{
	struct invocation invocation;
	struct outcome outcome;

	if (tag_length(current->registers.tag) || tag_caps(current->registers.tag)) {
		thread_return_error(current, ERR_bad_length);
		return;
	}
	invocation.caller = current;
	invocation.slot = slot;
	invocation.word = current->registers.message;
	invocation.has_results = false;
	invocation.restart = false;
	outcome = invoke(&invocation, tag_label(current->registers.tag));
	if (outcome.restart) {
		trace(TRACE_restart, tag_label(current->registers.tag), slot->object);
		arch_registers_restart(current);
	} else if (outcome.error != ERR_ok)
		thread_return_error(current, outcome.error);
	else if (invocation.has_results)
		thread_return_words(current, invocation.result);
	else
		thread_return_nothing(current);
}

static void call(struct thread *current, struct capability *slot)
{
	if (slot && !capability_empty(slot) && capability_kind(slot) != OBJECT_endpoint)
		invoke_method(current, slot);
	else
		ipc_send(current, slot, true, true);
}

static bool writes_allowed = KITE_DEBUG;

void syscall_allow_writes(void)
{
	writes_allowed = true;
}

static void debug_write(struct thread *current)
{
	uint64_t count = tag_label(current->registers.tag);

	if (count > WRITE_MAX || !writes_allowed) {
		thread_return_error(current, count > WRITE_MAX ? ERR_bad_length : ERR_no_method);
		return;
	}
	for (uint64_t i = 0; i < count; i++)
		arch_console_put((char)(current->registers.message[i / 8] >> i % 8 * 8));
}

static void debug_state(struct thread *current)
{
	uint64_t word[MESSAGE_REGISTERS] = { 0 };

	if (!KITE_DEBUG) {
		thread_return_error(current, ERR_no_method);
		return;
	}
	word[0] = state_hash();
	thread_return_words(current, word);
}

/*
 * The floors are for measuring, and check nothing once they are on: the partner must wait in recv, neither of the two
 * own the FPU, and nobody may stop or destroy it meanwhile.  So there are none unless the machine was booted for that.
 */
static bool floors_allowed;

void syscall_allow_floors(void)
{
	floors_allowed = true;
}

static void debug_floor(struct thread *current)
{
	uint64_t floor = current->registers.message[0];
	struct capability *slot = cspace_lookup(current, current->registers.message[1]);
	struct thread *partner;

	if (!floors_allowed) {
		thread_return_error(current, ERR_no_method);
		return;
	}
	if (floor == FLOOR_space_switch) {
		if (!slot || capability_kind(slot) != OBJECT_thread || !capability_has(slot, RIGHT_thread_control)) {
			thread_return_error(current, ERR_wrong_kind);
			return;
		}
		partner = capability_object(slot);
		if (waits_kind(partner->waits) != WAITS_receive ||
		    (partner->gate | current->gate) & (GATE_OF(unready) | GATE_OF(stale) | GATE_OF(fpu))) {
			thread_return_error(current, ERR_not_ready);
			return;
		}
		current->partner = partner;
		partner->partner = current;
	} else if (floor != FLOOR_trap) {
		thread_return_error(current, ERR_bad_argument);
		return;
	}
	arch_floor((unsigned)floor);
	thread_return_words(current, (const uint64_t[MESSAGE_REGISTERS]){ 0 });
}

static _Noreturn void debug_halt(uint64_t status)
{
	trace_halt();
	arch_halt((int)status);
}

static void dispatch(struct thread *current)
{
	uint64_t tag = current->registers.tag;
	struct capability *slot = cspace_lookup(current, current->registers.badge);

	switch (tag_operation(tag)) {
	case SYS_call:        call(current, slot); break;
	case SYS_send:        ipc_send(current, slot, false, true); break;
	case SYS_nb_send:     ipc_send(current, slot, false, false); break;
	case SYS_signal:      ipc_signal(current, slot); break;
	case SYS_recv:        ipc_recv(current, slot, true); break;
	case SYS_nb_recv:     ipc_recv(current, slot, false); break;
	case SYS_reply_recv:  ipc_reply_recv(current, slot); break;
	case SYS_yield:       sched_yield(); break;
	case SYS_debug_write: debug_write(current); break;
	case SYS_debug_halt:  debug_halt(current->registers.message[0]);
	case SYS_debug_state: debug_state(current); break;
	case SYS_debug_floor: debug_floor(current); break;
	default:
		if (!(tag & TAG_NULL))
			thread_return_error(current, ERR_no_method);
	}
}

/* The kind of fault that an error is, if the thread wants it so; 0: none. */
static unsigned fault_of(const struct thread *current, enum error error)
{
	switch (error) {
	case ERR_no_cap:
	case ERR_wrong_kind:
	case ERR_no_right:  return current->error_faults & ERROR_FAULT_capability ? FAULT_LABEL_capability : 0;
	case ERR_no_method: return current->error_faults & ERROR_FAULT_system_call ? FAULT_LABEL_system_call : 0;
	default:            return 0;
	}
}

/* Calls the fault handler instead of returning the error: that has changed nothing but the tag, which gets its value back,
   so that the system call can be made again. */
static void raise(struct thread *current, uint64_t tag)
{
	enum error error = tag_error(current->registers.tag);
	unsigned kind = fault_of(current, error);

	if (!kind || capability_empty(&current->fault_handler) || !thread_runnable(current))
		return;
	current->registers.tag = tag;
	current->fault_kind = kind;
	current->fault_address = current->registers.badge;
	current->fault_code = tag << 32 | error;
	gate_set(current, GATE_OF(refused));
	(void)ipc_fault(current);
}

static struct thread *checked(struct thread *next)
{
	const char *broken = KITE_DEBUG ? invariant_check() : NULL;

	trace(TRACE_leave, (uintptr_t)next, next->pc);
	if (broken)
		kernel_panic("the invariant does not hold: %s", broken);
	return next;
}

static struct thread *leave(void) { return checked(sched_leave()); }

struct thread *kernel_syscall(struct thread *current)
{
	uint64_t tag = current->registers.tag;

	sched_enter(current);
	trace(TRACE_syscall, tag, current->registers.badge);
	dispatch(current);
	raise(current, tag);
	return leave();
}

/* The fast path: it is a device's interrupt, or nobody's, and most often a driver of higher priority waits for it. */
static struct thread *interrupt_by_line(struct thread *current)
{
	const struct irq_handler *handler = irq_claim();
	struct thread *next;

	core.current = current;
	if (handler && (next = notification_hand_over(handler->notification, handler->bits)))
		return checked(next);
	sched_enter(current);
	if (handler)
		notification_signal(handler->notification, handler->bits);
	return leave();
}

struct thread *kernel_interrupt(struct thread *current)
{
	gate_set(current, GATE_OF(full));
	trace(TRACE_interrupt, current->pc, current->gate);
	if (KITE_FAST_deliver && !timer_due())
		return interrupt_by_line(current);
	sched_enter(current);
	timer_deliver();
	irq_deliver();
	return leave();
}

struct thread *kernel_acknowledged(struct thread *current, struct irq_handler *handler)
{
	sched_enter(current);
	thread_return_nothing(current);
	handler->delivered = 1;
	notification_signal(handler->notification, handler->bits);
	return leave();
}
