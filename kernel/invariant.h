/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What holds of the kernel's state whenever user space runs, as executable C.  Debug builds check it after every system
 * call, unit tests whenever they like.
 *
 * Every rule is local: it looks at one thread or one slot and its neighbours.  So a check of everything is a check of
 * each, and a check of a part says something too.
 */
#pragma once
#include "core.h"

/* Each returns NULL if all is well, or the rule that is broken. */
const char *invariant_capability(const struct capability *slot);
const char *invariant_thread(const struct thread *thread);
const char *invariant_core(void);

enum { INVARIANT_THREADS_MAX = 4096, INVARIANT_SLOTS = 64 };

/*
 * The core, every thread (at most INVARIANT_THREADS_MAX), and of each thread's CSpace the next INVARIANT_SLOTS slots: a
 * CSpace is looked through in turn, a part each time.
 */
const char *invariant_check(void);
