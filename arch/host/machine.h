/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A machine for unit tests: "physical" addresses are the process's own, page tables are plain arrays that nobody walks,
 * and what the kernel tells the TLB is written down for the test to read.
 */
#pragma once
#include <stdint.h>

#define ARCH_NAME            "host"
#define ARCH_OTHER_REGISTERS 8
#define ARCH_DIRECT_BASE     0ul
#define ARCH_USER_TOP        (1ul << 47)
#define ARCH_TABLE_LEVELS    4
