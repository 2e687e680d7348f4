/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The order of struct registers.other: what a full context has beside the message, pc, sp and TLS (FS base).
 * Also what the descriptor tables and the flags look like to the entries; for C and assembly.
 */
#pragma once

#define OTHER_RAX       0
#define OTHER_RBX       1
#define OTHER_RCX       2
#define OTHER_RBP       3
#define OTHER_R11       4
#define OTHER_FLAGS     5
#define OTHER_GS_BASE   6
#define OTHER_SELECTORS 7         /* ds, es, fs, gs: 16 bits each, ds lowest */

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
#define FLAGS_MASK      0x3ffffd          /* what syscall clears: all but bit 1 */

#define VECTOR_DEBUG    1
#define VECTOR_NMI      2
#define VECTOR_DEVICES  32                /* the first that is no exception; the two 8259 have 32 to 47, and are masked */
#define VECTOR_LINES    48                /* line 0 of the I/O APICs */
#define VECTOR_TIMER    254               /* of the local APIC */
#define VECTOR_SPURIOUS 255
