/* SPDX-License-Identifier: BSD-2-Clause -- every register of x86_64's FPU (fpu.h). */
        .text
        .globl  fpu_write
fpu_write:
        fxrstor64 (%rdi)
        call    has_avx
        je      1f
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        vinsertf128 $1, 512 + 16 * \n(%rdi), %ymm\n, %ymm\n
        .endr
1:      ret

        .globl  fpu_read
fpu_read:
        fxsave64 (%rdi)
        call    has_avx
        je      1f
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        vextractf128 $1, %ymm\n, 512 + 16 * \n(%rdi)
        .endr
        ret
1:      lea     512(%rdi), %rdi
        mov     $32, %ecx
        xor     %eax, %eax
        rep     stosq
        ret

/* Not equal: the system enabled AVX (machine_fpu.h). */
has_avx:
        push    %rbx
        mov     $1, %eax
        cpuid
        pop     %rbx
        shr     $27, %ecx
        and     $3, %ecx
        cmp     $3, %ecx
        jne     1f
        xor     %ecx, %ecx
        xgetbv
        and     $6, %eax
        cmp     $6, %eax
        jne     1f
        test    %eax, %eax
        ret
1:      xor     %eax, %eax
        ret
