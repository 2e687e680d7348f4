/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Trap vectors, the slow path in and out, resume().
 *
 * In user space sscratch holds the current thread.  An entry swaps it with tp and swaps it back as soon as tp is saved,
 * so that within the kernel sscratch always holds something that a trap from the kernel itself may store to; that trap
 * then finds SPP set and ends in a panic, on a stack of its own.
 *
 * State at the fast paths' <path>.entry and at syscall_slow: CURRENT (tp) is the current thread, sscratch the user's tp;
 * t0, t3 and t4 are free (they are not preserved by system calls); every other register, and sepc, are the user's.
 */
#include "constants.h"
#include "machine.h"
#include "offsets.h"
#include "registers.h"
#include "registers.riscv64.h"
#include "roles.riscv64.h"

#define STORE_OTHER(index, register) sd register, THREAD_OTHER + 8 * index(CURRENT);
#define LOAD_OTHER(index, register)  ld register, THREAD_OTHER + 8 * index(CURRENT);
#define CLEAR_OTHER(index, register) li register, 0;

/*
 * beqz and bnez to a symbol of another section.  The plain ones become a branch over a jump, in case the symbol is far;
 * kernel.ld puts it near, and the linker says so if it is not.
 */
.macro  BEQZ_NEAR register, target
        .insn b 0x63, 0, \register, zero, \target
.endm
.macro  BNEZ_NEAR register, target
        .insn b 0x63, 1, \register, zero, \target
.endm

.macro  BGEU_NEAR left, right, target
        .insn b 0x63, 7, \left, \right, \target
.endm

/*
 * An entry for all traps.  Told apart by the tag's low 16 bits, shifted to the top of t0: zero is call; a set sign bit
 * is null; bit 14 alone is reply_recv; bit 13 with or without it is signal; all else is told apart by OTHER_ENTRY.
 */
.macro  TRAP_ENTRY name, call, reply_recv, other
        .balign 64
        .globl  \name
\name:
        csrrw   CURRENT, sscratch, CURRENT              // find the current thread
        sd      t0, THREAD_SCRATCH(CURRENT)
        csrr    t0, scause                              // a system call?
        addi    t0, t0, -CAUSE_USER_CALL
        BNEZ_NEAR t0, trap_other
        slli    t0, ABI_TAG, 48
        BEQZ_NEAR t0, \call                             // a bare call
        bltz    t0, null
        slli    t0, t0, 2
        BEQZ_NEAR t0, \reply_recv                       // a bare reply_recv
        slli    t0, t0, 1
        BEQZ_NEAR t0, signal.entry                      // a bare nb_send or signal
        j       \other
.endm

/* The rarer paths, told apart by the tag's low 16 bits; t3 and t4 are free in every system call. */
.macro  OTHER_ENTRY name, long_call, long_reply_recv
\name:
        slli    t0, ABI_TAG, 48
        srli    t0, t0, 48
        li      t3, MESSAGE_EXTRA
        BGEU_NEAR t3, t0, \long_call                    // a call with further words
        li      t4, TAG_REPLY_RECV
        sub     t4, t0, t4
        BGEU_NEAR t3, t4, \long_reply_recv              // a reply_recv
        addi    t3, t0, -TAG_RECV
        BEQZ_NEAR t3, wait.entry
        addi    t3, t0, -TAG_NB_RECV
        BEQZ_NEAR t3, wait.entry
        addi    t3, t0, -TAG_SEND
        BEQZ_NEAR t3, signal.entry
        j       syscall_slow
.endm

        .section .text.hot, "ax"
        TRAP_ENTRY trap_entry, call.entry, reply_recv.entry, syscall_other
        OTHER_ENTRY syscall_other, long_call.entry, long_reply_recv.entry

/* Null: back behind the ecall.  t0 then holds the user's own pc, and tp has not been missed. */
null:
        csrr    t0, sepc
        addi    t0, t0, 4
        csrw    sepc, t0
        csrrw   CURRENT, sscratch, CURRENT
        sret

        TRAP_ENTRY trap_entry_untagged, untagged_call.entry, untagged_reply_recv.entry, untagged_other
        OTHER_ENTRY untagged_other, untagged_long_call.entry, untagged_long_reply_recv.entry

        .section .text.entry, "ax"
        .globl  syscall_slow
syscall_slow:
        csrrw   t0, sscratch, CURRENT                   // save pc, sp, TLS
        sd      t0, THREAD_TLS(CURRENT)
        csrr    t0, sepc
        addi    t0, t0, 4
        sd      t0, THREAD_PC(CURRENT)
        sd      sp, THREAD_SP(CURRENT)
        sd      ABI_TAG, THREAD_TAG(CURRENT)            // and what a blocked sender or a restart needs
        sd      ABI_BADGE, THREAD_BADGE(CURRENT)
        sd      a0, THREAD_MESSAGE + 0(CURRENT)
        sd      a1, THREAD_MESSAGE + 8(CURRENT)
        sd      a2, THREAD_MESSAGE + 16(CURRENT)
        sd      a3, THREAD_MESSAGE + 24(CURRENT)
        sd      a4, THREAD_MESSAGE + 32(CURRENT)
        sd      a5, THREAD_MESSAGE + 40(CURRENT)
        sd      a6, THREAD_MESSAGE + 48(CURRENT)
        sd      a7, THREAD_MESSAGE + 56(CURRENT)
        lla     sp, kernel_stack_top
        mv      a0, CURRENT
        call    kernel_syscall
        j       resume

