/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where a program starts: the first argument register holds the address of its struct boot_page, all else is undefined.
 * Gives the first thread its stack and goes on in C.
 */
        .globl _start
_start:
        adrp    x1, start_stack_end
        add     sp, x1, :lo12:start_stack_end
        mov     x29, xzr
        mov     x30, xzr
        bl      start
        udf     #0

        .bss
        .balign 4096
        .space  0x4000
start_stack_end:
