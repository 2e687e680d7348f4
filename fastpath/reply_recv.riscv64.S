/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of reply_recv; equal to kernel/ipc.c: ipc_reply_recv() with a passive caller and an idle endpoint.
 * Steps: reply_recv.def.
 * On entry (arch/riscv64/entry.S): CURRENT is set, sscratch holds the user's tp, TEMP is free, all else is the user's.
 */
#include "roles.riscv64.h"
#ifdef LONG
#include "copy.riscv64.h"
#endif
#include "step.h"

        .section .text.hot.reply_recv, "ax"
        .balign PATH_ALIGN
ENTRY(reply_recv)
        csrrw   TEMP, sscratch, CURRENT                 // save TLS
        sd      TEMP, THREAD_TLS(CURRENT)
        csrr    TEMP, sepc                              // save pc, behind the system call
        addi    TEMP, TEMP, 4
        sd      TEMP, THREAD_PC(CURRENT)
        sd      sp, THREAD_SP(CURRENT)                  // save sp

STEP(reply_recv, find_slot)
        ld      TEMP, THREAD_CNODE_MASK(CURRENT)        // the address lies in the root CNode?
        ld      SLOT, THREAD_CNODE(CURRENT)
        bltu    TEMP, BADGE, reply_recv.slow
        and     TEMP, TEMP, BADGE                       // masked all the same
        slli    TEMP, TEMP, SLOT_BITS
        add     SLOT, SLOT, TEMP

STEP(reply_recv, check_right)
        lw      TEMP, CAP_RIGHTS(SLOT)                  // an endpoint we may receive on?
        andi    TEMP, TEMP, RIGHT_endpoint_receive
        beqz    TEMP, reply_recv.slow
        ld      ENDPOINT, CAP_OBJECT(SLOT)

STEP(reply_recv, check_idle)
        ld      TEMP, OF_ENDPOINT(ENDPOINT_RECEIVER)(ENDPOINT)          // nobody waits there, to send or to receive?
        lui     NOWHERE, %hi(nobody)
        bne     TEMP, NOWHERE, reply_recv.slow

STEP(reply_recv, check_gate)
        lw      TEMP, GATE_BITS(CURRENT)                // we are plain?
        bnez    TEMP, reply_recv.slow
        ld      CALLER, THREAD_CALLER(CURRENT)          // who waits for our answer? (nobody: its gate is set)
        ld      TEMP, THREAD_GATE(CALLER)               // the caller is plain, and nobody ready is more important?
        ld      LIMIT, %lo(core_from_nobody + CORE_LIMIT)(NOWHERE)
        bltu    LIMIT, TEMP, reply_recv.slow

#ifdef LONG
STEP(reply_recv, check_buffers)
        check_buffers CALLER, reply_recv.slow

#endif
/* Nothing has been written but the save area; from here on nothing can fail. */
STEP(reply_recv, commit)
        sd      CURRENT, OF_ENDPOINT(ENDPOINT_RECEIVER)(ENDPOINT)       // endpoint->receiver = current
        sd      ENDPOINT, THREAD_WAITS(CURRENT)         // current->waits = endpoint, to receive
        sd      NOWHERE, THREAD_CALLER(CURRENT)         // current->caller = nobody
        sd      NOWHERE, THREAD_NEXT(CURRENT)           // current->next = nobody
        sd      zero, THREAD_WAITS(CALLER)              // caller->waits = nothing
        li      BADGE, 0                                // an answer has no badge

#ifdef LONG
STEP(reply_recv, copy)
        copy_words

#endif
STEP(reply_recv, switch)
        csrw    sscratch, CALLER                        // the caller is the current thread
        ld      LIMIT, THREAD_SPACE(CURRENT)            // the same address space?
        ld      TEMP, THREAD_SPACE(CALLER)
        beq     LIMIT, TEMP, reply_recv.resume
        csrw    satp, TEMP                              // load the other one
        SPACE_LOADED

STEP(reply_recv, clear)
        li      ra, 0                                   // the sender's registers
        li      gp, 0
        li      s0, 0
        li      s1, 0
        li      s2, 0
        li      s3, 0
        li      s4, 0
        li      s5, 0
        li      s6, 0
        li      s7, 0
        li      s8, 0
        li      s9, 0
        li      s10, 0
        li      s11, 0

STEP(reply_recv, resume)
        ld      TEMP, THREAD_PC(CALLER)                 // restore pc
        csrw    sepc, TEMP
        li      TEMP, 0                                 // the kernel's values
        li      SLOT, 0
        li      ENDPOINT, 0
        li      LIMIT, 0
        li      NOWHERE, 0
        ld      tp, THREAD_TLS(CALLER)                  // restore TLS
        ld      sp, THREAD_SP(CALLER)                   // restore sp
        sret

STEP(reply_recv, slow)
        ld      sp, THREAD_SP(CURRENT)                  // all is again as it was on entry
        ld      TEMP, THREAD_TLS(CURRENT)
        csrw    sscratch, TEMP
        j       syscall_slow
