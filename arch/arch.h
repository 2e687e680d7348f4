/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What kernel/ asks of a machine, and what a machine may ask of kernel/.  Every arch/<a>/ provides these files:
 *
 *   machine.h    the constants named below, and the inline functions marked (machine.h)
 *   start.S      the boot loader's entry: a stack, the early page tables, then boot_main()
 *   boot.c       boot_main(): the machine's description (device tree, PVH or multiboot2) as struct boot_info
 *   entry.S      trap vectors, slow path in and out, resume()
 *   trap.c       faults and interrupts: what happened, in kernel/'s terms
 *   space.c      page-table entries, tags, TLB
 *   console.c    the debug console, and how to stop the machine
 *   fpu.c        the FPU's registers
 *   clock.c      the clock, and its one-shot interrupt
 *   registers.h  the machine's own words and bits, for C and assembly; struct registers.other is ordered in abi/registers.<a>.h
 *   kernel.ld    where the kernel lies
 *
 * All physical memory is mapped at ARCH_DIRECT_BASE ("direct map"), in every address space; kernel objects are
 * addressed there.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "abi.h"
#include "machine.h"

/*
 * machine.h defines:
 *   ARCH_NAME              "x86_64", "aarch64", "riscv64", "host"
 *   ARCH_ELF_MACHINE       what an ELF file's header calls the processor (e_machine)
 *   ARCH_OTHER_REGISTERS   words in struct registers.other
 *   ARCH_DIRECT_BASE       kernel address of physical address 0
 *   ARCH_USER_TOP          first address that user space may not map; the last page below is never mapped
 *   ARCH_TABLE_LEVELS      levels of page tables, root included; level 0 is a 4 KiB page, the root's entries are of
 *                          level ARCH_TABLE_LEVELS - 1
 *   ARCH_FPU_BYTES         of the FPU's saved state, a multiple of 64
 *   ARCH_FPU_LEAKS         1 if some processor of this kind lets a program see the registers of a disabled FPU
 *   ARCH_MESSAGES          1 if devices may interrupt by messages; if 0, arch_message_count() and _address() are missing
 *   ARCH_MESSAGE_DATA      what a message says: this plus the line
 *   enum arch_register     not needed by kernel/
 */

struct thread;
struct space;

/*
 * A function that only booting needs, outside of the files that are for booting as a whole (kernel.ld).  When the first task
 * runs, it is not mapped any more.
 */
#define BOOT_TEXT __attribute__((section(".text.boot")))

/* ---- memory (machine.h has the two conversions as inline functions) ---- */

static inline void *arch_to_virtual(uint64_t physical) { return (void *)(uintptr_t)(physical + ARCH_DIRECT_BASE); }
static inline uint64_t arch_to_physical(const void *address) { return (uint64_t)(uintptr_t)address - ARCH_DIRECT_BASE; }

/* ---- page tables: 512 entries of eight bytes at every level ---- */

/* The entry that points to a lower table, or maps a page of a level (0: 4 KiB) with these rights (enum map_right). */
uint64_t arch_entry_table(uint64_t physical);
uint64_t arch_entry_page(uint64_t physical, unsigned map_rights, unsigned level);
unsigned arch_page_level_max(void);               /* 1: pages of 2 MiB; 2: also of 1 GiB */
bool arch_entry_present(uint64_t entry);
bool arch_entry_is_table(uint64_t entry, unsigned level);
uint64_t arch_entry_physical(uint64_t entry);

/* Writes an entry so that the table walker sees it (barriers as the machine needs); not for taking one away. */
void arch_entry_write(uint64_t *entry, uint64_t value);

/* Takes the boot text (boot_info) out of the kernel's map, complete on return; its memory is the first task's. */
void arch_boot_text_unmap(void);

/* Gives a new root table what every root table has (the kernel's part), if the machine has only one. */
void arch_root_init(uint64_t *root);

/* ---- address-space tags ---- */

/* Width found at boot in bits; 0: none, and every switch flushes by the machine's own means. */
unsigned arch_tag_bits(void);

/* The ready value of CR3, TTBR0_EL1 or satp; never 0. */
uint64_t arch_space_value(uint64_t root_physical, uint64_t tag);

