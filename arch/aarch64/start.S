/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The entry from the boot loader, as the arm64 boot protocol has it (Linux, Documentation/arch/arm64/booting.rst):
 * x0 is the device tree, the MMU is off, the image lies anywhere, page aligned.  Drops from EL2 to EL1, maps the kernel
 * where it is linked, and goes on in boot_main() on the kernel's stack.
 *
 * With the MMU off every address is taken relative to the pc; the identity map lives from the write to SCTLR_EL1 to the
 * jump behind it, and the emptied table then is what TTBR0 holds while there is no user space.
 */
#include "registers.h"

#define EL2 8                                           /* CurrentEL */

/* Page-table entries (DDI 0487, D8.3): what kind, and who may do what. */
#define ENTRY_TABLE    3
#define ENTRY_BLOCK    1
#define ENTRY_PAGE     (3 | 3 << 8 | 1 << 10)           /* inner shareable, accessed, MAIR index 0 */
#define ENTRY_READ     (1 << 7)                         /* read only */
#define ENTRY_XN       (3 << 53)                        /* neither user nor kernel executes */
#define ENTRY_UXN      (1 << 54)
#define PAGE_TEXT      (ENTRY_PAGE | ENTRY_READ | ENTRY_UXN)
#define PAGE_CONSTANT  (ENTRY_PAGE | ENTRY_READ | ENTRY_XN)
#define PAGE_DATA      (ENTRY_PAGE | ENTRY_XN)

/* MAIR: 0 normal write-back, 1 device nGnRE. */
#define MAIR           0x04ff
/* TCR: T0SZ = T1SZ = 16, walks inner shareable and write-back, 4 KiB granules; IPS and AS come from the machine. */
#define TCR            (16 | 1 << 8 | 1 << 10 | 3 << 12 | 16 << 16 | 1 << 24 | 1 << 26 | 3 << 28 | 2 << 30)
#define TCR_IPS_SHIFT  32
#define TCR_AS_SHIFT   36
#define IPS_48_BITS    5

/*
 * SCTLR_EL1 (DDI 0487, D19.2).  Off: PAC, tags, alignment checks, WXN (user pages may be writable and executable).
 * ONES: LSMAOE, nTLSMD, EIS, TSCXT, EOS, SED, ITD.
 */
#define SCTLR_ONES     (1 << 29 | 1 << 28 | 1 << 22 | 1 << 20 | 1 << 11 | 1 << 8 | 1 << 7)
#define SCTLR_SPAN     (1 << 23)                        /* leave PAN alone; 0: every exception sets it */
#define SCTLR_USER     (1 << 26 | 1 << 18 | 1 << 15 | 1 << 14)  /* UCI, nTWE, UCT, DZE; wfi traps */
#define SCTLR_ON       (1 << 12 | 1 << 4 | 1 << 3 | 1 << 2 | 1) /* I, SA0, SA, C, M */

#define SPSR_EL1H      0x3c5                            /* EL1, its own stack pointer, all masked */

/* Where the label lies now, relative to the pc. */
.macro address register, label
        adrp    \register, \label
        add     \register, \register, :lo12:\label
.endm

        .section .text.start, "ax"
        .globl  start
start:
        b       begin                                   // the header: code0, code1
        nop
        .quad   0                                       // text offset
        .quad   image_bytes                             // with .bss and stack
        .quad   0xa                                     // little endian, 4 KiB pages, anywhere in memory
        .quad   0, 0, 0
        .ascii  "ARM\x64"
        .long   0

begin:
        mov     x20, x0                                 // device tree
        adrp    x21, start                              // where the image lies
        mrs     x1, currentel
        cmp     x1, #EL2
        b.lo    from_el1
        b.eq    from_el2
1:      wfe                                             // at EL3: no boot loader does that
        b       1b

/* ---- EL2: let EL1 do everything, and go there ---- */

