/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of call for messages of 9 to 120 words: the same program, with two steps more.  Steps: long_call.def.
 */
#define LONG 1
#define call long_call
#include "call.x86_64.S"
