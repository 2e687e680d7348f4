/* SPDX-License-Identifier: BSD-2-Clause
 *
 * boot_main(): from start.S to the first task.  Finds out what the machine is from the boot loader, CPUID and ACPI, and
 * fills struct boot_info.
 */
#include "acpi.h"
#include "apic.h"
#include "arch.h"
#include "boot_option.h"
#include "clock.h"
#include "console.h"
#include "guard.h"
#include "loader.h"
#include "processor.h"
#include "tables.h"
#include "timer.h"
#include "trap.h"

/* Page 0 holds the BIOS's data, and is where a pointer that was never set points to. */
enum { BIOS_DATA_END = 4096 };

void text_add(struct text *text, const char *string)
{
	for (; *string && text->length + 1 < sizeof(text->character); string++)
		text->character[text->length++] = *string;
}

void text_add_hex(struct text *text, uint64_t value)
{
	char digit[2] = { 0 };
	int shift = 60;

	text_add(text, "0x");
	while (shift > 0 && value >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4) {
		digit[0] = "0123456789abcdef"[value >> shift & 15];
		text_add(text, digit);
	}
}

static const char *describe_console(void)
{
	static struct text text;

	console_describe(&text);
	return text.character;
}

/* The pages of the interrupt controllers' registers. */
static unsigned controllers(const struct acpi *acpi, uint64_t physical[IO_APICS_MAX + 1])
{
	unsigned count = 0;

	if (acpi->local_apic)
		physical[count++] = acpi->local_apic;
	for (unsigned i = 0; i < acpi->io_apics; i++)
		physical[count++] = acpi->io_apic[i].physical;
	return count;
}

static void say_processor(void)
{
	print("kite: processor %s:%s%s%s%s%s%s%s\n", processor.name[0] ? processor.name : "without a name",
	      processor_fsgsbase ? " fsgsbase" : " (no fsgsbase: every system call takes the slow path)",
	      processor.pcid ? " pcid" : "", processor.smep ? " smep" : "", processor.smap ? " smap" : "",
	      processor.umip ? " umip" : "", processor.no_execute ? " nx" : " (no nx: all that is mapped can be executed)",
	      processor.gigabyte_pages ? " 1GiB-pages" : "");
}

void boot_main(uint64_t magic, uint64_t information)
{
	static struct boot_info info;
	uint64_t root_pointer, device[IO_APICS_MAX + 1];
	struct acpi acpi;

	console_init(0);
	processor_detect();
	processor_init();
	root_pointer = loader_read(magic, information, &info);
	acpi_read(root_pointer, &acpi, &info);
	if (acpi.serial_port)
		console_init(acpi.serial_port);
	mitigations_init(info.command_line);
	reserved_add(&info, 0, BIOS_DATA_END);
	tables_init(&info, device, controllers(&acpi, device));
	processor_paging();
	info.timer_hz = timer_frequency(&info.timer);
	if (local_apic_init(acpi.local_apic, boot_option(info.command_line, "kite.xapic"))) {
		io_apic_init(&acpi);
		clock_init(info.timer_hz);
	}
	say_processor();
	if (boot_option(info.command_line, "kite.counters"))
		counters_open(boot_option_number(info.command_line, "kite.event"));

	info.console = describe_console();
	info.device_console = console_device();
	kernel_begin(kernel_boot(&info));
}
