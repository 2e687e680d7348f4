/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The driver of random states: "random seed=N steps=M" on the command line.  Prints a line "trace <step> <hash>" for
 * every step, which must not depend on whether the kernel has its fast paths.
 */
#pragma once

void random_run(void);
