/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The local APIC (Intel SDM volume 3, chapter 11): as MSRs (x2APIC) where the processor has that, else as memory.
 */
#include "apic.h"
#include "arch.h"
#include "processor.h"
#include "registers.h"

enum { ID = 0x20, PRIORITY = 0x80, END = 0xb0, SPURIOUS = 0xf0, LINT0 = 0x350, LINT1 = 0x360, MASKED = 1 << 16, ENABLE = 1 << 8 };
enum { TIMER = 0x320, TIMER_COUNT = 0x380, TIMER_LEFT = 0x390, TIMER_DIVIDE = 0x3e0, DIVIDE_1 = 0xb };
enum { BASE_ENABLE = 1 << 11, BASE_X2 = 1 << 10, MSR_X2_FIRST = 0x800 };

static volatile uint32_t *memory;                 /* NULL: MSRs */

static void write(unsigned offset, uint32_t value)
{
	if (memory)
		memory[offset / 4] = value;
	else
		msr_write((enum msr)(MSR_X2_FIRST + offset / 16), value);
}

static uint32_t read(unsigned offset)
{
	return memory ? memory[offset / 4] : (uint32_t)msr_read((enum msr)(MSR_X2_FIRST + offset / 16));
}

bool local_apic_is_x2(void)   { return !memory; }
uint32_t local_apic_id(void)  { return memory ? read(ID) >> 24 : read(ID); }
void local_apic_end(void)     { write(END, 0); }

void local_apic_timer_entry(uint32_t entry)
{
	write(TIMER_DIVIDE, DIVIDE_1);
	write(TIMER, entry);
	if (memory)                               /* before the deadline's MSR is written: section 11.5.4.1 */
		__asm__ volatile("mfence" : : : "memory");
}

void local_apic_timer_count(uint32_t count) { write(TIMER_COUNT, count); }
uint32_t local_apic_timer_left(void)        { return read(TIMER_LEFT); }

BOOT_TEXT bool local_apic_init(uint32_t physical, bool as_memory)
{
	struct cpuid features = cpuid(1, 0);
	bool has = features.edx >> 9 & 1, x2 = features.ecx >> 21 & 1;
	uint64_t base = has ? msr_read(MSR_APIC_BASE) : 0;

	if (as_memory && physical && !(base & BASE_X2))
		x2 = false;
	if (!has || (!x2 && !physical))
		return false;
	msr_write(MSR_APIC_BASE, base | BASE_ENABLE);
	if (x2)                                   /* from the memory mode only: section 11.12.5 */
		msr_write(MSR_APIC_BASE, base | BASE_ENABLE | BASE_X2);
	else
		memory = arch_to_virtual(physical);
	write(LINT0, MASKED);                     /* the two 8259, masked themselves */
	write(LINT1, MASKED);
	write(PRIORITY, 0);
	write(SPURIOUS, ENABLE | VECTOR_SPURIOUS);
	return true;
}
