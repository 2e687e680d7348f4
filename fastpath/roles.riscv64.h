/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Register roles of the fast paths: the same names on every architecture.  Input, and untouched until commit: the tag, the
 * capability address (BADGE), eight message words.  RECEIVER and CALLER take the stack pointer, which is saved by then.
 */
#pragma once
#include "constants.h"
#include "offsets.h"
#include "registers.riscv64.h"

#define CURRENT  tp             /* struct thread *      who made the system call                */
#define RECEIVER sp             /* struct thread *      call: who waits at the endpoint         */
#define CALLER   sp             /* struct thread *      reply_recv: who waits for the answer    */
#define SLOT     t3             /* struct capability *  the slot that the address names         */
#define ENDPOINT t4             /* uint64_t             the slot's object word: endpoint + kind */
#define NOTIFICATION t4         /* uint64_t             signal, wait: the same: notification + kind */
#define HANDLER t4              /* uint64_t             acknowledge: the same: handler + kind   */
#define KEPT    s0              /* uint64_t             acknowledge: HANDLER, while C runs      */
#define SLOT_BADGE t3           /* uint64_t             signal: once the slot is done with, its badge */
#define LIMIT    t5             /* uint64_t             core.limit; then the space left         */
#define NOWHERE  t6             /* struct thread *      NOBODY (reply_recv)                     */
#define TEMP     t0
#define BADGE    ABI_BADGE      /* uint64_t             in: capability address; out: badge      */

/* A member of the endpoint, from the object word. */
#define OF_ENDPOINT(member) (member - KIND_ENDPOINT)
#define OF_NOTIFICATION(member) (member - KIND_NOTIFICATION)
#define OF_HANDLER(member) (member - KIND_IRQ_HANDLER)

/* Where a path begins: at a cache line.  Those for machines without ASIDs lie close instead, in reach of the entries' branches. */
#ifndef PATH_ALIGN
#define PATH_ALIGN 64
#endif

/* What a machine without ASIDs does after loading satp (arch/riscv64/CMakeLists.txt); nothing on all others. */
#ifndef SPACE_LOADED
#define SPACE_LOADED
#endif
