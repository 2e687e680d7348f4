/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The interrupt controllers of a Raspberry Pi 2 and 3, which have no GIC: one of the cores (BCM2836 ARM-local peripherals,
 * QA7), of which this kernel takes the virtual timer and what comes from the other; and that of the peripherals (BCM2835
 * ARM Peripherals, chapter 7), 64 lines by level.  It remembers nothing: a claimed line is masked until it is acknowledged.
 * Its line n is BCM2836_LINE_FIRST + n here.
 */
#include "bcm2836.h"
#include "registers.h"

enum {
	TIMER_CONTROL = 0x40, SOURCE = 0x60, CORE_STRIDE = 4, TIMER_VIRTUAL = 1 << 3, SOURCE_PERIPHERALS = 1 << 8,
	PENDING = 0x4, ENABLE = 0x10, DISABLE = 0x1c, DISABLE_BASIC = 0x24, BANKS = 2,
};

static struct range local, peripherals;
static uint32_t unmasked[BANKS];          /* what is masked may show as pending, or not, as the model likes */

static volatile uint32_t *word(struct range range, uint64_t offset) { return arch_to_virtual(range.start + offset); }

static volatile uint32_t *own(uint64_t offset)
{
	return word(local, offset + CORE_STRIDE * (READ_SYSTEM(mpidr_el1) & 3));
}

BOOT_TEXT void bcm2836_init(struct range of_cores, struct range of_peripherals)
{
	local = of_cores;
	peripherals = of_peripherals;
	*word(peripherals, DISABLE_BASIC) = ~(uint32_t)0;
	for (unsigned bank = 0; bank < BANKS; bank++)
		*word(peripherals, DISABLE + 4 * bank) = ~(uint32_t)0;
	*own(TIMER_CONTROL) = 0;
}

BOOT_TEXT void bcm2836_timer_enable(void) { *own(TIMER_CONTROL) = TIMER_VIRTUAL; }

uint32_t bcm2836_claim(void)
{
	uint32_t source = *own(SOURCE);

	if (source & TIMER_VIRTUAL)
		return BCM2836_TIMER;
	for (unsigned bank = 0; source & SOURCE_PERIPHERALS && bank < BANKS; bank++) {
		uint32_t pending = *word(peripherals, PENDING + 4 * bank) & unmasked[bank];

		if (pending) {
			unsigned line = BCM2836_LINE_FIRST + 32 * bank + (unsigned)__builtin_ctz(pending);

			bcm2836_mask(line);
			return line;
		}
	}
	return BCM2836_NONE;
}

void bcm2836_unmask(unsigned line)
{
	unsigned bank = (line - BCM2836_LINE_FIRST) / 32;

	unmasked[bank] |= (uint32_t)1 << line % 32;
	*word(peripherals, ENABLE + 4 * bank) = (uint32_t)1 << line % 32;
}

void bcm2836_mask(unsigned line)
{
	unsigned bank = (line - BCM2836_LINE_FIRST) / 32;

	unmasked[bank] &= ~((uint32_t)1 << line % 32);
	*word(peripherals, DISABLE + 4 * bank) = (uint32_t)1 << line % 32;
}
