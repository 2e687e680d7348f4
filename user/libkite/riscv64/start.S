/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where a program starts: the first argument register holds the address of its struct boot_page, all else is undefined.
 * Gives the first thread its stack and goes on in C.
 */
        .globl _start
_start:
        la      sp, start_stack_end
        li      s0, 0
        call    start
        unimp

        .bss
        .balign 4096
        .space  0x4000
start_stack_end:
