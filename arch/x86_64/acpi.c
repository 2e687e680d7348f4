/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ACPI's static tables (ACPI specification 6.5, chapter 5): the interrupt controllers (MADT), the console (SPCR), and
 * the devices that user space may have: HPET, PCI configuration space (MCFG).  Read while the early page tables are
 * loaded, which map 4 GiB; what lies beyond, or has a wrong checksum, is as if it were not there.
 */
#include "acpi.h"
#include <stddef.h>

struct header {
	char signature[4];
	uint32_t bytes;
	uint8_t revision, checksum;
	char maker[6], name[8];
	uint32_t maker_revision, creator, creator_revision;
};
_Static_assert(sizeof(struct header) == 36, "as in the specification");

struct address {                                  /* "generic address structure" */
	uint8_t kind, width, offset, access;      /* kind: 0 memory, 1 ports */
	uint64_t address;
} __attribute__((packed));

enum { EARLY_END = UINT32_MAX, PAGE = 4096, ADDRESS_MEMORY = 0, ADDRESS_PORT = 1, BUS_BYTES = 1 << 20 };
enum { SEARCH_START = 0xe0000, SEARCH_END = 0x100000, SEARCH_STEP = 16, ROOT_POINTER_BYTES = 20, TABLES_MAX = 64 };

static bool sums_to_zero(const void *start, uint64_t bytes)
{
	const uint8_t *byte = start;
	uint8_t sum = 0;

	for (uint64_t i = 0; i < bytes; i++)
		sum += byte[i];
	return sum == 0;
}

static bool same(const char *one, const char *other, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		if (one[i] != other[i])
			return false;
	return true;
}

/* Unaligned little-endian words, of which the tables are full. */
static uint64_t word(const void *from, unsigned bytes)
{
	const uint8_t *byte = from;
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | byte[bytes];
	return value;
}

static const struct header *table_at(uint64_t physical)
{
	const struct header *table = arch_to_virtual(physical);

	if (physical == 0 || physical > EARLY_END - sizeof(*table) || table->bytes < sizeof(*table) ||
	    physical + table->bytes > EARLY_END || !sums_to_zero(table, table->bytes))
		return NULL;
	return table;
}

static void device_add(struct boot_info *info, uint64_t start, uint64_t bytes)
{
	if (start % PAGE == 0 && bytes && info->device_count < BOOT_DEVICE_MAX)
		info->device[info->device_count++] = (struct range){ start, start + bytes };
}

/* ---- tables ---- */

/* Section 5.2.12: after 8 bytes a list of structures, each with its kind and length; kind 1 is an I/O APIC, with its first
   interrupt behind the address. */
static void read_interrupt_controllers(const struct header *table, struct acpi *acpi)
{
	const uint8_t *entry = (const uint8_t *)(table + 1), *end = (const uint8_t *)table + table->bytes;

	acpi->local_apic = (uint32_t)word(entry, 4);
	for (entry += 8; entry + 12 <= end && entry[1] >= 2; entry += entry[1])
		if (entry[0] == 1 && acpi->io_apics < IO_APICS_MAX) {
			acpi->io_apic[acpi->io_apics].physical = (uint32_t)word(entry + 4, 4);
			acpi->io_apic[acpi->io_apics++].first_line = (uint32_t)word(entry + 8, 4);
		}
}

/* Microsoft's "Serial Port Console Redirection Table": interface type, 3 bytes reserved, the address. */
static void read_serial_port(const struct header *table, struct acpi *acpi)
{
	const struct address *address = (const void *)((const char *)(table + 1) + 4);

	if (table->bytes >= sizeof(*table) + 4 + sizeof(*address) && address->kind == ADDRESS_PORT && address->address < 0x10000)
		acpi->serial_port = (uint16_t)address->address;
}

/* Intel's "IA-PC HPET Specification" 1.0a, section 3.2.4: after 4 bytes, the address. */
static void read_event_timer(const struct header *table, struct boot_info *info)
{
	const struct address *address = (const void *)((const char *)(table + 1) + 4);

	if (table->bytes >= sizeof(*table) + 4 + sizeof(*address) && address->kind == ADDRESS_MEMORY)
		device_add(info, address->address, PAGE);
}

/* PCI firmware specification 3.0, section 4.1.2: after 8 bytes, for each segment its base, number, first and last bus. */
static void read_configuration_space(const struct header *table, struct boot_info *info)
{
	const uint8_t *entry = (const uint8_t *)(table + 1) + 8, *end = (const uint8_t *)table + table->bytes;

	for (; entry + 16 <= end; entry += 16)
		if (entry[11] >= entry[10])
			device_add(info, word(entry, 8) + (uint64_t)entry[10] * BUS_BYTES,
				   (uint64_t)(entry[11] - entry[10] + 1) * BUS_BYTES);
}

static void read_table(const struct header *table, struct acpi *acpi, struct boot_info *info)
{
	if (same(table->signature, "APIC", 4))
		read_interrupt_controllers(table, acpi);
	else if (same(table->signature, "SPCR", 4))
		read_serial_port(table, acpi);
	else if (same(table->signature, "HPET", 4))
		read_event_timer(table, info);
	else if (same(table->signature, "MCFG", 4))
		read_configuration_space(table, info);
}

/* ---- finding them ---- */

static bool is_root_pointer(const char *candidate)
{
	return same(candidate, "RSD PTR ", 8) && sums_to_zero(candidate, ROOT_POINTER_BYTES);
}

/* Section 5.2.5.1: on a 16-byte boundary of the BIOS's read-only memory. */
static const char *find_root_pointer(uint64_t told)
{
	if (told && told < EARLY_END && is_root_pointer(arch_to_virtual(told)))
		return arch_to_virtual(told);
	for (uint64_t place = SEARCH_START; place < SEARCH_END; place += SEARCH_STEP)
		if (is_root_pointer(arch_to_virtual(place)))
			return arch_to_virtual(place);
	return NULL;
}

void acpi_read(uint64_t told, struct acpi *acpi, struct boot_info *info)
{
	const char *root = find_root_pointer(told);
	const struct header *list = NULL;
	unsigned entry_bytes = 8;

	*acpi = (struct acpi){ 0 };
	if (root && root[15] >= 2)                            /* revision 2 has the list of 64-bit addresses */
		list = table_at(word(root + 24, 8));
	if (root && !list) {
		list = table_at(word(root + 16, 4));
		entry_bytes = 4;
	}
	if (!list)
		return;
	for (unsigned i = 0; i < TABLES_MAX && sizeof(*list) + (i + 1) * entry_bytes <= list->bytes; i++) {
		const struct header *table = table_at(word((const char *)(list + 1) + i * entry_bytes, entry_bytes));

		if (table)
			read_table(table, acpi, info);
	}
}
