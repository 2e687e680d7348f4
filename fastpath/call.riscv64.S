/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast path of call; equal to kernel/ipc.c: ipc_send() to a waiting passive receiver.  Steps: call.def.
 * On entry (arch/riscv64/entry.S): CURRENT is set, sscratch holds the user's tp, TEMP is free, all else is the user's.
 */
#include "roles.riscv64.h"
#ifdef LONG
#include "copy.riscv64.h"
#define NO_ENDPOINT call.slow     /* a method takes no further words */
#else
#define NO_ENDPOINT call.other
#endif
#include "step.h"

        .section .text.hot.call, "ax"
        .balign PATH_ALIGN
ENTRY(call)
        csrrw   TEMP, sscratch, CURRENT                 // save TLS
        sd      TEMP, THREAD_TLS(CURRENT)
        csrr    TEMP, sepc                              // save pc, behind the system call
        addi    TEMP, TEMP, 4
        sd      TEMP, THREAD_PC(CURRENT)
        sd      sp, THREAD_SP(CURRENT)                  // save sp

STEP(call, find_slot)
        ld      TEMP, THREAD_CNODE_MASK(CURRENT)        // the address lies in the root CNode?
        ld      SLOT, THREAD_CNODE(CURRENT)
        bltu    TEMP, BADGE, call.slow
        and     TEMP, TEMP, BADGE                       // masked all the same
        slli    TEMP, TEMP, SLOT_BITS
        add     SLOT, SLOT, TEMP

STEP(call, check_right)
        lw      TEMP, CAP_RIGHTS(SLOT)                  // an endpoint we may send to?
        andi    TEMP, TEMP, RIGHT_endpoint_send
        beqz    TEMP, NO_ENDPOINT
        ld      ENDPOINT, CAP_OBJECT(SLOT)

STEP(call, check_receiver)
        ld      RECEIVER, OF_ENDPOINT(ENDPOINT_RECEIVER)(ENDPOINT)      // who waits there? (nobody: its gate is set)

STEP(call, check_gate)
        lw      TEMP, GATE_BITS(CURRENT)                // we are plain?
        bnez    TEMP, call.slow
        ld      TEMP, THREAD_GATE(RECEIVER)             // the receiver is plain, and nobody ready is more important?
        lui     LIMIT, %hi(core + CORE_LIMIT)
        ld      LIMIT, %lo(core + CORE_LIMIT)(LIMIT)
        bltu    LIMIT, TEMP, call.slow

#ifdef LONG
STEP(call, check_buffers)
        check_buffers RECEIVER, call.slow

#endif
/* Nothing has been written but the save area; from here on nothing can fail. */
STEP(call, commit)
        ld      TEMP, THREAD_NEXT(RECEIVER)             // endpoint->receiver = receiver->next
        sd      TEMP, OF_ENDPOINT(ENDPOINT_RECEIVER)(ENDPOINT)
        sd      RECEIVER, THREAD_WAITS(CURRENT)         // current->waits = receiver, for its answer
        sd      CURRENT, THREAD_CALLER(RECEIVER)        // receiver->caller = current
        sd      zero, THREAD_WAITS(RECEIVER)            // receiver->waits = nothing
        ld      BADGE, CAP_BADGE(SLOT)                  // the receiver sees the badge

#ifdef LONG
STEP(call, copy)
        copy_words

#endif
STEP(call, switch)
        csrw    sscratch, RECEIVER                      // the receiver is the current thread
        ld      LIMIT, THREAD_SPACE(CURRENT)            // the same address space?
        ld      TEMP, THREAD_SPACE(RECEIVER)
        beq     LIMIT, TEMP, call.resume
        csrw    satp, TEMP                              // load the other one
        SPACE_LOADED

STEP(call, clear)
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
        li      t6, 0

STEP(call, resume)
        ld      TEMP, THREAD_PC(RECEIVER)               // restore pc
        csrw    sepc, TEMP
        li      TEMP, 0                                 // the kernel's values
        li      SLOT, 0
        li      ENDPOINT, 0
        li      LIMIT, 0
        ld      tp, THREAD_TLS(RECEIVER)                // restore TLS
        ld      sp, THREAD_SP(RECEIVER)                 // restore sp
        sret

#ifndef LONG
STEP(call, other)
        j       acknowledge.entry                       // an interrupt handler?

#endif
        .globl  call.slow                               // for what stands in for acknowledge
STEP(call, slow)
        ld      sp, THREAD_SP(CURRENT)                  // all is again as it was on entry
        ld      TEMP, THREAD_TLS(CURRENT)
        csrw    sscratch, TEMP
        j       syscall_slow
