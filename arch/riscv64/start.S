/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The boot loader's entry (SBI: a0 the hart, a1 the physical address of the device tree, MMU off): makes the first page
 * tables, turns the MMU on and calls boot_main().  It runs wherever it was loaded, on a page boundary; the image must
 * lie in the first 254 GiB, which the direct map covers.
 */
#include "machine.h"

#define FROM     s0
#define TO       s1
#define OFFSET   s2                     /* virtual address of the image - physical */
#define HART     s3
#define TREE     s4

        .section .text.start, "ax"
        .globl  _start
_start:
        csrw    sie, zero                               // no interrupts, in kernel or user space
        li      t0, SSTATUS_SIE | SSTATUS_FS | SSTATUS_VS | SSTATUS_SUM | SSTATUS_MXR
        csrc    sstatus, t0                             // no FPU, no vectors, no user memory
        li      t0, 7                                   // user programs may read cycle, time and instret
        csrw    scounteren, t0
        mv      HART, a0
        mv      TREE, a1

        lla     t0, bss_start                           // a raw image brings no zeros
        lla     t1, bss_end
1:      sd      zero, 0(t0)
        addi    t0, t0, 8
        bltu    t0, t1, 1b

        lla     FROM, _start                            // where are we?
        lla     t0, image_physical
        sd      FROM, 0(t0)
        li      OFFSET, KERNEL_BASE
        sub     OFFSET, OFFSET, FROM

        /* The image: root -> table_image_middle -> table_image_low -> 4 KiB pages. */
        lla     FROM, image_start
        lla     TO, text_end
        li      a2, PTE_KERNEL | PTE_READ | PTE_EXECUTE
        call    map_image
        lla     FROM, rodata_start
        lla     TO, rodata_end
        li      a2, PTE_KERNEL | PTE_READ
        call    map_image
        lla     FROM, data_start
        lla     TO, image_end
        li      a2, PTE_KERNEL | PTE_READ | PTE_WRITE
        call    map_image
        lla     t0, stack_guard                         // below the stack nothing is mapped: an overflow is a fault
        call    find_entry
        sd      zero, 0(t0)

        lla     t0, table_image_middle                  // KERNEL_BASE: root entry 510, then entry 0
        lla     t1, table_image_low
        srli    t1, t1, 2
        addi    t1, t1, PTE_VALID
        sd      t1, 0(t0)
        lla     t1, table_root
        li      t2, 510 * 8
        add     t2, t1, t2
        srli    t0, t0, 2
        addi    t0, t0, PTE_VALID
        sd      t0, 0(t2)

        /* The direct map: root entries 256 to 509, 1 GiB each. */
        li      t0, 256 * 8
        add     t0, t1, t0
        li      t3, PTE_KERNEL | PTE_READ | PTE_WRITE
        li      t4, 1 << 28                             // 1 GiB as a page number in an entry: 2^30 >> 2
1:      sd      t3, 0(t0)
        add     t3, t3, t4
        addi    t0, t0, 8
        bltu    t0, t2, 1b

        /* With the next fetch the physical pc is not mapped any more: the fault goes to stvec, which is. */
        srli    t1, t1, 12
        li      t0, SATP_SV39 << SATP_MODE_SHIFT
        or      t1, t1, t0
        lla     t0, virtual
        add     t0, t0, OFFSET
        csrw    stvec, t0
        sfence.vma
        csrw    satp, t1

        .balign 4
virtual:
        lla     t0, trap_dead                           // until boot_main() sets the real one
        csrw    stvec, t0
        li      t0, SSTATUS_SPP                         // the fault set it: the first sret goes to user mode
        csrc    sstatus, t0
        lla     sp, kernel_stack_top
        mv      a0, HART
        mv      a1, TREE
        li      gp, 0
        li      tp, 0
        call    boot_main

/* t0: physical address within the image; returns the address of its entry in table_image_low in t0.  Uses t1. */
find_entry:
        add     t0, t0, OFFSET
        srli    t0, t0, 12
        andi    t0, t0, 511
        slli    t0, t0, 3
        lla     t1, table_image_low
        add     t0, t0, t1
        ret

/* Maps the pages from FROM to TO (physical) with the bits in a2.  Uses t0, t1, t2, a3. */
map_image:
        mv      a3, ra
1:      bgeu    FROM, TO, 2f
        mv      t0, FROM
        call    find_entry
        srli    t2, FROM, 12
        slli    t2, t2, 10
        or      t2, t2, a2
        sd      t2, 0(t0)
        li      t0, 4096
        add     FROM, FROM, t0
        j       1b
2:      jr      a3

        .section .bss.tables, "aw", @nobits
        .balign 4096
        .globl  table_root
table_root:             .zero 4096
table_image_middle:     .zero 4096
        .globl  table_image_low
table_image_low:        .zero 4096

/* One stack for the kernel, one to report what went wrong on it. */
        .section .bss.stack, "aw", @nobits
        .balign 4096
stack_guard:            .zero 4096
                        .zero 16384
        .globl  kernel_stack_top
kernel_stack_top:       .zero 4096
        .globl  panic_stack_top
panic_stack_top:

        .section .data
        .balign 8
        .globl  image_physical
image_physical:         .quad 0
