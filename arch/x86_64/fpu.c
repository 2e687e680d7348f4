/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The FPU: x87, SSE, and AVX if the processor has it and XSAVE; FXSAVE if it has not.  What XCR0 does not name (AVX-512,
 * AMX) is an invalid opcode, so the state has a bound that is known: ARCH_FPU_BYTES.  On or off by CR0.TS, which also
 * catches XSAVE in the kernel (Intel SDM volume 1, chapter 13; volume 3, section 2.5).
 *
 * XSAVE in its standard format: an area that was zero before holds nothing that could make XRSTOR fault.
 */
#include "arch.h"
#include "processor.h"

enum { XCR0_x87 = 1, XCR0_SSE = 2, XCR0_AVX = 4, CPUID_XSAVE_LEAF = 0xd, CPUID_XSAVE_BIT = 26 };

static uint32_t components;                       /* what XCR0 names; 0: no XSAVE */

static void xcr0_write(uint32_t value)
{
	__asm__ volatile("xsetbv" : : "c"(0), "a"(value), "d"(0));
}

/* Bytes of the area for what XCR0 names now. */
static uint32_t area_bytes(void)
{
	return cpuid(CPUID_XSAVE_LEAF, 0).ebx;
}

/* Every 64-bit processor has x87, SSE2 and FXSAVE. */
BOOT_TEXT bool arch_fpu_init(void)
{
	arch_fpu_disable();
	if (cpuid(0, 0).eax < CPUID_XSAVE_LEAF || !(cpuid(1, 0).ecx >> CPUID_XSAVE_BIT & 1))
		return true;
	cr4_write(cr4_read() | CR4_OSXSAVE);
	components = XCR0_x87 | XCR0_SSE | (cpuid(CPUID_XSAVE_LEAF, 0).eax & XCR0_AVX);
	xcr0_write(components);
	if (area_bytes() > ARCH_FPU_BYTES) {
		components = XCR0_x87 | XCR0_SSE;
		xcr0_write(components);
	}
	return area_bytes() <= ARCH_FPU_BYTES;
}

void arch_fpu_enable(void)
{
	__asm__ volatile("clts" : : : "memory");
}

void arch_fpu_disable(void)
{
	cr0_write(cr0_read() | CR0_TS);
}

void arch_fpu_save(void *state)
{
	if (components)
		__asm__ volatile("xsave64 (%0)" : : "r"(state), "a"(components), "d"(0) : "memory");
	else
		__asm__ volatile("fxsave64 (%0)" : : "r"(state) : "memory");
}

void arch_fpu_load(const void *state)
{
	if (components)
		__asm__ volatile("xrstor64 (%0)" : : "r"(state), "a"(components), "d"(0) : "memory");
	else
		__asm__ volatile("fxrstor64 (%0)" : : "r"(state) : "memory");
}

/*
 * An area whose header says that every component is in its initial state; XRSTOR takes MXCSR from it all the same, and
 * FXRSTOR everything.  As after FNINIT and reset: all exceptions masked, x87 with extended precision.
 */
void arch_fpu_clear(void)
{
	static const struct {
		uint16_t x87_control, x87_status;
		uint8_t x87_tags, reserved[19];
		uint32_t mxcsr;
		uint8_t rest[ARCH_FPU_BYTES - 28];
	} clean __attribute__((aligned(64))) = { .x87_control = 0x37f, .mxcsr = 0x1f80 };

	_Static_assert(sizeof(clean) == ARCH_FPU_BYTES, "as FXSAVE has it");
	arch_fpu_load(&clean);
}
