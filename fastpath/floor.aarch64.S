/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The floors (enum floor in abi.h): the least that any kernel could do, for measuring; no checks.  Each is a vector
 * table of its own; a system call with tag 0 ends it and goes the ordinary way.  No register holds a kernel value
 * afterwards: what was one is loaded over by the partner's pc.
 */
#include "roles.aarch64.h"
#include "vectors.h"

        .section .text.boot, "ax"
        .balign 2048
        .globl  vectors_trap
vectors_trap:
        kernel_vectors
        vector
        cbz     ABI_TAG, floor.end
        eret
        other_vectors

        .balign 2048
        .globl  vectors_space_switch
vectors_space_switch:
        kernel_vectors
        vector
        cbz     ABI_TAG, floor.end
        mrs     TEMP, elr_el1
        mrs     LIMIT, sp_el0
        mrs     TLS, tpidr_el0
        stp     TEMP, LIMIT, [CURRENT, #THREAD_PC]
        str     TLS, [CURRENT, #THREAD_TLS]
        ldr     TEMP, [CURRENT, #THREAD_PARTNER]
        mov     CURRENT, TEMP
        ldp     TEMP, TLS, [CURRENT, #THREAD_SPACE]
        msr     ttbr0_el1, TEMP
        ldp     TEMP, LIMIT, [CURRENT, #THREAD_PC]
        msr     elr_el1, TEMP
        msr     sp_el0, LIMIT
        msr     tpidr_el0, TLS
        eret
        other_vectors

floor.end:
        adrp    TEMP, vectors
        add     TEMP, TEMP, :lo12:vectors
        msr     vbar_el1, TEMP
        b       entry
