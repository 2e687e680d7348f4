/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From the device tree to struct boot_info, and the direct map of all memory that it names.  The device tree itself is
 * mapped first; there is no console before it was read.
 */
#include "arch.h"
#include "boot_option.h"
#include "clock.h"
#include "console.h"
#include "fdt.h"
#include "gic.h"
#include "mitigation.h"
#include "trap.h"
#include "weakness.h"

enum {
	ENTRIES = 512,
	PAGE_BITS = 12,
	LEVEL_BITS = 9,
	BLOCK_LEVEL_MAX = 2,                      /* 1 GiB; there are no blocks of 512 GiB with this granule */
	TABLES = 64,                              /* of the direct map: at most four a range, and one for 512 GiB */
};
#define PAGE ((uint64_t)1 << PAGE_BITS)

/* Entries of the direct map: never executable, accessed, inner shareable. */
#define ENTRY_BLOCK  ((uint64_t)3 << 53 | 1 << 10 | 3 << 8 | 1)
#define ENTRY_PAGE   (ENTRY_BLOCK | 2)
#define ENTRY_DEVICE ((uint64_t)1 << 2)           /* MAIR's index 1 (start.S) */

extern char start[], text_start[], stack_top[];               /* kernel.ld: the image with all that belongs to it */

static struct boot_info info;
static uint64_t table[TABLES][ENTRIES] __attribute__((aligned(4096)));
static unsigned tables;
static uint64_t image_offset;                     /* physical - linked address */

/* ---- the direct map ---- */

static uint64_t *new_table(uint64_t *entry)
{
	if (tables == TABLES)
		kernel_panic("memory lies in too many pieces for the %u tables of the direct map", (unsigned)TABLES);
	arch_entry_write(entry, arch_entry_table((uintptr_t)table[tables] + image_offset));
	return table[tables++];
}

static uint64_t *table_of(uint64_t entry)
{
	return (uint64_t *)(uintptr_t)(arch_entry_physical(entry) - image_offset);
}

static uint64_t level_bytes(unsigned level)
{
	return PAGE << level * LEVEL_BITS;
}

/* Maps one page, or one block if all of it lies before end and nothing in it is mapped; returns the address behind. */
static uint64_t map_one(uint64_t physical, uint64_t end, uint64_t attributes)
{
	uint64_t *entry, *level_table = kernel_root;

	for (unsigned level = ARCH_TABLE_LEVELS - 1;; level--) {
		uint64_t bytes = level_bytes(level);
		bool fits = level <= BLOCK_LEVEL_MAX && physical % bytes == 0 && end - physical >= bytes;

		entry = &level_table[physical / bytes % ENTRIES];
		if (arch_entry_present(*entry) && !arch_entry_is_table(*entry, level))
			return physical - physical % bytes + bytes;
		if (fits && !arch_entry_present(*entry)) {
			arch_entry_write(entry, physical | attributes | (level == 0 ? ENTRY_PAGE : ENTRY_BLOCK));
			return physical + bytes;
		}
		level_table = arch_entry_present(*entry) ? table_of(*entry) : new_table(entry);
	}
}

/* Maps whole pages of a range into the direct map, with the largest blocks that fit; what is mapped stays so. */
static void map_range(struct range range, uint64_t attributes)
{
	uint64_t at = range.start & ~(PAGE - 1), end = (range.end + PAGE - 1) & ~(PAGE - 1);

	while (at < end)
		at = map_one(at, end, attributes);
	__asm__ volatile("dsb ishst\n\tisb" : : : "memory");
	if (info.mapped_end < end)
		info.mapped_end = end;
}

/* ---- what the device tree says ---- */

static void append(char **to, const char *text)
{
	while (*text)
		*(*to)++ = *text++;
	**to = '\0';
}

static void append_hex(char **to, uint64_t value)
{
	unsigned digits = 1;

	while (digits < 16 && value >> 4 * digits)
		digits++;
	append(to, "0x");
	while (digits--)
		*(*to)++ = "0123456789abcdef"[value >> 4 * digits & 0xf];
	**to = '\0';
}

/* "PL011 at 0x9000000", in a buffer of 48 bytes; name is a constant of ours. */
static const char *describe(char buffer[48], const char *name, uint64_t address)
{
	char *to = buffer;

	append(&to, name);
	append(&to, " at ");
	append_hex(&to, address);
	return buffer;
}

