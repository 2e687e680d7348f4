/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Memory that is touched between samples, so that the kernel's is not in the caches any more, as far as it reaches.  It is
 * the option set=KIB of a measurement on a board; where nothing has caches, there is no use for it.
 */
#pragma once
#include <stdint.h>

/* Makes and maps so much memory, once; 0: none, and touching does nothing. */
void working_set_make(uint64_t kib);

uint64_t working_set_kib(void);

/* Writes a word of each line. */
void working_set_touch(void);
