/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Entries and exits for processors that need mitigations (docs/mitigations.md).  mitigation.c makes them the entries, and
 * jumps to the exits where exit.h marks the ordinary ones.
 *
 * With isolation this text and the data below it (the trampoline, space.c) is all of the kernel that a user program's page
 * tables have; CR3 is changed here and nowhere else.  What an entry or an exit leaves in that data could be read by the next
 * program, so it is zeroed before one runs.
 */
#include "offsets.h"
#include "constants.h"
#include "registers.h"
#include "registers.x86_64.h"

#define CURRENT %r11
#define OTHER(index) THREAD_OTHER + 8 * index
#define FRAME_WORDS 7                                   /* vector, error code, pc, cs, flags, sp, ss */

        .section .bss.trampoline, "aw", @nobits
        .balign 16
        .globl  guard_root
guard_root:     .skip 8
guard_rax:      .skip 8                                 /* a user's, until CR3 is changed; below what iret takes */
guard_frame:    .skip 8 * 5                             /* pc, cs, flags, sp, ss of an exit */

        .bss
        .balign 16
                .skip 8                                 /* where trap_entry.user pushes */
guard_trapped:  .skip 8 * FRAME_WORDS                   /* what a trap's stack held */

        .section .text.trampoline, "ax"

/* What verw takes: a data segment (Intel: Microarchitectural Data Sampling, software sequences). */
guard_segment:  .short SELECTOR_KERNEL_DATA

.macro enter
        mov     guard_root(%rip), %rax
        mov     %rax, %cr3
.endm

/* ---- system calls ---- */

/* The null call needs nothing of the kernel; the others go on at the ordinary entry. */
.macro guarded name, entry
        .balign 32
        .globl  \name
\name:
        test    ABI_TAG_W, ABI_TAG_W                    // null?
        js      guard_null
        enter
        jmp     \entry
.endm

        guarded guard_entry, syscall_entry
        guarded guard_entry_plain, syscall_entry_plain
        guarded guard_entry_slow, syscall_entry_slow
guard_null:
        sysretq

        .globl  guard_floor_trap, guard_floor_space_switch
guard_floor_trap:
        test    ABI_TAG, ABI_TAG
        je      guard_floor_end
        sysretq
guard_floor_space_switch:
        test    ABI_TAG, ABI_TAG
        je      guard_floor_end
        enter
        jmp     floor_space_switch
guard_floor_end:
        enter
        jmp     floor_end

/* ---- exits ---- */

/*
 * Exits by sysret and by iret, in the states that exit.h describes, from the current thread's registers.
 * Instructions that the processor might execute ahead of verw could fill its buffers again, so it comes late.
 */
.macro exits kind, isolation, buffers
        .balign 32
        .globl  guard_floor_\kind, guard_leave_\kind, guard_full_\kind
guard_floor_\kind:
        mov     $FLAGS_USER, %r11d
guard_leave_\kind:
        xor     %ebx, %ebx
        xor     %ebp, %ebp
.if \isolation
        mov     core+CORE_CURRENT(%rip), %rax
        mov     %rbx, guard_rax(%rip)                   // what an earlier exit left
        mov     %rbx, guard_frame+0(%rip)
        mov     %rbx, guard_frame+24(%rip)
        mov     THREAD_SPACE(%rax), %rax
        mov     %rax, %cr3
.endif
        xor     %eax, %eax
.if \buffers
        verw    guard_segment(%rip)
.endif
        sysretq

guard_full_\kind:
.if \isolation
        popq    guard_frame+0(%rip)                     // the stack will not be mapped
        popq    guard_frame+8(%rip)
        popq    guard_frame+16(%rip)
        popq    guard_frame+24(%rip)
        popq    guard_frame+32(%rip)
        mov     %rax, guard_rax(%rip)
        mov     THREAD_SPACE(CURRENT), %rax
        mov     OTHER(OTHER_R11)(CURRENT), %r11
        lea     guard_rax(%rip), %rsp
        mov     %rax, %cr3
        pop     %rax
.else
        mov     OTHER(OTHER_R11)(CURRENT), %r11
.endif
.if \buffers
        verw    guard_segment(%rip)
.endif
        iretq
.endm

        exits   isolated, 1, 0
        exits   buffers, 0, 1
        exits   both, 1, 1

/* ---- exceptions and interrupts ---- */

/*
 * In place of trap_entry.  What the processor pushed is moved to where no program sees it.  From the kernel, its own
 * address space may or may not be loaded, for MOV SS brings a #DB to the first instruction of an entry.
 */
        .balign 32
        .globl  guard_trap
guard_trap:
        testb   $3, 24(%rsp)
        je      guard_trap_in_kernel
        mov     %rax, guard_rax(%rip)
        enter
        mov     guard_rax(%rip), %rax
        movq    $0, guard_rax(%rip)
        .set    word, 0
        .rept   FRAME_WORDS
        popq    guard_trapped+8*word(%rip)
        .set    word, word + 1
        .endr
        .rept   FRAME_WORDS
        pushq   $0
        .endr
        lea     guard_trapped(%rip), %rsp
        jmp     trap_entry.user

guard_trap_in_kernel:
        cmpl    $VECTOR_DEBUG, (%rsp)
        jne     0f
        add     $16, %rsp
        iretq
0:      push    %rax
        enter
        pop     %rax
        jmp     trap_from_kernel
