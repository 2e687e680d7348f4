/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Words on the boot loader's command line that the kernel itself heeds; everything else there is the first task's.
 *
 *   kite.floors   allow debug_floor, which checks nothing: for benchmarks alone
 *   kite.tags=0   behave as if the machine had no address-space tags (riscv64)
 */
#pragma once
#include <stdbool.h>

/* Whether the command line (NULL: none) has a word. */
bool boot_option(const char *command_line, const char *word);
