/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Making threads: one page with IPC buffer and thread block, one page of stack, a sched context of its own.
 */
#pragma once
#include "message.h"
#include "runtime.h"

/* What a thread's TLS register points to. */
struct thread_block {
	struct thread_block *self;
	struct ipc_buffer *buffer;
	uint64_t word[6];                 /* for the program */
};

/* Of a thread made here (not of the first task's first thread, which has boot->buffer_address instead). */
static inline struct thread_block *thread_block(void) { return (struct thread_block *)thread_pointer(); }
static inline struct ipc_buffer *thread_buffer(void) { return thread_block()->buffer; }

/* All that one may want to know of a thread that one has made.  Each member but the addresses is a slot. */
struct made_thread {
	uint64_t thread, context;         /* context: its own sched context, not bound to a passive one */
	uint64_t page, buffer;            /* the frame mapped in its space, and the copy that is its IPC buffer */
	uint64_t stack;
	uint64_t page_address, stack_address;
};

enum thread_kind { THREAD_active, THREAD_passive, THREAD_no_buffer = 2 };

/* Makes a thread in a space and gives it registers, but does not let it run. */
struct made_thread thread_make(struct pool *from, uint64_t cnode, uint64_t space, uint64_t pc, uint64_t argument,
	uint64_t priority, unsigned kind);

/* Lets a thread of this program's image, in this space or a clone of it, run a function with a stack of its own. */
struct made_thread thread_start(struct pool *from, uint64_t space, void (*function)(uint64_t argument), uint64_t argument,
	uint64_t priority, unsigned kind);
