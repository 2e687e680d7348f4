/* SPDX-License-Identifier: BSD-2-Clause
 *
 * riscv64 for C programs: the inline system call, the thread pointer, and how a new thread's stack looks.  Registers as in
 * abi/registers.riscv64.h.
 *
 * A system call preserves pc, sp and tp.  s0 and s1 may be the frame and the base pointer of the function that this is
 * inlined in, which clang would address its locals by even if they were named as clobbered: they are saved here.  gp is
 * not preserved either; programs are linked without gp relaxation, so that nobody uses it.
 */
#pragma once

#define CLOBBERED_OTHERS "ra", "t0", "t3", "t4", "t5", "t6", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", \
	"s11", "memory"
#define SYSTEM_CALL "addi sp, sp, -16\n\tsd s0, 0(sp)\n\tsd s1, 8(sp)\n\tecall\n\t" \
	"ld s0, 0(sp)\n\tld s1, 8(sp)\n\taddi sp, sp, 16"

static inline __attribute__((always_inline)) void system_call_inline(struct message *message)
{
	register uint64_t m0 __asm__("a0") = message->word[0];
	register uint64_t m1 __asm__("a1") = message->word[1];
	register uint64_t m2 __asm__("a2") = message->word[2];
	register uint64_t m3 __asm__("a3") = message->word[3];
	register uint64_t m4 __asm__("a4") = message->word[4];
	register uint64_t m5 __asm__("a5") = message->word[5];
	register uint64_t m6 __asm__("a6") = message->word[6];
	register uint64_t m7 __asm__("a7") = message->word[7];
	register uint64_t badge __asm__("t1") = message->badge;
	register uint64_t tag __asm__("t2") = message->tag;
	__asm__ volatile(SYSTEM_CALL
		: "+r"(badge), "+r"(tag), "+r"(m0), "+r"(m1), "+r"(m2), "+r"(m3), "+r"(m4), "+r"(m5), "+r"(m6), "+r"(m7)
		: : CLOBBERED_OTHERS);
	*message = (struct message){ tag, badge, { m0, m1, m2, m3, m4, m5, m6, m7 } };
}

/* The null system call: its tag, and nothing else. */
static inline __attribute__((always_inline)) void system_null(void)
{
	register uint64_t tag __asm__("t2") = TAG_NULL;
	__asm__ volatile(SYSTEM_CALL
		: "+r"(tag)
		: : "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "t1", CLOBBERED_OTHERS);
}

/* The thread pointer. */
static inline uint64_t thread_pointer(void)
{
	uint64_t value;
	__asm__ volatile("mv %0, tp" : "=r"(value));
	return value;
}

/* The first stack pointer of a thread that starts in a C function. */
static inline uint64_t stack_start(uint64_t end) { return end & ~(uint64_t)15; }

/* Uses the FPU, and changes nothing: frcsr zero. */
static inline void fpu_touch(void) { __asm__ volatile(".word 0x00302073"); }

/* Reads a byte with one instruction of so many bytes, behind which a fault handler may let it go on. */
enum { FAULT_TOUCH_BYTES = 4 };
static inline void fault_touch(uint64_t address) { __asm__ volatile(".option push\n\t.option norvc\n\tlbu zero, 0(%0)\n\t.option pop" : : "r"(address) : "memory"); }

/* The machine's clock, boot->timer_hz ticks a second; what sched contexts and deadlines are counted in. */
static inline uint64_t clock_now(void)
{
	uint64_t time;
	__asm__ volatile("rdtime %0" : "=r"(time) : : "memory");
	return time;
}
