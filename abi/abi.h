/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The contract with user space, for C: the lists as enums, the tag as functions, and the two structures that kernel and
 * user share in memory.  Assembly takes tag.h and constants.h.
 */
#pragma once
#include <stdint.h>
#include "tag.h"

enum syscall {
#define SYSCALL(number, name, summary) SYS_##name = (number),
#include "syscall.def"
#undef SYSCALL
};

enum error {
#define ERROR(number, name, sentence) ERR_##name = (number),
#include "error.def"
#undef ERROR
};

enum object_kind {
	OBJECT_none,
#define OBJECT(number, name, summary) OBJECT_##name = (number),
#include "object.def"
#undef OBJECT
};

enum right {
#define RIGHT(kind, bit, name, summary) RIGHT_##kind##_##name = 1u << (bit),
#include "right.def"
#undef RIGHT
	RIGHTS_all = 0x7fffffff,
};

enum method {
#define METHOD(kind, number, name, right, arguments, results, summary) METHOD_##kind##_##name = (number),
#include "method.def"
#undef METHOD
};

enum boot_slot {
#define BOOT_SLOT(index, name, summary) BOOT_SLOT_##name = (index),
#include "boot.def"
#undef BOOT_SLOT
};

/*
 * What a thread's fault handler gets: a call with operation fault, the kind as label, and the words that this names.
 * The answer's label says how the thread goes on; any other than these leaves it stopped, as faulted, and so does
 * return where it was no system call.
 */
enum fault_label {
#define FAULT(number, name, sentence) FAULT_LABEL_##name = (number),
#include "fault.def"
#undef FAULT
};
enum fault_word { FAULT_WORD_address, FAULT_WORD_code, FAULT_WORD_pc, FAULT_WORD_sp };
enum fault_answer {
	FAULT_ANSWER_retry,               /* at the instruction that faulted; a system call is made again */
	FAULT_ANSWER_move,                /* at the pc of word 0, with the sp of word 1; all other registers as they were */
	FAULT_ANSWER_return,              /* behind the system call that failed, which succeeds with the answer's words */
};

/* What thread.set_error_faults takes; the bits of the two kinds of faults. */
enum error_fault { ERROR_FAULT_capability = 1, ERROR_FAULT_system_call = 2, ERROR_FAULT_mask = 3 };

enum console_kind {
#define CONSOLE(number, name, sentence) CONSOLE_##name = (number),
#include "console.def"
#undef CONSOLE
};

/* What irq_control.claim takes as trigger: level and active high are 0. */
enum irq_trigger { IRQ_TRIGGER_level = 0, IRQ_TRIGGER_edge = 1, IRQ_TRIGGER_low = 2, IRQ_TRIGGER_mask = 3 };

/*
 * The line of the clock's timer, which interrupts when the clock has reached the time of irq_handler.set_deadline.  The
 * clock is what user space reads itself (rdtsc, CNTVCT_EL0, rdtime); it counts up boot_page.timer_hz times a second.
 */
enum { IRQ_LINE_timer = 512 };

/* What frame.map takes as rights. */
enum map_right { MAP_read = 1, MAP_write = 2, MAP_execute = 4, MAP_uncached = 8 };

/*
 * Floors: the least that any kernel could do, to be measured beside what this one does (fastpath/floor.<arch>.S).  trap
 * returns at once; space_switch goes to the partner, a thread that waits in recv in another address space: pc, sp, TLS
 * and the address-space register, no checks, and back again by the partner's next system call.  debug_floor takes the
 * floor, and the partner's capability address.
 */
enum floor { FLOOR_trap = 1, FLOOR_space_switch = 2 };

/*
 * The guard of a CNode's capability, which cnode.mint and cnode.mutate set: so many bits of this value stand in a
 * capability address below the index in that CNode.  An address of two levels is
 *     index << (guard bits + root's index bits) | guard << root's index bits | index of the CNode's slot in the root.
 */
enum { GUARD_BITS_SHIFT = 58, GUARD_BITS_MAX = GUARD_BITS_SHIFT };

static inline uint64_t guard_make(unsigned bits, uint64_t value) { return (uint64_t)bits << GUARD_BITS_SHIFT | value; }
static inline unsigned guard_bits(uint64_t guard)                { return (unsigned)(guard >> GUARD_BITS_SHIFT); }
static inline uint64_t guard_value(uint64_t guard)               { return guard & (((uint64_t)1 << GUARD_BITS_SHIFT) - 1); }

/* What thread.read_registers says a thread is doing. */
enum waiting {
	WAITING_no, WAITING_send, WAITING_receive, WAITING_reply, WAITING_stopped, WAITING_faulted, WAITING_context,
	WAITING_notification,
};

/*
 * Where thread.read_all_registers puts what in the IPC buffer, and thread.write_all_registers finds it; which register of
 * the machine each is, and the order of the others, abi/registers.<arch>.h says.
 */
enum register_word {
	REGISTER_WORD_pc, REGISTER_WORD_sp, REGISTER_WORD_tls, REGISTER_WORD_tag, REGISTER_WORD_badge, REGISTER_WORD_message,
	REGISTER_WORD_other = REGISTER_WORD_message + MESSAGE_REGISTERS,
};

/*
 * Whose registers the FPU holds: what boot_page says of the kernel (auto: only what a build asks for).  System calls
 * preserve all registers of the FPU, for threads that may use it (thread.set_fpu).
 */
