/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random hostile programs: "fuzz=<seed> steps=N [each=M] [wild=0]" on the command line.  Every M steps are a task of its
 * own, whose seed is one more than the last one's: whatever is found in it comes again with that seed alone.  With wild=0
 * arguments fit what they are for, so that much is created, called, revoked and destroyed: the stress test.
 */
#pragma once

/* The task of one seed, which reports to its parent. */
void fuzz_task(void);
