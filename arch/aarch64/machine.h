/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The constants of aarch64 that kernel/ asks for (arch.h).  4 KiB granule, 48-bit addresses on both sides: TTBR1 maps
 * the kernel, TTBR0 the user.
 */
#pragma once
#include "registers.h"

#define ARCH_NAME            "aarch64"
#define ARCH_ELF_MACHINE     183                  /* EM_AARCH64 */
#define ARCH_OTHER_REGISTERS OTHER_COUNT
#define ARCH_FPU_BYTES       (32 * 16 + 64)      /* q0 to q31, FPCR, FPSR */
#define ARCH_FPU_LEAKS       0
#define ARCH_MESSAGES        0
#define ARCH_MESSAGE_DATA    0
#define ARCH_DIRECT_BASE     0xffff000000000000ul       /* where TTBR1's half begins */
#define ARCH_USER_TOP        0x0001000000000000ul       /* where TTBR0's half ends */
#define ARCH_TABLE_LEVELS    4