from_el2:
        mov     x1, #1 << 31                            // EL1 is AArch64; nothing traps
        msr     hcr_el2, x1
        isb
        mov     x1, #3                                  // EL1 reads counter and timer
        msr     cnthctl_el2, x1
        msr     cntvoff_el2, xzr
        mov     x1, #0x33ff                             // no FPU traps (ones are RES1)
        msr     cptr_el2, x1
        msr     hstr_el2, xzr
        msr     vttbr_el2, xzr
        mrs     x1, midr_el1
        msr     vpidr_el2, x1
        mrs     x1, mpidr_el1
        msr     vmpidr_el2, x1

        mrs     x1, id_aa64dfr0_el1                     // all performance counters are EL1's
        ubfx    x1, x1, #8, #4
        sub     x2, x1, #1
        cmp     x2, #0xe                                // neither none (0) nor somebody's own (15)
        mov     x2, xzr
        b.hs    1f
        mrs     x2, pmcr_el0
        ubfx    x2, x2, #11, #5
1:      msr     mdcr_el2, x2

        mrs     x1, id_aa64pfr0_el1                     // GICv3: system registers at EL1
        ubfx    x1, x1, #24, #4
        cbz     x1, 2f
        mrs     x1, s3_4_c12_c9_5                       // ICC_SRE_EL2
        orr     x1, x1, #1                              // SRE
        orr     x1, x1, #8                              // Enable
        msr     s3_4_c12_c9_5, x1
        isb
        msr     s3_4_c12_c11_0, xzr                     // ICH_HCR_EL2

2:      mrs     x1, id_aa64mmfr0_el1                    // fine-grained traps: none
        lsr     x1, x1, #56
        tst     x1, #0xf
        b.eq    3f
        msr     s3_4_c1_c1_4, xzr                       // HFGRTR_EL2
        msr     s3_4_c1_c1_5, xzr                       // HFGWTR_EL2
        msr     s3_4_c1_c1_6, xzr                       // HFGITR_EL2
        msr     s3_4_c3_c1_4, xzr                       // HDFGRTR_EL2
        msr     s3_4_c3_c1_5, xzr                       // HDFGWTR_EL2

3:      ldr     x1, =SCTLR_ONES | SCTLR_SPAN            // EL1's MMU and caches are off
        msr     sctlr_el1, x1
        mov     x1, #SPSR_EL1H
        msr     spsr_el2, x1
        address x1, from_el1
        msr     elr_el2, x1
        eret

/* ---- EL1 ---- */

from_el1:
        msr     daifset, #15
        bl      forget_bss                              // stale lines must not come back over what is written now
        address x1, bss_start
        address x2, bss_end
1:      stp     xzr, xzr, [x1], #16
        cmp     x1, x2
        b.lo    1b
        bl      make_tables
        bl      forget_bss

        ldr     x1, =MAIR
        msr     mair_el1, x1
        ldr     x1, =TCR
        mrs     x2, id_aa64mmfr0_el1
        and     x3, x2, #0xf                            // physical addresses, no wider than 48 bits
        mov     x4, #IPS_48_BITS
        cmp     x3, x4
        csel    x3, x3, x4, lo
        orr     x1, x1, x3, lsl #TCR_IPS_SHIFT
        ubfx    x2, x2, #4, #4                          // ASIDs of 16 bits?
        cmp     x2, #2
        cset    x2, eq
        orr     x1, x1, x2, lsl #TCR_AS_SHIFT
        msr     tcr_el1, x1
        address x1, empty_root
        msr     ttbr0_el1, x1
        address x1, kernel_root
        msr     ttbr1_el1, x1
        dsb     sy
        isb
        tlbi    vmalle1
        ic      iallu
        dsb     nsh
        isb

        ldr     x1, =SCTLR_ONES | SCTLR_USER | SCTLR_ON
        mrs     x2, id_aa64mmfr1_el1                    // no PAN: its bit reads as one
        ubfx    x2, x2, #20, #4
        cmp     x2, #0
        cset    x2, eq
        orr     x1, x1, x2, lsl #23
        msr     sctlr_el1, x1
        isb
        ldr     x1, =high
        br      x1

high:
        address x1, empty_root                          // the identity map has served
        str     xzr, [x1, x22]
        dsb     ishst
        tlbi    vmalle1
        dsb     nsh
        isb

        address x1, vectors
        msr     vbar_el1, x1
        msr     cpacr_el1, xzr                          // the FPU traps, here and in user programs
        msr     mdscr_el1, xzr                          // no debug events
        msr     contextidr_el1, xzr
        msr     tpidr_el0, xzr
        msr     tpidrro_el0, xzr
        msr     cntv_ctl_el0, xzr                       // no timer runs
        msr     cntp_ctl_el0, xzr
        mov     x1, #3                                  // user programs may read the system's counter,
        msr     cntkctl_el1, x1
        mrs     x1, id_aa64dfr0_el1                     // but neither performance
        ubfx    x1, x1, #8, #4
        sub     x1, x1, #1
        cmp     x1, #0xe
        b.hs    1f
        msr     pmuserenr_el0, xzr
