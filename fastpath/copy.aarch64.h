/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The steps that a long message has beside a bare one.  FROM and TO are the buffers; the words pass through x22 to x25.
 * What is cleared only when the address space changes may hold words that were sent, but no kernel's value.
 */
#pragma once
#define FROM    x19             /* struct ipc_buffer *  the sender's                            */
#define TO      x20             /* struct ipc_buffer *  the other one's                         */
#define WORDS   x21             /* uint64_t             further words                           */
#define WORDS_W w21

/* Both have a buffer, or else to slow. */
.macro check_buffers other, slow
        ldr     FROM, [CURRENT, #THREAD_BUFFER]         // we have a buffer?
        cbz     FROM, \slow
        ldr     TO, [\other, #THREAD_BUFFER]            // the other one has a buffer?
        cbz     TO, \slow
.endm

.macro copy_four offset
        ldp     x22, x23, [FROM, #\offset]
        ldp     x24, x25, [FROM, #\offset + 16]
        stp     x22, x23, [TO, #\offset]
        stp     x24, x25, [TO, #\offset + 16]
.endm

.macro advance bytes
        add     FROM, FROM, #\bytes
        add     TO, TO, #\bytes
.endm

/* First what does not fill a block of 32 words, then the blocks: at most three turns. */
.macro copy_words
        and     WORDS, ABI_TAG, #TAG_LENGTH_MASK
        tbz     WORDS_W, #0, 1f
        ldr     x22, [FROM]
        str     x22, [TO]
        advance 8
1:      tbz     WORDS_W, #1, 2f
        ldp     x22, x23, [FROM]
        stp     x22, x23, [TO]
        advance 16
2:      tbz     WORDS_W, #2, 3f
        copy_four 0
        advance 32
3:      tbz     WORDS_W, #3, 4f
        copy_four 0
        copy_four 32
        advance 64
4:      tbz     WORDS_W, #4, 5f
        copy_four 0
        copy_four 32
        copy_four 64
        copy_four 96
        advance 128
5:      lsr     WORDS, WORDS, #5                        // whole blocks
        cbz     WORDS, 7f
6:      copy_four 0
        copy_four 32
        copy_four 64
        copy_four 96
        copy_four 128
        copy_four 160
        copy_four 192
        copy_four 224
        advance 256
        sub     WORDS, WORDS, #1
        cbnz    WORDS, 6b
7:      mov     FROM, xzr                               // the kernel's values
        mov     TO, xzr
.endm