/* Makes a value the loaded one, unless it is already; 0 loads the kernel's own space. */
void arch_space_activate(uint64_t value);

/* Complete on return, for this core: the page of a tag that holds an address, of whatever size; everything of a tag. */
void arch_tlb_invalidate_page(uint64_t address, uint64_t tag);
void arch_tlb_invalidate_tag(uint64_t tag);

/* Makes what was written to a page through the direct map executable by user space (I-cache). */
void arch_sync_instructions(const void *address, uint64_t bytes);

/*
 * Writes what the data cache holds of a range of the direct map back to memory, and forgets it if invalidate.  Nothing,
 * where devices see the cache, or where the machine has no means for it.
 */
void arch_cache_clean(const void *address, uint64_t bytes, bool invalidate);

/* ---- threads ---- */

/* Registers of a stopped thread as thread.write_registers leaves them: a full context, all zero but these. */
void arch_registers_set(struct thread *thread, uint64_t pc, uint64_t sp, uint64_t tls, uint64_t argument);

/* The first argument register of a full context. */
uint64_t arch_registers_argument(const struct thread *thread);

/*
 * Makes any words in the saved context ones that the return to user space can take without a fault in the kernel, and
 * that give the program no right: flags, segments, bases.  The pc is arch_pc_ok()'s.
 */
void arch_registers_sanitise(struct thread *thread);

/* Whether a pc is one that the return to user space can take without a fault in the kernel. */
bool arch_pc_ok(uint64_t pc);

/* Puts the pc of an ipc context back onto its system call instruction, so that it is made again. */
void arch_registers_restart(struct thread *thread);

/*
 * Makes a floor (enum floor) the entry for system calls, until one with tag 0 comes; that one is made through the
 * ordinary entry.  space_switch finds the other thread in the current one's partner.  Measuring only: no checks.
 */
void arch_floor(unsigned floor);

/* ---- FPU: kernel/fpu.c decides whose registers it holds ---- */

/* Whether there is an FPU whose whole state fits ARCH_FPU_BYTES.  Leaves it disabled. */
bool arch_fpu_init(void);

/* Disabled: a user program that touches it traps.  The others below are for while it is enabled. */
void arch_fpu_enable(void);
void arch_fpu_disable(void);

/* state: ARCH_FPU_BYTES, 64-byte aligned, zero before it is saved to for the first time; only what was saved is loaded. */
void arch_fpu_save(void *state);
void arch_fpu_load(const void *state);

/* The state of the processor's own choice: registers zero, exceptions masked, round to nearest. */
void arch_fpu_clear(void);

/* ---- console and end ---- */

void arch_console_put(char character);
_Noreturn void arch_halt(int status);

/* Waits, with interrupts off in the kernel, until one is pending.  False: it cannot wait, for there is no controller. */
bool arch_idle(void);

/* ---- interrupts: lines are the controller's numbers ---- */

/* Lines are below this; 0: no controller that the kernel knows. */
unsigned arch_irq_count(void);

/* What the controller is, for the boot message. */
const char *arch_irq_name(void);

/* Whether a line below arch_irq_count(), or one for messages, is a device's, and can be triggered so (enum irq_trigger). */
bool arch_irq_ok(unsigned line, unsigned trigger);

/* Lets a line interrupt, and no longer; what was pending or not acknowledged is forgotten by the latter. */
void arch_irq_enable(unsigned line, unsigned trigger);
void arch_irq_disable(unsigned line);

/*
 * Takes a pending interrupt, and returns its line, or ARCH_IRQ_NONE: there is none, or it is no line's, as the timer's own,
 * which is acknowledged by claiming.  The same line gives no other until it is acknowledged.  Acknowledging returns true if
 * another one came meanwhile that the controller does not remember: it counts as taken.
 */
#define ARCH_IRQ_NONE UINT32_MAX
uint32_t arch_irq_claim(void);
bool arch_irq_acknowledge(unsigned line);

/*
 * Interrupts by messages (MSI): lines of their own from arch_irq_count() on, always edges; how many there are, and where a
 * device writes them.  Nobody but the device can mask one: after arch_irq_disable() it is taken and forgotten.
 */
unsigned arch_message_count(void);
uint64_t arch_message_address(void);

