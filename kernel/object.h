/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How the object layer begins and ends objects of every kind.  What it asks of threads and sched contexts is declared
 * here, beside what each function must leave behind.
 */
#pragma once
#include "capability.h"

struct endpoint;
struct sched_context;

/* log2 of the bytes that every object of a kind has, or 0 if each has its own size (untyped, cnode). */
unsigned object_size_bits(enum object_kind kind);

/* Makes zeroed memory an object of this kind.  Cannot fail: a space's tag is counted beforehand (space.h). */
void object_init(void *memory, enum object_kind kind);

/* One bounded step of ending the object of an original capability, which has no descendants and no rights any more. */
enum progress object_destroy_step(struct capability *original);

/* One bounded step of taking back what others keep of this very capability: its mapping, and what threads cache. */
enum progress capability_release_step(struct capability *slot);

/* What threads and sched contexts provide: thread.c, sched_context.c. */
void thread_init(struct thread *thread);
void sched_context_init(struct sched_context *context);
enum progress thread_destroy_step(struct thread *thread);   /* leaves nothing that points to the thread */
enum progress sched_context_destroy_step(struct sched_context *context);
void thread_buffer_clear(struct thread *thread);   /* it has no IPC buffer any more; both sides are cleared */
void thread_cnode_clear(struct thread *thread);    /* it has no CSpace any more, and is off the capability's list */
void thread_space_clear(struct thread *thread);    /* it has no address space any more, and is off the space's list */
