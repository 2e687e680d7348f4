/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From the firmware's device tree to struct boot_info, and on to the first task.
 */
#include "arch.h"
#include "boot_option.h"
#include "console.h"
#include "core.h"
#include "fdt.h"
#include "memory.h"
#include "mitigation.h"
#include "plic.h"
#include "trap.h"

enum { PAGE = 4096 };

uint64_t trap_vector;

static void vector_set(void (*entry)(void))
{
	trap_vector = (uint64_t)(uintptr_t)entry;
	__asm__ volatile("csrw stvec, %0" : : "r"(entry));
}

static void scratch_set(const void *value)
{
	__asm__ volatile("csrw sscratch, %0" : : "r"(value));
}

static void find_timer(const struct fdt *fdt, struct boot_info *info)
{
	int cpus = fdt_find(fdt, "/cpus"), cpu = fdt_find_type(fdt, NO_NODE, "cpu");

	info->timer_hz = fdt_number(fdt, cpus, "timebase-frequency", fdt_number(fdt, cpu, "timebase-frequency", 0));
	info->timer = info->timer_hz ? clock_init() : "none";
}

static void find_mapped_end(struct boot_info *info)
{
	info->mapped_end = 0;
	for (unsigned i = 0; i < info->memory_count; i++)
		if (info->memory[i].end > info->mapped_end)
			info->mapped_end = info->memory[i].end;
	if (info->mapped_end > KERNEL_BASE - ARCH_DIRECT_BASE)
		info->mapped_end = KERNEL_BASE - ARCH_DIRECT_BASE;
}

static void reserve_image(struct boot_info *info)
{
	uint64_t bytes = (uint64_t)(image_end - image_start);

	if (info->reserved_count == BOOT_RESERVED_MAX)
		kernel_panic("no room to reserve the kernel's image");
	info->reserved[info->reserved_count++] = (struct range){ image_physical, image_physical + bytes };
	info->boot_text = (struct range){ image_physical, image_physical + (uint64_t)(text_start - image_start) };
}

/* Reads the tree; an address that cannot be in the direct map is no tree. */
static void open_tree(struct fdt *fdt, uint64_t physical)
{
	if (physical == 0 || physical >= KERNEL_BASE - ARCH_DIRECT_BASE - PAGE || !fdt_open(fdt, arch_to_virtual(physical)))
		kernel_panic("the firmware passed no device tree (a1 was %lx)", physical);
}

void boot_main(uint64_t hart, uint64_t tree_physical)
{
	static struct boot_info info;
	static struct fdt fdt;
	struct range controller;

	scratch_set(boot_scratch);
	vector_set(trap_entry);
	console_probe();
	open_tree(&fdt, tree_physical);
	fdt_boot_info(&fdt, &info);
	reserve_image(&info);
	find_mapped_end(&info);
	find_timer(&fdt, &info);
	controller = plic_find(&fdt, hart);
	fpu_found(&fdt, hart);
	info.console = console_from_tree(&fdt);
	info.device_console = console_device();
	direct_map_trim(&info, console_physical(), controller.start);
	plic_init();
	tags_probe(boot_option(info.command_line, "kite.tags=0") ? 0 : SATP_ASID_BITS);
	if (arch_tag_bits() == 0)
		vector_set(trap_entry_untagged);
	mitigations_choose(info.command_line, (struct mitigations){ 0 });       /* docs/mitigations.md says why none */
	kernel_begin(kernel_boot(&info));
}