/* ---- the clock, and one interrupt at a time of the kernel's choice ---- */

/* What user space reads as well (rdtsc, CNTVCT_EL0, rdtime): counts up, boot_info.timer_hz a second. */
uint64_t arch_clock(void);

/* Whether the clock can interrupt. */
bool arch_timer(void);

/*
 * Interrupts when the clock has reached a time, at once if it has already; CLOCK_NEVER: not at all.  It replaces the time
 * that was set before, and an interrupt of that which is pending.  Only if arch_timer().
 */
#define CLOCK_NEVER UINT64_MAX
void arch_timer_set(uint64_t time);

/* ---- I/O ports, of 1, 2 or 4 bytes ---- */

/* How many there are; 0 on a machine without, where the other two are never called. */
unsigned arch_port_count(void);
uint32_t arch_port_in(uint16_t port, unsigned bytes);
void arch_port_out(uint16_t port, unsigned bytes, uint32_t value);

/* ---- what boot_main() finds out, and where it goes ---- */

struct range { uint64_t start, end; };                    /* physical, end exclusive */

enum { BOOT_MEMORY_MAX = 32, BOOT_RESERVED_MAX = 32, BOOT_DEVICE_MAX = 16 };

struct boot_info {
	struct range memory[BOOT_MEMORY_MAX];             /* usable RAM, any order, page aligned or not */
	unsigned memory_count;
	struct range reserved[BOOT_RESERVED_MAX];         /* kernel image, firmware, tables, archive: not to be given away */
	unsigned reserved_count;
	struct range device[BOOT_DEVICE_MAX];             /* memory-mapped devices that user space may have */
	unsigned device_count;
	struct range archive;                             /* empty: none */
	const char *command_line;                         /* kernel address; NULL: none */
	uint64_t timer_hz;                                /* 0: not known */
	uint64_t mapped_end;                              /* the direct map covers physical memory below this */
	struct range boot_text;                           /* of the image: what is needed no more when kernel_boot() is over */
	const char *console, *timer;         /* what was found, for the boot message, e.g. "16550 at 0x10000000" */
	struct boot_console device_console;               /* the console for whoever drives it in user space */
};

/* Makes the first task and returns its thread, for kernel_begin().  Stops with one clear line if it cannot. */
struct thread *kernel_boot(const struct boot_info *info);

/* The end of booting: forgets the boot text and resumes the first task.  Itself it lies elsewhere. */
_Noreturn void kernel_begin(struct thread *first);

/*
 * The C side of the entries.  The current thread's context is saved: pc, sp, tls, and for a system call the message
 * (tag, capability address, eight words); for the others all registers.  The result is the thread to resume; its
 * address space is active.
 */
struct thread *kernel_syscall(struct thread *current);
struct thread *kernel_interrupt(struct thread *current);

/*
 * The rest of acknowledging an interrupt, which arch_irq_acknowledge() said another one is behind: the system call
 * returns, and that one is signalled.
 */
struct irq_handler;
struct thread *kernel_acknowledged(struct thread *current, struct irq_handler *handler);

/*
 * The current thread trapped, its context saved as for kernel_fault(), since the FPU is disabled, or perhaps so.  True: it
 * has the FPU now, and is to be resumed to try again; false: it is a fault, for it may not have it or has had it already.
 */
bool kernel_fpu_trap(struct thread *current);

enum fault_kind {
#define FAULT(number, name, sentence) FAULT_##name = (number),
#include "fault.def"
#undef FAULT
};
struct fault {
	enum fault_kind kind;
	uint64_t address;                                 /* what was accessed; for others the pc */
	uint64_t code;                                    /* the machine's: error code, ESR_EL1, scause */
};
struct thread *kernel_fault(struct thread *current, struct fault fault);

/* entry.S: leaves for user space.  Restores everything if the context is full, and clears GATE_full. */
_Noreturn void resume(struct thread *thread);

/* A mistake of the kernel: says so and stops the machine. */
_Noreturn void kernel_panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * The kernel's printf: %s %c %u %x %lx %lu %d %p and widths with leading zeros.  Goes to the debug console in debug builds
 * alone; until the first task starts, also to its boot page.
 */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
