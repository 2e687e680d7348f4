/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The constants of x86_64 with 4-level paging that kernel/ knows (arch.h); plain macros, so that assembly may have them.
 * KERNEL_BASE, where physical address 0 appears in the kernel's image, comes from CMakeLists.txt: the linker needs it too.
 */
#pragma once

#define ARCH_NAME            "x86_64"
#define ARCH_ELF_MACHINE     62                   /* EM_X86_64 */
#define ARCH_OTHER_REGISTERS 8                    /* registers.h */
#define ARCH_FPU_BYTES       832                 /* XSAVE: x87 and SSE 512, header 64, AVX 256 */
#define ARCH_FPU_LEAKS       1
#define ARCH_MESSAGES        1
#define ARCH_MESSAGE_DATA    48                   /* VECTOR_LINES: the vector */
#define ARCH_DIRECT_BASE     0xffff800000000000
#define ARCH_TABLE_LEVELS    4

/*
 * The last page of the lower half is never mapped: a system call instruction at its end would return to a
 * non-canonical address, and sysret faults on that in ring 0, on the user's stack (CVE-2012-0217).
 */
#define ARCH_USER_TOP        0x00007ffffffff000
