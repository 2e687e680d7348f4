/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Places in the assembly that boot replaces if mitigations are on (mitigation.c): so nothing is asked on the way, no path
 * exists twice, and without mitigations no instruction is there for them.  What stands there is at least as long as
 * the jump, five bytes, or the nop, three, that goes over it.
 */
#pragma once

#define SITE_trap  0            /* a trap's first instruction: a jump to guard_trap */
#define SITE_space 1            /* the address space is loaded, which with isolation waits for the exit: a nop */
#define SITE_leave 2            /* the exit by sysret, all but rax, rbx and rbp restored: a jump to guard_leave */
#define SITE_floor 3            /* the same of a floor, which still has to set r11 */
#define SITE_full  4            /* the exit by iret, all but r11 restored, what iret takes pushed: a jump to guard_full */

#define SITES      5

#ifdef __ASSEMBLER__
/* What follows is such a place: its address and kind go into a table. */
.macro exit_site kind
        .pushsection .exit_sites, "a"
        .quad   661f, \kind
        .popsection
661:
.endm

/* The exit by sysret: the last register that may hold something of the kernel's, and back. */
.macro sysret_clearing register
        exit_site SITE_leave
        xor     \register, \register
        sysretq
.endm

.macro load_space value
        exit_site SITE_space
        mov     \value, %cr3
.endm
#endif
