/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The FPU's registers (extensions F and D), in the order f0 to f31, fcsr.  sstatus.FS says whether they can be touched;
 * fpu.c says when.
 */
        .option arch, +d
        .section .text, "ax"

.macro  EACH operation
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        \operation f\n, 8 * \n(a0)
        .endr
.endm

        .globl  arch_fpu_save
arch_fpu_save:
        EACH    fsd
        frcsr   t0
        sd      t0, 256(a0)
        ret

        .globl  arch_fpu_load
arch_fpu_load:
        EACH    fld
        ld      t0, 256(a0)
        fscsr   t0
        ret
