/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From the machine's description to the first task: sorts memory, loads "init" from the archive, and gives it
 * everything that is left as untyped memory.  Runs once; whatever is wrong stops the machine with one line.
 */
#include "boot_memory.h"
#include "arch.h"
#include "begin.h"
#include "boot_option.h"
#include "cpio.h"
#include "elf.h"
#include "endpoint.h"
#include "explain.h"
#include "fpu.h"
#include "io_ports.h"
#include "irq.h"
#include "print.h"
#include "sched.h"
#include "sched_context.h"
#include "space.h"
#include "syscall.h"
#include "timer.h"
#include "trace.h"
#include "untyped.h"

enum {
	PAGE = 4096,
	ROOT_SLOTS_BITS = 12,                     /* slots of the root CNode */
	IMAGE_PAGES_MAX = 2048,
	GAP = 1 << 21,                            /* between the image and what the kernel maps behind it */
	FIRST_PRIORITY = PRIORITIES - 1,
};

/* Capabilities that no CNode holds: the first task has copies of these, and so cannot destroy what it stands on. */
static struct capability root_cnode, root_space, root_thread, root_context, root_irq, root_ports;

static struct first_task {
	struct capability *slots;
	struct boot_page *page;
	struct space *space;
	struct thread *thread;
	uint64_t next_slot, next_address;
} first;

static struct capability original(void *object, enum object_kind kind, unsigned size_bits)
{
	return (struct capability){ .object = object_pack(object, kind), .rights = rights_of(kind),
				    .size_bits = (uint8_t)size_bits, .flags = CAPABILITY_original };
}

/* Makes an object whose first capability the kernel keeps, and gives the task a copy. */
static void keep_and_copy(struct capability *kept, void *object, enum object_kind kind, unsigned size_bits, unsigned slot)
{
	struct capability value = original(object, kind, size_bits);

	capability_insert(kept, NULL, &value);
	value.flags = 0;
	capability_insert(&first.slots[slot], kept, &value);
}

/* ---- mapping ---- */

/* Maps a page, making page tables as they are needed; they stay the kernel's, for the first task never ends. */
static void map_page(uint64_t address, uint64_t physical, unsigned map_rights)
{
	enum error error;

	while ((error = space_map_page(first.space, address, physical, map_rights, 0)) == ERR_no_table)
		space_map_table(first.space, address, arch_to_physical(boot_memory_take(PAGE_BITS)));
	if (error != ERR_ok)
		kernel_panic("the first task's page at %lx cannot be mapped (error %u); do two segments share a page?",
			     address, (unsigned)error);
}

/* A frame with a capability in the next slot, mapped. */
static void *map_frame(uint64_t slot, uint64_t address, unsigned map_rights)
{
	void *frame = boot_memory_take(PAGE_BITS);
	struct capability value = original(frame, OBJECT_frame, PAGE_BITS);

	capability_insert(&first.slots[slot], NULL, &value);
	map_page(address, arch_to_physical(frame), map_rights);
	space_mapping_add(first.space, &first.slots[slot], address);
	return frame;
}

/* ---- the program ---- */

static void copy_bytes(char *to, const char *from, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		to[i] = from[i];
}

/* The segment that has something in a page, or NULL (a hole between segments). */
static const struct elf_segment *segment_of(const struct elf *elf, uint64_t page)
{
	for (unsigned i = 0; i < elf->segments; i++) {
		const struct elf_segment *segment = &elf->segment[i];

		if (page + PAGE > segment->address && page < segment->address + segment->memory_bytes)
			return segment;
	}
	return NULL;
}

/* Copies what the segment has for this page into its frame, which is zero so far. */
static void fill_page(char *frame, uint64_t page, const struct elf_segment *segment)
{
	uint64_t start = page > segment->address ? page : segment->address;
	uint64_t end = segment->address + segment->data_bytes;

	if (end > page + PAGE)
		end = page + PAGE;
	if (start < end)
		copy_bytes(frame + (start - page), segment->data + (start - segment->address), end - start);
	if (segment->map_rights & MAP_execute)
		arch_sync_instructions(frame, PAGE);
}

static void image_range(const struct elf *elf, uint64_t *start, uint64_t *end)
{
	*start = UINT64_MAX;
	*end = 0;
	for (unsigned i = 0; i < elf->segments; i++) {
		const struct elf_segment *segment = &elf->segment[i];

		if (segment->address < *start)
			*start = segment->address;
		if (segment->address + segment->memory_bytes > *end)
			*end = segment->address + segment->memory_bytes;
	}
	*start &= ~(uint64_t)(PAGE - 1);
	*end = (*end + PAGE - 1) & ~(uint64_t)(PAGE - 1);
}

