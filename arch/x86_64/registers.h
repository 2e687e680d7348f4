/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the descriptor tables and the flags look like to the entries; for C and assembly.  The order of struct
 * registers.other, what a full context has beside the message, pc, sp and TLS, is the ABI's.
 */
#pragma once
#include "registers.x86_64.h"

/* Selectors; sysret takes the user's from STAR[63:48]: + 8 is ss, + 16 is cs (Intel SDM volume 2, SYSRET). */
#define SELECTOR_KERNEL_CODE 0x08
#define SELECTOR_KERNEL_DATA 0x10
#define SELECTOR_SYSRET      0x18         /* would be 32-bit code: not present, so nobody enters compatibility mode */
#define SELECTOR_USER_DATA   0x23
#define SELECTOR_USER_CODE   0x2b
#define SELECTOR_TASK        0x30

#define FLAGS_FIXED     0x002             /* bit 1 is always set */
#define FLAG_INTERRUPTS 0x200
#define FLAGS_USER      0x202             /* a fast return's flags: interrupts on, everything else clear */
#define FLAGS_CHANGEABLE 0x240dd5        /* a user program's own business: CF PF AF ZF SF TF DF OF AC ID */
#define FLAGS_MASK      0x3ffffd          /* what syscall clears: all but bit 1 */

#define VECTOR_DEBUG    1
#define VECTOR_NMI      2
#define VECTOR_DEVICES  32                /* the first that is no exception; the two 8259 have 32 to 47, and are masked */
#define VECTOR_LINES    48                /* line 0 of the I/O APICs */
#define VECTOR_TIMER    254               /* of the local APIC */
#define VECTOR_SPURIOUS 255
