/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What every harness here is written with.  A harness is a function that makes its objects, assumes what the kernel's
 * invariant promises of them, calls the kernel's own source once, and says what must hold.  CBMC looks at every value of
 * every variable that any() leaves open.
 *
 * What decides between seconds and never (tried out): each kernel object is its own C object, never an element of an
 * array; and instead of a loop over all, one witness of any value.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* A variable of any value whatever: CBMC gives a function nondet_...() without a body every result. */
#define ANY(type, name) extern type nondet_##name(void); type name = nondet_##name()

#define ASSUME(condition) __CPROVER_assume(condition)
#define HOLDS(condition)  __CPROVER_assert(condition, #condition)

/*
 * The end of each harness.  With PROBE the proof must fail just here: if it does not, no execution comes here, what was
 * assumed contradicts itself, and everything was proved of nothing.
 */
#ifdef PROBE
#define REACHED() __CPROVER_assert(false, "reached")
#else
#define REACHED() (void)0
#endif
