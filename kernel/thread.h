/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Threads.  The first line holds all that a message passing through needs of both sides; the second what only the
 * current thread needs.  The assembly of fastpath/ and arch/ knows these places through offsets.def, and pairs of
 * neighbours that it loads or stores together are marked.
 *
 * Who holds the processor: the core's context (core.h) is always held by the current thread.  A fast path does not
 * touch contexts at all: it only ever switches to a thread that holds none (GATE_holds clear), which thereby runs on
 * the core's context.  So a call to a passive server lends the context, and the reply returns it, at no cost; only when
 * the core puts a context down does C record who holds it (sched_context.h).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi.h"
#include "capability.h"
#include "machine.h"                      /* ARCH_OTHER_REGISTERS, ARCH_FPU_BYTES; from arch/<a>/, by include path */

enum gate_bit {
#define GATE(bit, name, summary) GATE_BIT_##name = (bit),
#include "gate.def"
#undef GATE
};
enum { GATE_SHIFT = 32, GATE_PRIORITY_MASK = 0xff };

#define GATE_OF(name) ((uint64_t)1 << (GATE_SHIFT + GATE_BIT_##name))

/* The user's registers.  The message comes first, in the order of the ABI; the machine orders the rest. */
struct registers {
	uint64_t tag;
	uint64_t badge;                   /* on entry the capability address, on delivery the badge */
	uint64_t message[MESSAGE_REGISTERS];
	uint64_t other[ARCH_OTHER_REGISTERS];   /* of a full context only */
};

/*
 * What a thread waits for, in one word: 0 nothing; a plain pointer to a thread whose answer it awaits; an endpoint
 * with WAITS_receive or WAITS_send in its alignment bits; a notification with WAITS_notification;
 * the reply object that it was saved in with WAITS_saved.  WAITS_receive is the kind of an endpoint's capability, so
 * that the fast path stores the capability's object word as it is.
 */
enum {
	WAITS_reply = 0, WAITS_receive = OBJECT_endpoint, WAITS_send = OBJECT_endpoint | 32,
	WAITS_notification = OBJECT_notification, WAITS_saved = OBJECT_reply,
};

struct thread {
	/* Line 0: the fast paths read and write it on both sides.  Written by: fast paths and C. */
	uint64_t pc, sp;                  /* pair */
	uint64_t space;                   /* pair: the ready value of CR3, TTBR0_EL1 or satp; 0: none, with GATE_unready */
	uint64_t tls;                     /*       and the TLS base */
	uint64_t waits;                   /* pair with tls when blocking, with caller when waking */
	struct thread *caller;            /* who waits for this thread's answer, or NOBODY; caller->waits points back */
	struct thread *next;              /* pair with caller, pair with gate: the next waiter, or NOBODY; stale outside queues */
	uint64_t gate;                    /* upper half: gate.def; low byte: 255 - priority; the rest zero */

	/* Line 1: the current thread's capability lookup, and the entry's scratch space.  Written by: C; scratch by entries. */
	struct capability *cnode;         /* pair: the slots of the root CNode */
	uint64_t cnode_mask;              /*       and their number - 1 */
	uint64_t scratch[4];              /* for the trap entry, which has no other memory; void between traps */
	struct thread *partner;           /* of fastpath/floor */
	struct ipc_buffer *buffer;        /* kernel address, or NULL; cleared when buffer_slot is unmapped or deleted */

	struct registers registers;

	/* Cold: C alone. */
	struct thread *prev;              /* in a queue of waiters (undefined for the first) or a ready queue */
	struct thread *ready_next;        /* in a ready queue */
	struct sched_context *home;       /* the context bound to this thread, wherever it is lent; NULL: passive */
	struct sched_context *held;       /* the context that it holds while it does not run (GATE_holds), or NULL */
	/* What it caches, and the owner who finds the copy (capability.h, space.h): */
	struct capability *buffer_slot;   /* where buffer came from */
	struct thread *cnode_next, **cnode_link;    /* all threads whose cnode came from one capability; cleared when it
	                                               is deleted; link: what points to this one */
	struct space *space_object;       /* space came from here, unless GATE_stale; cleared when the address space is destroyed */
	struct thread *space_next, **space_link;    /* all threads of that space */
	struct notification *bound;       /* whose bits also end its receiving; bound->bound points back; NULL: none */
	uint64_t sent_badge;              /* while it waits to send: what the receiver will see */
	uint32_t sent_rights;             /* rights of the capability it sends through */
	uint16_t ready;                   /* 1: it is in a ready queue */
	uint16_t in_fault;                /* 1: its waiting is the call of its fault handler, and its registers are no message */
	uint32_t error_faults;            /* enum error_fault: which errors become faults */
	uint32_t fresh;                   /* without GATE_stale: where its space knows that it caches its value */
	uint64_t fault_kind, fault_address, fault_code;   /* of the last fault */
	struct capability fault_handler;  /* derived from the one that was set; empty: none, or that one was deleted */
	struct capability timeout_handler;                /* the same, for the one fault that its sched context is spent */
	uint8_t ceiling;                  /* the greatest priority, and ceiling, that it may give to a thread */
	struct thread *all_next, *all_prev;         /* every thread there is, in order of creation (core.threads) */
	uint64_t serial;                            /* its number in that order while state.c computes a hash */
	bool fpu_allowed;                 /* thread.set_fpu */
	bool fpu_used;                    /* it has registers of the FPU: there if it owns them (GATE_fpu), or else here: */
	uint64_t fpu_state[ARCH_FPU_BYTES / sizeof(uint64_t)] __attribute__((aligned(64)));
};
_Static_assert(sizeof(struct thread) <= 1 << SIZE_BITS_thread, "a thread fits its object size");
_Static_assert(offsetof(struct thread, cnode) == 64, "line 0 is full");
_Static_assert(offsetof(struct thread, registers) == 128, "two hot lines");

