/* SPDX-License-Identifier: BSD-2-Clause -- a loop that looks at its own registers (spinner.S of each architecture). */
#pragma once
#include <stdint.h>

struct spinner {
	volatile uint64_t go_on;          /* 0: it returns */
	volatile uint64_t rounds;         /* counted by it */
	volatile uint64_t changed;        /* not 0: some register was not what it should be; then it returns, too */
};

/*
 * Fills every register that user code may have, but the stack pointer, TLS and the two that it works with, with a value of
 * its own, and compares all of them again and again; also the flags.
 */
void spinner_run(struct spinner *spinner);