1:      mrs     x1, id_aa64pfr0_el1                     // nor activity monitors
        ubfx    x1, x1, #44, #4
        cbz     x1, 2f
        msr     s3_3_c13_c2_3, xzr                      // AMUSERENR_EL0
2:
        isb
        address x1, stack_top
        mov     sp, x1
        mov     x29, xzr
        mov     x0, x20
        mov     x1, x21
        bl      boot_main                               // does not return
        udf     #0

/* Makes no cache hold a line of .bss.  Changes x1 to x4. */
forget_bss:
        mrs     x3, ctr_el0
        ubfx    x3, x3, #16, #4                         // log2 of the smallest line in words
        mov     x4, #4
        lsl     x3, x4, x3
        address x1, bss_start
        address x2, bss_end
1:      dc      ivac, x1
        add     x1, x1, x3
        cmp     x1, x2
        b.lo    1b
        dsb     sy
        ret

/*
 * The kernel's map, page by page, each section with its own rights; and a block of 2 MiB around what runs now, mapped
 * where it lies.  x22 = offset of the latter's entry in empty_root.
 */
make_tables:
        mov     x28, x30
        address x22, kernel_level_0
        address x1, start
        address x2, text_end
        ldr     x3, =PAGE_TEXT
        bl      map_pages
        address x1, text_end
        address x2, data_start
        ldr     x3, =PAGE_CONSTANT
        bl      map_pages
        address x1, data_start
        address x2, stack_guard
        ldr     x3, =PAGE_DATA
        bl      map_pages
        address x1, stack_bottom                        // the guard page between stays unmapped
        address x2, stack_top
        bl      map_pages

        ldr     x4, =start
        mov     x1, x22                                 // level 1 -> level 0
        address x2, kernel_level_1
        ubfx    x3, x4, #21, #9
        bl      enter_table
        address x1, kernel_level_1                      // level 2 -> level 1
        address x2, kernel_level_2
        ubfx    x3, x4, #30, #9
        bl      enter_table
        address x1, kernel_level_2                      // root -> level 2
        address x2, kernel_root
        ubfx    x3, x4, #39, #9
        bl      enter_table

        mov     x4, x21
        address x2, identity_level_1
        and     x1, x21, #~0x1fffff
        ldr     x5, =ENTRY_PAGE & ~3 | ENTRY_BLOCK
        orr     x1, x1, x5
        ubfx    x3, x4, #21, #9
        str     x1, [x2, x3, lsl #3]
        mov     x1, x2
        address x2, identity_level_2
        ubfx    x3, x4, #30, #9
        bl      enter_table
        mov     x1, x2
        address x2, empty_root
        ubfx    x3, x4, #39, #9
        bl      enter_table
        lsl     x22, x3, #3
        ret     x28

/* Table x1 becomes entry x3 of table x2.  Changes x1. */
enter_table:
        orr     x1, x1, #ENTRY_TABLE
        str     x1, [x2, x3, lsl #3]
        ret

/* Maps the image's pages from x1 to x2, entries x3, in the table x22.  Changes x1, x4, x5. */
map_pages:
1:      sub     x4, x1, x21
        lsr     x4, x4, #9                              // (address - image) / 4096 * 8
        orr     x5, x1, x3
        str     x5, [x22, x4]
        add     x1, x1, #4096
        cmp     x1, x2
        b.lo    1b
        ret

        .section .bss.tables, "aw", @nobits
        .balign 4096
        .globl  kernel_root, kernel_level_0, empty_root
kernel_root:      .space 4096                           // TTBR1's
kernel_level_2:   .space 4096
kernel_level_1:   .space 4096
kernel_level_0:   .space 4096
empty_root:       .space 4096                           // TTBR0's, while there is no user space
identity_level_2: .space 4096
identity_level_1: .space 4096