static void load(const struct elf *elf)
{
	uint64_t start, end;

	image_range(elf, &start, &end);
	if (end - start > (uint64_t)IMAGE_PAGES_MAX * PAGE)
		kernel_panic("init spans %lu bytes; the most is %u pages", end - start, (unsigned)IMAGE_PAGES_MAX);
	first.page->image_first = first.next_slot;
	first.page->image_count = (end - start) / PAGE;
	first.page->image_address = start;
	for (uint64_t page = start; page < end; page += PAGE) {
		const struct elf_segment *segment = segment_of(elf, page);
		char *frame = map_frame(first.next_slot++, page, segment ? segment->map_rights : MAP_read);

		if (segment)
			fill_page(frame, page, segment);
	}
	first.next_address = (end + 2 * GAP - 1) & ~(uint64_t)(GAP - 1);
}

static void find_init(const struct boot_info *info, struct elf *elf)
{
	uint64_t bytes = info->archive.end - info->archive.start, size;
	const void *file;
	const char *why;

	if (bytes == 0)
		kernel_panic("the boot loader passed no archive; give it one that holds \"init\" (-initrd, or module2)");
	if (info->archive.end > info->mapped_end)
		kernel_panic("the archive at %lx lies outside of memory", info->archive.start);
	if (!cpio_find(arch_to_virtual(info->archive.start), bytes, "init", &file, &size, &why))
		kernel_panic("the archive (%lu bytes) has no \"init\": %s", bytes, why);
	if (!elf_read(file, size, elf, &why))
		kernel_panic("\"init\" cannot be loaded: %s", why);
}

/* ---- what the task is told ---- */

static void map_archive(const struct range *archive)
{
	uint64_t start = archive->start & ~(uint64_t)(PAGE - 1);

	first.page->archive_address = first.next_address + (archive->start - start);
	first.page->archive_bytes = archive->end - archive->start;
	for (uint64_t physical = start; physical < archive->end; physical += PAGE) {
		map_page(first.next_address, physical, MAP_read);
		first.next_address += PAGE;
	}
}

static void copy_string(char *to, const char *from, uint64_t size)
{
	for (uint64_t i = 0; from && from[i] && i + 1 < size; i++)
		to[i] = from[i];
}

static void fill_boot_page(const struct boot_info *info)
{
	struct boot_page *page = first.page;

	page->magic = BOOT_MAGIC;
	page->slots = (uint64_t)1 << ROOT_SLOTS_BITS;
	page->user_top = ARCH_USER_TOP;
	page->table_levels = ARCH_TABLE_LEVELS;
	page->tag_bits = arch_tag_bits();
	page->timer_hz = info->timer_hz;
	page->fastpath = KITE_FASTPATH;
	page->debug = KITE_DEBUG;
	page->fpu = fpu_policy();
	copy_string(page->architecture, ARCH_NAME, sizeof(page->architecture));
	copy_string(page->command_line, info->command_line, sizeof(page->command_line));
	page->console = info->device_console;
}

/* Gives one aligned power of two of memory away; boot_memory.c calls it for each piece that is left. */
static void give_untyped(uint64_t physical, unsigned size_bits, bool device)
{
	struct boot_page *page = first.page;
	struct capability value;

	if (page->untyped_count == BOOT_UNTYPED_MAX) {
		print("kernel: memory at %lx, 2^%u bytes, stays unused: the boot page has no room for it\n", physical, size_bits);
		return;
	}
	value = original(arch_to_virtual(physical), OBJECT_untyped, size_bits);
	if (device)
		value.flags |= CAPABILITY_device;
	capability_insert(&first.slots[first.next_slot++], NULL, &value);
	page->untyped[page->untyped_count++] =
		(struct boot_untyped){ .physical = physical, .size_bits = size_bits, .device = device };
}

/* ---- the task ---- */

static void make_space(void)
{
	first.space = boot_memory_take(SIZE_BITS_space);
	space_init(first.space);
	keep_and_copy(&root_space, first.space, OBJECT_space, SIZE_BITS_space, BOOT_SLOT_space);
}