static void map_device_tree(uint64_t physical)
{
	map_range((struct range){ physical, physical + PAGE }, 0);
	map_range((struct range){ physical, physical + fdt_blob_size(arch_to_virtual(physical)) }, 0);
}

/*
 * The first interrupt of a node as the GIC numbers it: kind (0 shared, from 32 on; 1 a core's own), number, trigger; 0: none.
 * A Raspberry Pi's has two cells: bank (1 or 2), number.
 */
static uint32_t shared_line(const struct fdt *fdt, int node, uint32_t *trigger)
{
	enum { CELL = 4, CELLS = 3, SHARED_FIRST = 32, EDGES = 3 };
	uint32_t length = 0;
	const uint8_t *cell = fdt_property(fdt, node, "interrupts", &length);

	if (length == 2 * CELL && cell[CELL - 1] && cell[2 * CELL - 1] < 32)
		return SHARED_FIRST + (cell[CELL - 1] - 1u) % 2 * 32 + cell[2 * CELL - 1];
	if (length < CELLS * CELL || cell[CELL - 1] != 0)
		return 0;
	*trigger = cell[3 * CELL - 1] & EDGES ? IRQ_TRIGGER_edge : IRQ_TRIGGER_level;
	return SHARED_FIRST + ((uint32_t)cell[2 * CELL - 2] << 8 | cell[2 * CELL - 1]);
}

/* The console that /chosen names, if it is a PL011; else the first PL011. */
static void find_console(const struct fdt *fdt)
{
	static char text[48];
	int node = fdt_console(fdt);
	struct range range;

	info.console = "none";
	if (!fdt_has_string(fdt, node, "compatible", "arm,pl011"))
		node = fdt_find_compatible(fdt, NO_NODE, "arm,pl011");
	if (node == NO_NODE || !fdt_reg(fdt, node, 0, &range))
		return;
	map_range((struct range){ range.start, range.start + PAGE }, ENTRY_DEVICE);
	console_set((uintptr_t)arch_to_virtual(range.start));
	info.console = describe(text, "PL011", range.start);
	info.device_console = (struct boot_console){ .kind = CONSOLE_pl011, .address = range.start, .access_bytes = 4 };
	info.device_console.line = shared_line(fdt, node, &info.device_console.trigger);
}

static void find_interrupts(const struct fdt *fdt)
{
	static const struct { const char *compatible; unsigned version; } known[] = {
		{ "arm,gic-v3", 3 }, { "arm,cortex-a15-gic", 2 }, { "arm,gic-400", 2 }, { "arm,cortex-a7-gic", 2 },
	};
	struct gic_registers gic = { 0 };

	for (unsigned i = 0; i < sizeof known / sizeof *known && gic.version == 0; i++) {
		int node = fdt_find_compatible(fdt, NO_NODE, known[i].compatible);

		if (node != NO_NODE && fdt_reg(fdt, node, 0, &gic.distributor) && fdt_reg(fdt, node, 1, &gic.other))
			gic.version = known[i].version;
	}
	if (gic.version == VERSION_none &&
	    fdt_reg(fdt, fdt_find_compatible(fdt, NO_NODE, "brcm,bcm2836-l1-intc"), 0, &gic.distributor) &&
	    fdt_reg(fdt, fdt_find_compatible(fdt, NO_NODE, "brcm,bcm2836-armctrl-ic"), 0, &gic.other))
		gic.version = VERSION_bcm2836;
	if (gic.version) {
		map_range(gic.distributor, ENTRY_DEVICE);
		map_range(gic.other, ENTRY_DEVICE);
	}
	gic_init(&gic);
}

/* The virtual timer's interrupt: the third of the node's, three cells each, the first 1 for a core's own, from 16 on. */
static unsigned timer_interrupt(const struct fdt *fdt, int node)
{
	enum { INDEX = 2, CELLS = 3, BYTES = 4, OWN = 1, OWN_FIRST = 16, OWN_COUNT = 16, USUAL = 27 };
	uint32_t length;
	const uint8_t *cell = fdt_property(fdt, node, "interrupts", &length);

	if (!cell || length < (INDEX + 1) * CELLS * BYTES)
		return USUAL;
	cell += INDEX * CELLS * BYTES;
	return cell[3] == OWN && cell[7] < OWN_COUNT ? cell[7] + (unsigned)OWN_FIRST : (unsigned)USUAL;
}