enum fpu_policy { FPU_none, FPU_lazy, FPU_eager, FPU_auto };

/* log2 of the object's size in bytes; untyped and CNode have any size from their minimum to their maximum. */
enum object_size {
	SIZE_BITS_thread = 11,
	SIZE_BITS_endpoint = 6,
	SIZE_BITS_sched_context = 8,
	SIZE_BITS_notification = 6,
	SIZE_BITS_reply = 6,
	SIZE_BITS_space = 13,             /* the root page table, and a page that describes it */
	SIZE_BITS_page_table = 12,
	SIZE_BITS_frame = 12,             /* a page; and the two sizes that a table above can map whole */
	SIZE_BITS_frame_large = 21,
	SIZE_BITS_frame_huge = 30,
	SIZE_BITS_slot = 6,               /* a CNode of n slots has n << SIZE_BITS_slot bytes */
	SIZE_BITS_cnode_min = SIZE_BITS_slot + 1,
	SIZE_BITS_cnode_max = 24,
	SIZE_BITS_untyped_min = 6,
	SIZE_BITS_untyped_max = 47,
};

enum { PRIORITIES = 256 };

static inline uint64_t tag_make(uint64_t operation, uint64_t label, uint64_t caps, uint64_t length)
{
	return label << TAG_LABEL_SHIFT | operation << TAG_OPERATION_SHIFT | caps << TAG_CAPS_SHIFT | length;
}

static inline uint64_t tag_operation(uint64_t tag) { return tag >> TAG_OPERATION_SHIFT & TAG_OPERATION_MASK; }
static inline uint64_t tag_label(uint64_t tag)     { return tag >> TAG_LABEL_SHIFT; }
static inline uint64_t tag_caps(uint64_t tag)      { return tag >> TAG_CAPS_SHIFT & TAG_CAPS_MASK; }
static inline uint64_t tag_length(uint64_t tag)    { return tag & TAG_LENGTH_MASK; }

/* The error that a returned tag stands for; ERR_ok for every delivered message. */
static inline enum error tag_error(uint64_t tag)
{
	return tag_operation(tag) == OPERATION_error ? (enum error)tag_label(tag) : ERR_ok;
}

/*
 * The IPC buffer, in a frame that the thread's owner chose, 1 KiB aligned.  word[] is what the tag's length counts.
 * cap[] are capability addresses: when sending, of the capabilities that ride along; receive_slot[] are empty slots of
 * the receiver's CSpace in which arriving ones are put, 0 meaning "none".  The delivered tag counts those that arrived.
 */
struct ipc_buffer {
	uint64_t word[MESSAGE_EXTRA];
	uint64_t cap[MESSAGE_CAPS];
	uint64_t receive_slot[MESSAGE_CAPS];
};

enum { IPC_BUFFER_SIZE_BITS = 10, BOOT_UNTYPED_MAX = 96, BOOT_MESSAGE_BYTES = 1024,
	BOOT_MAGIC = 0x6b697465 /* "kite" */ };

/* The console that the kernel found (console.def): where it is, and which interrupt it has. */
struct boot_console {
	uint64_t kind;                    /* enum console_kind */
	uint64_t address;                 /* physical, within an untyped of device memory; or the first I/O port */
	uint32_t stride_bits;             /* log2 of the distance of two registers */
	uint32_t access_bytes;            /* of a register: 1 or 4 */
	uint32_t line, trigger;           /* for irq_control.claim; line 0: none known, so poll */
};

/* What the kernel tells the first task, in a read-only page whose address is the first argument register. */
struct boot_page {
	uint64_t magic;                   /* BOOT_MAGIC */
	uint64_t slots;                   /* of the root CNode */
	uint64_t first_free_slot;         /* from here on the root CNode is empty */
	uint64_t untyped_first;           /* slot of the first untyped; untyped_count of them, described below */
	uint64_t untyped_count;
	uint64_t image_first;             /* slot of the first frame of the task's image; image_count of them, in order */
	uint64_t image_count;
	uint64_t image_address;           /* where the first of them is mapped (page aligned) */
	uint64_t archive_address;         /* the archive (cpio, newc), mapped read-only; 0: none */
	uint64_t archive_bytes;
	uint64_t buffer_address;          /* the IPC buffer of the first thread */
	uint64_t user_top;                /* first address that user space may not map */
	uint64_t table_levels;            /* levels of page tables, root included: 3 (Sv39) or 4 */
	uint64_t tag_bits;                /* width of an address-space tag; 0: the machine has none */
	uint64_t timer_hz;                /* frequency of the machine's clock; 0: not known */
	uint64_t fastpath;                /* 1 if the kernel was built with its assembly fast paths */
	uint64_t debug;                   /* 1 if this is a debug build of the kernel */
	uint64_t fpu;                     /* enum fpu_policy; FPU_none: no thread may use it */
	char architecture[16];
	char command_line[256];           /* what the boot loader passed, NUL terminated, perhaps cut */
	struct boot_console console;
	char messages[BOOT_MESSAGE_BYTES]; /* what the kernel says of itself and the machine; printed by debug builds alone */
	struct boot_untyped {
		uint64_t physical;
		uint32_t size_bits;
		uint32_t device;          /* 1: not memory, never cleared by the kernel */
	} untyped[BOOT_UNTYPED_MAX];
};
