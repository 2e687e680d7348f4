/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The steps that a long message has beside a bare one.  FROM and TO are the buffers; the words pass through s3 to s6.
 * What is cleared only when the address space changes may hold words that were sent, but no kernel's value.
 */
#pragma once
#define FROM  s0                /* struct ipc_buffer *  the sender's                            */
#define TO    s1                /* struct ipc_buffer *  the other one's                         */
#define WORDS s2                /* uint64_t             further words; then where FROM ends     */

/* Both have a buffer, or else to slow. */
.macro check_buffers other, slow
        ld      FROM, THREAD_BUFFER(CURRENT)            // we have a buffer?
        beqz    FROM, \slow
        ld      TO, THREAD_BUFFER(\other)               // the other one has a buffer?
        beqz    TO, \slow
.endm

.macro copy_four offset
        ld      s3, \offset(FROM)
        ld      s4, \offset + 8(FROM)
        ld      s5, \offset + 16(FROM)
        ld      s6, \offset + 24(FROM)
        sd      s3, \offset(TO)
        sd      s4, \offset + 8(TO)
        sd      s5, \offset + 16(TO)
        sd      s6, \offset + 24(TO)
.endm

.macro advance bytes
        addi    FROM, FROM, \bytes
        addi    TO, TO, \bytes
.endm

/* First what does not fill a block of 16 words, then the blocks: at most seven turns. */
.macro copy_words
        andi    WORDS, ABI_TAG, TAG_LENGTH_MASK
        andi    TEMP, WORDS, 1
        beqz    TEMP, 1f
        ld      s3, (FROM)
        sd      s3, (TO)
        advance 8
1:      andi    TEMP, WORDS, 2
        beqz    TEMP, 2f
        ld      s3, (FROM)
        ld      s4, 8(FROM)
        sd      s3, (TO)
        sd      s4, 8(TO)
        advance 16
2:      andi    TEMP, WORDS, 4
        beqz    TEMP, 3f
        copy_four 0
        advance 32
3:      andi    TEMP, WORDS, 8
        beqz    TEMP, 4f
        copy_four 0
        copy_four 32
        advance 64
4:      andi    WORDS, WORDS, 0x70                      // whole blocks
        beqz    WORDS, 6f
        slli    WORDS, WORDS, 3
        add     WORDS, FROM, WORDS
5:      copy_four 0
        copy_four 32
        copy_four 64
        copy_four 96
        advance 128
        bne     FROM, WORDS, 5b
6:      li      FROM, 0                                 // the kernel's values
        li      TO, 0
        li      WORDS, 0
.endm