static void make_thread(uint64_t entry, uint64_t argument)
{
	struct thread *thread = boot_memory_take(SIZE_BITS_thread);
	struct sched_context *context = boot_memory_take(SIZE_BITS_sched_context);

	thread_init(thread);
	keep_and_copy(&root_thread, thread, OBJECT_thread, SIZE_BITS_thread, BOOT_SLOT_thread);
	keep_and_copy(&root_context, context, OBJECT_sched_context, SIZE_BITS_sched_context, BOOT_SLOT_sched_context);
	thread_cnode_set(thread, &root_cnode);
	thread_space_set(thread, first.space);
	gate_clear(thread, GATE_OF(stopped) | GATE_OF(unready));
	sched_set_priority(thread, FIRST_PRIORITY);
	arch_registers_set(thread, entry, 0, 0, argument);

	thread->ceiling = PRIORITIES - 1;
	thread->home = context;
	context->home = thread;
	thread->held = context;
	context->holder = thread;
	gate_set(thread, GATE_OF(holds));
	first.thread = thread;
}

static void give_buffer(void)
{
	struct capability *slot = &first.slots[BOOT_SLOT_buffer];

	map_frame(BOOT_SLOT_buffer, first.next_address, MAP_read | MAP_write);
	first.page->buffer_address = first.next_address;
	first.thread->buffer = capability_object(slot);
	first.next_address += PAGE;
}

/* Interrupt lines, and I/O ports where there are any. */
static void give_machine(void)
{
	unsigned ports = arch_port_count();

	keep_and_copy(&root_irq, irq_control_object(), OBJECT_irq_control, SIZE_BITS_irq, BOOT_SLOT_irq_control);
	if (!ports)
		return;
	keep_and_copy(&root_ports, io_ports_object(), OBJECT_io_ports, SIZE_BITS_slot, BOOT_SLOT_io_ports);
	root_ports.badge = first.slots[BOOT_SLOT_io_ports].badge = ports_pack(0, ports);
}

static void say_hello(const struct boot_info *info)
{
	static const char *const policy[] = { [FPU_none] = "none", [FPU_lazy] = "lazy", [FPU_eager] = "eager" };

	print("kite: %s, fast paths %s%s; FPU %s%s; console %s; interrupts %s; timer %s, %lu Hz; address-space tags %u bits\n",
	      ARCH_NAME, KITE_FASTPATH ? "on" : "off", KITE_DEBUG ? ", debug build" : "",
	      policy[fpu_policy()], KITE_FPU == FPU_auto && fpu_policy() != FPU_none ? " (auto)" : "", info->console, arch_irq_name(),
	      info->timer, info->timer_hz, arch_tag_bits());
}

/* The floors lie in the boot text, for nothing else needs them. */
static void boot_floors(void)
{
	syscall_allow_floors();
	boot_text_keep();
}

struct thread *kernel_boot(const struct boot_info *info)
{
	struct elf elf;
	uint64_t page_address;

	fpu_init(KITE_FPU);
	timer_init(info->timer_hz);
	say_hello(info);
	if (boot_option(info->command_line, "kite.floors"))
		boot_floors();
	if (boot_option(info->command_line, "kite.trace"))
		trace_at_halt(info->timer_hz);
	if (boot_option(info->command_line, "kite.terse"))
		explain_nothing();
	if (info->device_console.kind == CONSOLE_kernel)
		syscall_allow_writes();
	space_tags_limit(boot_option_number(info->command_line, "kite.tags"));
	boot_memory_init(info);
	find_init(info, &elf);

	first.slots = boot_memory_take(ROOT_SLOTS_BITS + SIZE_BITS_slot);
	first.next_slot = BOOT_SLOT_first_free;
	first.page = boot_memory_take(PAGE_BITS);
	keep_and_copy(&root_cnode, first.slots, OBJECT_cnode, ROOT_SLOTS_BITS + SIZE_BITS_slot, BOOT_SLOT_cnode);
	make_space();
	load(&elf);
	page_address = first.next_address;
	map_page(page_address, arch_to_physical(first.page), MAP_read);
	first.next_address += PAGE;
	make_thread(elf.entry, page_address);
	give_buffer();
	give_machine();
	map_archive(&info->archive);

	fill_boot_page(info);
	first.page->untyped_first = first.next_slot;
	boot_memory_give_rest(info, give_untyped);
	first.page->first_free_slot = first.next_slot;
	copy_string(first.page->messages, print_messages(), sizeof(first.page->messages));

	core.current = NULL;
	sched_wake(first.thread);
	return sched_leave();
}
