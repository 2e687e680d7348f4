/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A machine for unit tests.  "Physical" addresses are the process's own.  Page tables are arrays that a model of a table
 * walker reads (host.h), with a TLB that forgets nothing until it is told to: what real hardware may do, this does.
 */
#pragma once

/* A unit test chooses. */
#include <stdbool.h>
extern bool host_fast_deliver;
#define KITE_FAST_deliver    host_fast_deliver

#define ARCH_NAME            "host"
#define ARCH_ELF_MACHINE     0                    /* EM_NONE: loads nothing */
#define ARCH_OTHER_REGISTERS 8
#define ARCH_FPU_BYTES       64                  /* host.h */
#define ARCH_FPU_LEAKS       0
#define ARCH_MESSAGES        1
#define ARCH_MESSAGE_DATA    100
#define ARCH_DIRECT_BASE     0ul
#define ARCH_USER_TOP        (1ul << 47)
#define ARCH_TABLE_LEVELS    4