/* ---- gate and priority ---- */

static inline void gate_set(struct thread *thread, uint64_t bits)   { thread->gate |= bits; }
static inline void gate_clear(struct thread *thread, uint64_t bits) { thread->gate &= ~bits; }
static inline unsigned thread_priority(const struct thread *thread)
{
	return GATE_PRIORITY_MASK - (unsigned)(thread->gate & GATE_PRIORITY_MASK);
}

/* ---- what it waits for: the two functions that know how pointer and kind share the word, and what follows ---- */

static inline uint64_t waits_pack(const void *pointer, unsigned kind) { return (uint64_t)(uintptr_t)pointer | kind; }
static inline unsigned waits_kind(uint64_t waits) { return (unsigned)(waits & KIND_MASK); }

static inline bool thread_awaits_reply(const struct thread *thread)
{
	return thread->waits != 0 && waits_kind(thread->waits) == WAITS_reply;
}

/* The thread whose answer it awaits; only if thread_awaits_reply(). */
static inline struct thread *thread_callee(const struct thread *thread)
{
	return object_pointer(thread->waits);
}

/* The endpoint it waits at, or NULL. */
static inline struct endpoint *thread_endpoint(const struct thread *thread)
{
	unsigned kind = waits_kind(thread->waits);

	return kind == WAITS_receive || kind == WAITS_send ? object_pointer(thread->waits) : NULL;
}

/* The notification it waits for, or NULL. */
static inline struct notification *thread_notification(const struct thread *thread)
{
	return waits_kind(thread->waits) == WAITS_notification ? object_pointer(thread->waits) : NULL;
}

/* The reply object that it was saved in, or NULL. */
static inline struct reply *thread_reply(const struct thread *thread)
{
	return waits_kind(thread->waits) == WAITS_saved ? object_pointer(thread->waits) : NULL;
}

/* Whether it could go on, had it a sched context. */
static inline bool thread_runnable(const struct thread *thread)
{
	return thread->waits == 0 && !(thread->gate & (GATE_OF(stopped) | GATE_OF(faulted) | GATE_OF(unready)));
}

/* ---- life ---- */

/* Makes cleared memory a thread: stopped, unready, of the lowest priority. */
void thread_init(struct thread *thread);

/* The success of the system call that the thread is in, with these words. */
void thread_return_words(struct thread *thread, const uint64_t word[MESSAGE_REGISTERS]);
void thread_return_nothing(struct thread *thread);

/*
 * Stops it for a reason (GATE_OF(stopped) or GATE_OF(faulted)): what it waited for is cancelled, so that its system call
 * returns ERR_cancelled when it is resumed; its caller gets ERR_server_gone; a lent context leaves it.
 */
void thread_stop(struct thread *thread, uint64_t reason);

/* Its fault is over.  again: what faulted is tried again; a system call is, too. */
void thread_fault_over(struct thread *thread, bool again);

/*
 * The result of the system call that the thread is in.  One that waits for its fault handler is in none: it goes on
 * where it faulted, so that the fault comes again.
 */
void thread_return_error(struct thread *thread, enum error error);

/* One step of destroying. */
enum progress thread_destroy_step(struct thread *thread);

/* The capability, frame or address space that a cached value came from goes away (capability.c, space.c). */
void thread_cnode_clear(struct thread *thread);
void thread_buffer_clear(struct thread *thread);
void thread_space_clear(struct thread *thread);

/* Renews what it caches of its address space (GATE_stale); before it leaves a space, nothing of it is known there. */
void thread_refresh(struct thread *thread);
void thread_forget_space(struct thread *thread);

/* Puts it into an address space or a CSpace, leaving the old one. */
void thread_space_set(struct thread *thread, struct space *space);
void thread_cnode_set(struct thread *thread, struct capability *slot);

/* The same for an address that the root CNode alone does not resolve (cspace.c). */
struct capability *cspace_lookup_deep(const struct thread *thread, uint64_t address);

/*
 * The slot at an address of the thread's CSpace, or NULL if there is none.  An address within the root CNode is its
 * index there, and all that the fast paths know.  Masked although it was compared, so that speculation stays inside
 * (Spectre variant 1).
 */
static inline struct capability *cspace_lookup(const struct thread *thread, uint64_t address)
{
	if (!thread->cnode)
		return NULL;
	if (address > thread->cnode_mask)
		return cspace_lookup_deep(thread, address);
	return &thread->cnode[address & thread->cnode_mask];
}
