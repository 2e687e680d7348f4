/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The parts of a vector table that entry.S and the floors (fastpath/floor.aarch64.S) have in common: all but
 * the first entry of the third group, the synchronous exceptions of 64-bit user code.  A table is 2 KiB aligned.
 */
#pragma once

.macro vector
        .balign 128
.endm

/* Vectors for exceptions from the kernel itself: it is a mistake of the kernel's, whatever it is. */
.macro kernel_vectors
        .rept 8
        vector
        b       kernel_exception
        .endr
.endm

/* Those from 64-bit user code but for the first (synchronous); and from 32-bit user code, which there is none of. */
.macro other_vectors
        vector
        b       interrupt                               // IRQ
        vector
        b       interrupt                               // FIQ
        vector
        b       serror
        .rept 4
        vector
        b       kernel_exception
        .endr
.endm
