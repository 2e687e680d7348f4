/* SPDX-License-Identifier: BSD-2-Clause
 *
 * aarch64 for C programs: the inline system call, the thread pointer, and how a new thread's stack looks.  Registers as in
 * abi/registers.aarch64.h.
 *
 * A system call preserves pc, sp and TPIDR_EL0.  x29 and x19 may be the frame and the base pointer of the function that
 * this is inlined in, which clang would address its locals by even if they were named as clobbered: they are saved here.
 */
#pragma once

#define CLOBBERED_HIGH "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x20", "x21", "x22", "x23", \
	"x24", "x25", "x26", "x27", "x28", "x30", "cc", "memory"

static inline __attribute__((always_inline)) void system_call_inline(struct message *message)
{
	register uint64_t m0 __asm__("x0") = message->word[0];
	register uint64_t m1 __asm__("x1") = message->word[1];
	register uint64_t m2 __asm__("x2") = message->word[2];
	register uint64_t m3 __asm__("x3") = message->word[3];
	register uint64_t m4 __asm__("x4") = message->word[4];
	register uint64_t m5 __asm__("x5") = message->word[5];
	register uint64_t m6 __asm__("x6") = message->word[6];
	register uint64_t m7 __asm__("x7") = message->word[7];
	register uint64_t badge __asm__("x8") = message->badge;
	register uint64_t tag __asm__("x9") = message->tag;
	__asm__ volatile("stp x29, x19, [sp, #-16]!\n\tsvc #0\n\tldp x29, x19, [sp], #16"
		: "+r"(badge), "+r"(tag), "+r"(m0), "+r"(m1), "+r"(m2), "+r"(m3), "+r"(m4), "+r"(m5), "+r"(m6), "+r"(m7)
		: : CLOBBERED_HIGH);
	*message = (struct message){ tag, badge, { m0, m1, m2, m3, m4, m5, m6, m7 } };
}

/* The null system call: its tag, and nothing else. */
static inline __attribute__((always_inline)) void system_null(void)
{
	register uint64_t tag __asm__("x9") = TAG_NULL;
	__asm__ volatile("stp x29, x19, [sp, #-16]!\n\tsvc #0\n\tldp x29, x19, [sp], #16"
		: "+r"(tag)
		: : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", CLOBBERED_HIGH);
}

/* The thread pointer. */
static inline uint64_t thread_pointer(void)
{
	uint64_t value;
	__asm__ volatile("mrs %0, tpidr_el0" : "=r"(value));
	return value;
}

/* The first stack pointer of a thread that starts in a C function. */
static inline uint64_t stack_start(uint64_t end) { return end & ~(uint64_t)15; }

/* Uses the FPU, and changes nothing: fmov d0, d0. */
static inline void fpu_touch(void) { __asm__ volatile(".inst 0x1e604000"); }

/* Reads a byte with one instruction of so many bytes, behind which a fault handler may let it go on. */
enum { FAULT_TOUCH_BYTES = 4 };
static inline void fault_touch(uint64_t address) { __asm__ volatile("ldrb wzr, [%0]" : : "r"(address) : "memory"); }

/* The machine's clock, boot->timer_hz ticks a second; what sched contexts and deadlines are counted in. */
static inline uint64_t clock_now(void)
{
	uint64_t time;
	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(time) : : "memory");
	return time;
}
