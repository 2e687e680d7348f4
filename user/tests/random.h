/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The driver of random states: "random seed=N steps=M [every=K]" on the command line.  Prints "trace <step> <hash>" for
 * every K-th step, with a hash of everything that could be observed up to there, which must not depend on whether the
 * kernel has its fast paths.
 */
#pragma once

void random_run(void);