/* Whatever is no system call of a user program: everything is saved. */
trap_other:
        csrr    t0, sstatus
        andi    t0, t0, SSTATUS_SPP
        bnez    t0, trap_from_kernel
        ld      t0, THREAD_SCRATCH(CURRENT)
        OTHER_REGISTERS(STORE_OTHER)
        csrrw   t0, sscratch, CURRENT
        sd      t0, THREAD_TLS(CURRENT)
        csrr    t0, sepc
        sd      t0, THREAD_PC(CURRENT)
        sd      sp, THREAD_SP(CURRENT)
        sd      ABI_TAG, THREAD_TAG(CURRENT)
        sd      ABI_BADGE, THREAD_BADGE(CURRENT)
        sd      a0, THREAD_MESSAGE + 0(CURRENT)
        sd      a1, THREAD_MESSAGE + 8(CURRENT)
        sd      a2, THREAD_MESSAGE + 16(CURRENT)
        sd      a3, THREAD_MESSAGE + 24(CURRENT)
        sd      a4, THREAD_MESSAGE + 32(CURRENT)
        sd      a5, THREAD_MESSAGE + 40(CURRENT)
        sd      a6, THREAD_MESSAGE + 48(CURRENT)
        sd      a7, THREAD_MESSAGE + 56(CURRENT)
        lla     sp, kernel_stack_top
        mv      a0, CURRENT
        csrr    a1, scause
        csrr    a2, stval
        call    trap_from_user

/* a0: the thread to leave for; its address space is loaded. */
        .globl  resume
resume:
        mv      CURRENT, a0
        csrw    sscratch, CURRENT
        ld      t0, THREAD_PC(CURRENT)
        csrw    sepc, t0
        ld      ABI_TAG, THREAD_TAG(CURRENT)
        ld      ABI_BADGE, THREAD_BADGE(CURRENT)
        ld      a0, THREAD_MESSAGE + 0(CURRENT)
        ld      a1, THREAD_MESSAGE + 8(CURRENT)
        ld      a2, THREAD_MESSAGE + 16(CURRENT)
        ld      a3, THREAD_MESSAGE + 24(CURRENT)
        ld      a4, THREAD_MESSAGE + 32(CURRENT)
        ld      a5, THREAD_MESSAGE + 40(CURRENT)
        ld      a6, THREAD_MESSAGE + 48(CURRENT)
        ld      a7, THREAD_MESSAGE + 56(CURRENT)
        lw      t0, GATE_BITS(CURRENT)                  // a full context?
        andi    t3, t0, GATE_FULL
        bnez    t3, resume_full
        OTHER_REGISTERS(CLEAR_OTHER)
        ld      sp, THREAD_SP(CURRENT)
        ld      tp, THREAD_TLS(CURRENT)
        sret

resume_full:
        xori    t0, t0, GATE_FULL
        sw      t0, GATE_BITS(CURRENT)
        OTHER_REGISTERS(LOAD_OTHER)
        ld      sp, THREAD_SP(CURRENT)
        ld      tp, THREAD_TLS(CURRENT)
        sret

/*
 * A trap from the kernel: its own mistake.  CURRENT is what sscratch held, which takes the registers (a thread's
 * registers are void while the kernel runs for it, and there is no way back).  A second one, while the first is
 * reported, stops the processor.
 */
trap_from_kernel:
        lla     t0, trap_dead
        csrw    stvec, t0
        lla     t0, panic_registers
        sd      ra, 1 * 8(t0)
        sd      sp, 2 * 8(t0)
        sd      gp, 3 * 8(t0)
        sd      t1, 6 * 8(t0)
        sd      t2, 7 * 8(t0)
        sd      s0, 8 * 8(t0)
        sd      s1, 9 * 8(t0)
        sd      a0, 10 * 8(t0)
        sd      a1, 11 * 8(t0)
        sd      a2, 12 * 8(t0)
        sd      a3, 13 * 8(t0)
        sd      a4, 14 * 8(t0)
        sd      a5, 15 * 8(t0)
        sd      a6, 16 * 8(t0)
        sd      a7, 17 * 8(t0)
        sd      s2, 18 * 8(t0)
        sd      s3, 19 * 8(t0)
        sd      s4, 20 * 8(t0)
        sd      s5, 21 * 8(t0)
        sd      s6, 22 * 8(t0)
        sd      s7, 23 * 8(t0)
        sd      s8, 24 * 8(t0)
        sd      s9, 25 * 8(t0)
        sd      s10, 26 * 8(t0)
        sd      s11, 27 * 8(t0)
        sd      t3, 28 * 8(t0)
        sd      t4, 29 * 8(t0)
        sd      t5, 30 * 8(t0)
        sd      t6, 31 * 8(t0)
        ld      t1, THREAD_SCRATCH(CURRENT)
        sd      t1, 5 * 8(t0)
        csrr    t1, sscratch
        sd      t1, 4 * 8(t0)
        csrr    t1, sepc
        sd      t1, 0 * 8(t0)
        mv      a0, t0
        csrr    a1, scause
        csrr    a2, stval
        lla     sp, panic_stack_top
        call    trap_report

        .balign 4
        .globl  trap_dead
trap_dead:
        wfi
        j       trap_dead

        .section .bss
        .balign 64
panic_registers:
        .zero   32 * 8

/* What sscratch holds before there is a thread. */
        .globl  boot_scratch
        .balign 64
boot_scratch:
        .zero   256
