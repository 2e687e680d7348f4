/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A guest whose every instruction was counted by hand, to test the plugin against: a kernel of one trap handler, in the
 * high half, and a user program that makes ten pairs of system calls between its two marker stores.  QEMU's virt machine,
 * through OpenSBI; analysis/test/test_plugin.py holds the expected numbers.
 *
 * Linked at 0x80200000, and mapped by three 1 GiB pages: where it is (for the jump), at HIGH (kernel), at LOW (user).
 */
#define PHYSICAL 0x80000000
#define HIGH     0xffffffc000000000     /* + physical address */
#define LOW      0x40000000             /* - physical address */
#define PAGE(rights) ((PHYSICAL >> 2) | (rights))
#define RWX_USER   0xdf
#define RWX_KERNEL 0xcf

        .text
        .globl  _start
_start:
        la      t0, root
        srli    t0, t0, 12
        li      t1, 8 << 60                             // Sv39
        or      t0, t0, t1
        la      t2, high
        li      t3, HIGH
        add     t2, t2, t3
        csrw    satp, t0
        sfence.vma
        jr      t2
high:
        la      t0, trap
        csrw    stvec, t0
        li      t0, 1 << 18                             // SUM: the handler's data lies in a user page
        csrs    sstatus, t0
        la      t0, user
        sub     t0, t0, t3
        li      t3, LOW
        sub     t0, t0, t3
        csrw    sepc, t0
        li      t0, 1 << 8                              // SPP: to user mode
        csrc    sstatus, t0
        sret

/* a0 = 0: 13 instructions, 2 loads on 2 lines, 1 store.  a0 = 1: 3 more, and a call of the firmware.  a0 = 2: the end. */
        .balign 64
        .skip   32                                      // the handler's 64 bytes lie on two lines
trap:
        csrrw   sp, sscratch, sp
        la      t0, save                                // two instructions
        sd      a0, 0(t0)
        ld      a1, 0(t0)
        ld      a1, 60(t0)                              // across two lines
        csrr    t1, sepc
        addi    t1, t1, 4
        csrw    sepc, t1
        li      t2, 2
        beq     a0, t2, end
        beqz    a0, 1f
        li      a7, 1                                   // console putchar
        li      a0, '.'
        ecall
        .globl  call.commit
call.commit:
1:
        sret
end:
        li      a7, 0x53525354                          // system reset: shut down
        li      a6, 0
        li      a0, 0
        li      a1, 0
        ecall

        .balign 4096
user:
        la      s0, marker
        li      s1, 10
        sd      zero, 0(s0)                             // begin
1:
        li      a0, 0
        ecall
        li      a0, 1
        ecall
        addi    s1, s1, -1
        bnez    s1, 1b
        sd      zero, 8(s0)                             // end
        li      a0, 2
        ecall

        .data
        .balign 4096
root:
        .quad   0, PAGE(RWX_USER), PAGE(RWX_KERNEL)
        .fill   253, 8, 0
        .quad   0, 0, PAGE(RWX_KERNEL)                  // 258: HIGH + 2 GiB
        .fill   253, 8, 0
        .globl  marker
marker:
        .fill   512, 8, 0
save:
        .fill   512, 8, 0
