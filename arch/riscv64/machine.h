/* SPDX-License-Identifier: BSD-2-Clause
 *
 * riscv64 with Sv39: the constants that arch.h asks for, and the layout of the upper half.
 *
 *   0xffffffc0_00000000  ARCH_DIRECT_BASE  all physical memory, pages of 1 GiB, never executable
 *   0xffffffff_80000000  KERNEL_BASE       the kernel's image, pages of 4 KiB with the rights of its sections
 *
 * KERNEL_BASE lies in the top 2 GiB, so that one lui reaches any page of the image (sign extension).
 */
#pragma once

#define ARCH_NAME            "riscv64"
#define ARCH_ELF_MACHINE     243                  /* EM_RISCV */
#define ARCH_OTHER_REGISTERS 19
#define ARCH_FPU_BYTES       320                 /* f0 to f31, fcsr */
#define ARCH_FPU_LEAKS       0
#define ARCH_MESSAGES        0
#define ARCH_MESSAGE_DATA    0
#define ARCH_DIRECT_BASE     0xffffffc000000000
#define ARCH_USER_TOP        0x3ffffff000
#define ARCH_TABLE_LEVELS    3

#define KERNEL_BASE          0xffffffff80000000

/* Page-table entries (Privileged Architecture 1.12, 4.4.1).  A and D are set from the start: some machines do not set
   them, but fault. */
#define PTE_VALID    0x01
#define PTE_READ     0x02
#define PTE_WRITE    0x04
#define PTE_EXECUTE  0x08
#define PTE_USER     0x10
#define PTE_GLOBAL   0x20
#define PTE_ACCESSED 0x40
#define PTE_DIRTY    0x80
#define PTE_KERNEL   (PTE_VALID | PTE_GLOBAL | PTE_ACCESSED | PTE_DIRTY)

#define SATP_SV39       8               /* in bits 63:60 */
#define SATP_MODE_SHIFT 60
#define SATP_ASID_SHIFT 44
#define SATP_ASID_BITS  16

#define SSTATUS_SIE  0x2
#define SSTATUS_SPP  0x100              /* the trap came from the kernel */
#define SSTATUS_VS   0x600
#define SSTATUS_FS   0x6000
#define SSTATUS_SUM  0x40000
#define SSTATUS_MXR  0x80000
