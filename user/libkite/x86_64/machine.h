/* SPDX-License-Identifier: BSD-2-Clause
 *
 * x86_64 for C programs: the inline system call, the thread pointer, and how a new thread's stack looks.  Registers as in
 * abi/registers.x86_64.h.
 *
 * A system call preserves rip, rsp and FS base.  rbp and rbx may be the frame and the base pointer of the function that
 * this is inlined in, which clang would address its locals by even if they were named as clobbered: they are saved here.
 * So no red zone (-mno-red-zone).
 */
#pragma once

static inline __attribute__((always_inline)) void system_call_inline(struct message *message)
{
	register uint64_t badge __asm__("rdi") = message->badge;
	register uint64_t tag __asm__("rsi") = message->tag;
	register uint64_t m0 __asm__("rdx") = message->word[0];
	register uint64_t m1 __asm__("r8") = message->word[1];
	register uint64_t m2 __asm__("r9") = message->word[2];
	register uint64_t m3 __asm__("r10") = message->word[3];
	register uint64_t m4 __asm__("r12") = message->word[4];
	register uint64_t m5 __asm__("r13") = message->word[5];
	register uint64_t m6 __asm__("r14") = message->word[6];
	register uint64_t m7 __asm__("r15") = message->word[7];
	__asm__ volatile("push %%rbp\n\tpush %%rbx\n\tsyscall\n\tpop %%rbx\n\tpop %%rbp"
		: "+r"(badge), "+r"(tag), "+r"(m0), "+r"(m1), "+r"(m2), "+r"(m3), "+r"(m4), "+r"(m5), "+r"(m6), "+r"(m7)
		: : "rax", "rcx", "r11", "cc", "memory");
	*message = (struct message){ tag, badge, { m0, m1, m2, m3, m4, m5, m6, m7 } };
}

/* The null system call: its tag, and nothing else. */
static inline __attribute__((always_inline)) void system_null(void)
{
	register uint64_t tag __asm__("rsi") = TAG_NULL;
	__asm__ volatile("push %%rbp\n\tpush %%rbx\n\tsyscall\n\tpop %%rbx\n\tpop %%rbp"
		: "+r"(tag)
		: : "rax", "rcx", "rdx", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "cc", "memory");
}

/* The thread pointer, whose first word is its own address (struct thread_block). */
static inline uint64_t thread_pointer(void)
{
	uint64_t value;
	__asm__ volatile("mov %%fs:0, %0" : "=r"(value));
	return value;
}

/* The first stack pointer of a thread that starts in a C function: as if that had been called, from address 0. */
static inline uint64_t stack_start(uint64_t end) { return (end & ~(uint64_t)15) - 8; }

/* Uses the FPU, and changes nothing: movdqa %xmm0, %xmm0. */
static inline void fpu_touch(void) { __asm__ volatile(".byte 0x66, 0x0f, 0x6f, 0xc0"); }

/* Reads a byte with one instruction of so many bytes, behind which a fault handler may let it go on. */
enum { FAULT_TOUCH_BYTES = 2 };
static inline void fault_touch(uint64_t address) { __asm__ volatile("movb (%0), %%al" : : "D"(address) : "rax", "memory"); }

/* The machine's clock, boot->timer_hz ticks a second; what sched contexts and deadlines are counted in. */
static inline uint64_t clock_now(void)
{
	uint32_t low, high;
	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}
