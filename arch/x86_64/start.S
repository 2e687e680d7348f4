/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The first instructions: from a boot loader's 32-bit protected mode without paging to boot_main() in the high half.
 *
 * Two ways in, told apart by the number that is passed on: PVH (Xen's "HVM direct boot ABI"; QEMU's -kernel) with ebx
 * at struct hvm_start_info, and multiboot2 (its specification 2.0, section 3; GRUB) with ebx at the boot information.
 * The loader has cleared .bss, as the ELF program headers tell it to.
 *
 * The early page tables map the first 4 GiB three times with 2 MiB pages: where they are, at ARCH_DIRECT_BASE, and the
 * lowest of them at KERNEL_BASE.  space.c builds the final ones.
 */
#include "machine.h"
#include "registers.h"

#define PHYSICAL(symbol)   (symbol - KERNEL_BASE)
#define PVH_MAGIC          0x336ec578
#define MULTIBOOT2_MAGIC   0xe85250d6
#define MULTIBOOT2_PASSED  0x36d76289
#define EARLY_GIB          4

#define TABLE              0x003                        // present, writable
#define LARGE_PAGE         0x083                        // the same, 2 MiB
#define PML4_INDEX(address) (((address) >> 39) & 511)

        .section .note.pvh, "a", @note
        .balign 4
        .long   4, 8, 18                                // sizes of name and value; XEN_ELFNOTE_PHYS32_ENTRY
        .asciz  "Xen"
        .quad   PHYSICAL(start_pvh)

        .section .multiboot2, "a"
        .balign 8
multiboot2_header:
        .long   MULTIBOOT2_MAGIC, 0, multiboot2_end - multiboot2_header
        .long   -(MULTIBOOT2_MAGIC + multiboot2_end - multiboot2_header)
        .short  0, 0                                    // end tag: nothing special is asked for
        .long   8
multiboot2_end:

        .section .text.start, "ax"
        .code32
        .globl  start_multiboot2
start_pvh:
        mov     $PVH_MAGIC, %eax
start_multiboot2:
        cli
        cld
        mov     %eax, %ebp                              // who loaded us: boot_main()'s first argument
        mov     %ebx, %esi                              // what it says: the second
        mov     $0x80000000, %eax                       // a 64-bit processor?  (CPUID 80000001h, edx bit 29)
        cpuid
        cmp     $0x80000001, %eax
        jb      start.no_long_mode
        mov     $0x80000001, %eax
        cpuid
        bt      $29, %edx
        jnc     start.no_long_mode

/* Root: entries for the identity, ARCH_DIRECT_BASE, and KERNEL_BASE in the last but one GiB. */
        mov     $(PHYSICAL(early_direct) + TABLE), %eax
        mov     %eax, PHYSICAL(early_root)
        mov     %eax, PHYSICAL(early_root) + 8 * PML4_INDEX(ARCH_DIRECT_BASE)
        movl    $(PHYSICAL(early_image) + TABLE), PHYSICAL(early_root) + 8 * PML4_INDEX(KERNEL_BASE)
        movl    $(PHYSICAL(early_large) + TABLE), PHYSICAL(early_image) + 8 * 510
        mov     $(PHYSICAL(early_large) + TABLE), %eax
        mov     $PHYSICAL(early_direct), %edi
        mov     $EARLY_GIB, %ecx
0:      mov     %eax, (%edi)                            // a table for each GiB
        add     $4096, %eax
        add     $8, %edi
        loop    0b
        mov     $LARGE_PAGE, %eax
        mov     $PHYSICAL(early_large), %edi
        mov     $(EARLY_GIB * 512), %ecx
0:      mov     %eax, (%edi)                            // and its 2 MiB pages
        add     $0x200000, %eax
        add     $8, %edi
        loop    0b

        mov     $0x20, %eax                             // CR4.PAE
        mov     %eax, %cr4
        mov     $PHYSICAL(early_root), %eax
        mov     %eax, %cr3
        mov     $0xc0000080, %ecx                       // EFER.LME
        rdmsr
        or      $0x100, %eax
        wrmsr
        mov     %cr0, %eax
        or      $0x80000001, %eax                       // CR0.PG, CR0.PE
        mov     %eax, %cr0
        lgdt    PHYSICAL(early_gdt_pointer)
        ljmp    $SELECTOR_KERNEL_CODE, $PHYSICAL(start.long_mode)

start.no_long_mode:
        mov     $PHYSICAL(no_long_mode_text), %esi
        mov     $0x3f8, %edx                            // nothing is known yet: where a PC has its first serial port
0:      lodsb
        test    %al, %al
        je      1f
        outb    %al, %dx
        jmp     0b
1:      hlt
        jmp     1b

        .code64
start.long_mode:
        mov     $start.high, %rax
        jmp     *%rax
start.high:
        xor     %eax, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        mov     %eax, %fs
        mov     %eax, %gs
        mov     $kernel_stack_top, %rsp
        mov     %ebp, %edi
        mov     %esi, %esi                              // zero-extended
        xor     %ebp, %ebp
        call    boot_main
        ud2                                             // it does not return

        .section .rodata
no_long_mode_text:
        .asciz  "kernel: this processor has no 64-bit mode\r\n"

        .balign 8
early_gdt:
        .quad   0
        .quad   0x00209b0000000000                      // SELECTOR_KERNEL_CODE: 64-bit code, ring 0
early_gdt_pointer:
        .short  15
        .long   PHYSICAL(early_gdt), 0

        .section .bss.page, "aw", @nobits
        .balign 4096
early_root:     .skip 4096
early_direct:   .skip 4096
early_image:    .skip 4096
early_large:    .skip 4096 * EARLY_GIB
        .globl  kernel_stack_guard
kernel_stack_guard:                                     // never mapped by space.c: an overflow is a fault, not a corruption
        .skip   4096
kernel_stack:   .skip 4096 * 4
        .globl  kernel_stack_top
kernel_stack_top:
