/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Why a system call failed, for whoever writes the program that made it: debug builds say so on the console.  The tests
 * read these lines, too: every error of abi/errors.def must be among them, and no other (ci/errors.py).
 */
#pragma once
#include "thread.h"

/* The line about an error that a thread's system call is about to return; its registers are still those of the call. */
void explain(const struct thread *thread, enum error error);

/* At boot: no such lines, nor those about threads that a fault stopped (kite.terse: fuzzers make thousands of them). */
void explain_nothing(void);
bool explains(void);