/* Firmware that does not set CNTFRQ_EL0 says the frequency in the timer's node. */
static void find_timer(const struct fdt *fdt)
{
	int node = fdt_find_compatible(fdt, NO_NODE, "arm,armv8-timer");
	unsigned number = timer_interrupt(fdt, node);

	info.timer = node == NO_NODE ? "generic, not in the device tree" : "generic";
	if (gic_private_enable(number))
		clock_init(number);
	info.timer_hz = fdt_number(fdt, node, "clock-frequency", READ_SYSTEM(cntfrq_el0));
}

/*
 * For kite.counters: the cycle counter, in event counter 0 the instructions that were completed (PMUv3; DDI 0487, D13), and
 * in event counter 1 an event of the caller's choice, at every exception level but EL2; user programs may read them.  Else
 * start.S has left them closed.
 */
static void counters_open(uint64_t event)
{
	enum { PMU_none = 0, PMU_own = 15, INST_RETIRED = 8, ENABLE = 1, RESET = 6, LONG = 1 << 6, READABLE = 13 };
	uint64_t pmu = READ_SYSTEM(id_aa64dfr0_el1) >> 8 & 15;

	if (pmu == PMU_none || pmu == PMU_own)
		return;
	WRITE_SYSTEM(pmccfiltr_el0, 0);
	WRITE_SYSTEM(pmevtyper0_el0, INST_RETIRED);
	WRITE_SYSTEM(pmevtyper1_el0, event);
	WRITE_SYSTEM(pmcntenset_el0, (uint64_t)1 << 31 | 1 | (event ? 2 : 0));
	WRITE_SYSTEM(pmcr_el0, ENABLE | RESET | LONG);
	WRITE_SYSTEM(pmuserenr_el0, READABLE);
}

static void find_psci(const struct fdt *fdt)
{
	int node = fdt_find_compatible(fdt, NO_NODE, "arm,psci-0.2");

	if (node == NO_NODE)
		node = fdt_find_compatible(fdt, NO_NODE, "arm,psci-1.0");
	if (fdt_has_string(fdt, node, "method", "hvc"))
		psci_set(PSCI_hvc);
	else if (fdt_has_string(fdt, node, "method", "smc"))
		psci_set(PSCI_smc);
}

/* ---- from start.S to the first task ---- */

#define SYSTEM_REGISTER(function, name)                                         \
	static uint64_t function##_read(void)                                   \
	{                                                                       \
		uint64_t value;                                                 \
		__asm__("mrs %0, " #name : "=r"(value));                        \
		return value;                                                   \
	}
SYSTEM_REGISTER(main_id, midr_el1)
SYSTEM_REGISTER(processor_features, id_aa64pfr0_el1)

static void reserve_image(uint64_t image)
{
	info.reserved[info.reserved_count++] = (struct range){ image, image + (uint64_t)(stack_top - start) };
	info.boot_text = (struct range){ image, image + (uint64_t)(text_start - start) };
}

void boot_main(uint64_t device_tree, uint64_t image)
{
	struct fdt fdt;

	image_offset = image - (uintptr_t)start;
	if (device_tree)
		map_device_tree(device_tree);
	if (!device_tree || !fdt_open(&fdt, arch_to_virtual(device_tree)))
		kernel_panic("no device tree at %lx", device_tree);     /* only a debugger will see it */
	find_psci(&fdt);
	find_console(&fdt);
	find_interrupts(&fdt);
	find_timer(&fdt);
	info.mapped_end = 0;
	reserve_image(image);
	fdt_boot_info(&fdt, &info);
	if (boot_option(info.command_line, "kite.counters"))
		counters_open(boot_option_number(info.command_line, "kite.event"));
	for (unsigned i = 0; i < info.memory_count; i++)
		map_range(info.memory[i], 0);
	mitigations_choose(info.command_line, weakness_find(main_id_read(), processor_features_read()));
	kernel_begin(kernel_boot(&info));
}
