/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a boot loader hands over, under libFuzzer with ASan and UBSan: an archive, an ELF file, a device tree, ACPI's
 * tables.  An input chooses one, and says which bytes of a good one are others (three bytes each: where, low half first,
 * and what).  No reader may look outside what it was given, or give back what lies outside.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "acpi.h"
#include "arch.h"
#include "cpio.h"
#include "elf.h"
#include "fdt.h"
#include "host.h"

enum { BLOB_MAX = 2048, LOW = 0x10000000, LOW_BYTES = 4096 };

#define CHECK(condition) ((condition) ? (void)0 : failed(__LINE__, #condition))

static void failed(int line, const char *what)
{
	fprintf(stderr, "boot.c:%d: %s\n", line, what);
	abort();
}

/* ---- good ones ---- */

static struct { uint8_t byte[BLOB_MAX]; uint32_t count; } blob;
static bool untouched;                    /* it is as it was made, and must be accepted */

static void put(const void *from, uint32_t count)
{
	memcpy(blob.byte + blob.count, from, count);
	blob.count += count;
}

static void put_aligned(const void *from, uint32_t count)
{
	put(from, count);
	blob.count = (blob.count + 3) & ~3u;
}

static void make_archive(void)
{
	char head[128];

	for (unsigned i = 0; i < 3; i++) {
		static const char *const name[] = { "motd", "init", "TRAILER!!!" };
		int length = snprintf(head, sizeof(head), "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s", 0, 0100755, 0, 0,
			1, 0, 20, 0, 0, 0, 0, (unsigned)strlen(name[i]) + 1, 0, name[i]);

		put_aligned(head, (uint32_t)length + 1);
		put_aligned("twenty bytes of file", 20);
	}
}

static void put_segment(uint32_t flags, uint64_t address)
{
	const struct { uint32_t type, flags; uint64_t offset, address, physical, file, memory, align; } segment = {
		1, flags, 512, address, address, 256, 8192, 4096,
	};

	put(&segment, sizeof(segment));
}

static void make_elf(void)
{
	const struct {
		uint8_t identity[16];
		uint16_t type, machine;
		uint32_t version;
		uint64_t entry, programs, sections;
		uint32_t flags;
		uint16_t header, program, count, section, sections_count, names;
	} header = {
		{ 0x7f, 'E', 'L', 'F', 2, 1, 1 }, 2, ARCH_ELF_MACHINE, 1, 0x400000, 64, 0, 0, 64, 56, 2, 64, 0, 0,
	};

	_Static_assert(sizeof(header) == 64, "as in the specification");
	put(&header, sizeof(header));
	put_segment(5, 0x400000);
	put_segment(6, 0x500000);
	blob.count = 1024;
}

static void put_cell(uint32_t value)
{
	const uint8_t byte[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value };

	put(byte, sizeof(byte));
}

static const char strings[] = "#address-cells\0#size-cells\0device_type\0reg\0ranges\0bootargs\0linux,initrd-start\0"
	"linux,initrd-end\0stdout-path\0compatible\0phandle\0status\0interrupt-parent";

static void put_property(const char *name, const void *value, uint32_t length)
{
	uint32_t at = 0;

	while (strcmp(strings + at, name))
		at += (uint32_t)strlen(strings + at) + 1;
	put_cell(3);
	put_cell(length);
	put_cell(at);
	put_aligned(value, length);
}

static void put_text(const char *name, const char *text) { put_property(name, text, (uint32_t)strlen(text) + 1); }

static void put_node(const char *name)
{
	put_cell(1);
	put_aligned(name, (uint32_t)strlen(name) + 1);
}

static void put_cells(const char *name, uint32_t length, const uint8_t *value) { put_property(name, value, length); }
#define CELLS(...) sizeof((uint8_t[]){ __VA_ARGS__ }), (uint8_t[]){ __VA_ARGS__ }
#define RANGE(start) 0, 0, 0, 0, start, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0

static void set_cell(uint32_t at, uint32_t value)
{
	uint32_t count = blob.count;

	blob.count = at;
	put_cell(value);
	blob.count = count;
}

static void put_devices(void)
{
	put_node("soc");
	put_cells("ranges", CELLS(0, 0, 0, 0, 0x10, 0, 0, 0, RANGE(0x10)));
	put_cells("#address-cells", CELLS(0, 0, 0, 2));
	put_cells("#size-cells", CELLS(0, 0, 0, 2));
	put_node("serial@10000000");
	put_text("compatible", "ns16550a");
	put_text("status", "okay");
	put_cells("reg", CELLS(RANGE(0x10)));
	put_cells("phandle", CELLS(0, 0, 0, 7));
	put_cell(2);
	put_cell(2);
}

static void make_tree(void)
{
	static const uint32_t header[] = { 0xd00dfeed, 0, 56, 0, 40, 17, 16, 0, sizeof(strings), 0 };
	static const uint8_t cells[4] = { 0, 0, 0, 2 };

	for (unsigned i = 0; i < sizeof(header) / sizeof(header[0]); i++)
		put_cell(header[i]);
	for (unsigned i = 0; i < 4; i++)
		put_cell(0);                             /* no reservation */
	put_node("");
	put_property("#address-cells", cells, sizeof(cells));
	put_property("#size-cells", cells, sizeof(cells));
	put_node("memory@80000000");
	put_text("device_type", "memory");
	put_cells("reg", CELLS(RANGE(0x80)));
	put_cell(2);
	put_node("reserved-memory");
	put_property("#address-cells", cells, sizeof(cells));
	put_property("#size-cells", cells, sizeof(cells));
	put_property("ranges", "", 0);
	put_node("firmware");
	put_cells("reg", CELLS(RANGE(0x81)));
	put_cell(2);
	put_cell(2);
	put_node("chosen");
	put_text("bootargs", "filter=badge");
	put_text("stdout-path", "/soc/serial@10000000:115200");
	put_cells("linux,initrd-start", CELLS(0x82, 0, 0, 0));
	put_cells("linux,initrd-end", CELLS(0x82, 1, 0, 0));
	put_cell(2);
	put_devices();
	put_cell(2);
	put_cell(9);
	set_cell(36, blob.count - 56);
	set_cell(12, blob.count);
	put(strings, sizeof(strings));
	set_cell(4, blob.count);
}

/* ACPI's tables lie at their own addresses: the root pointer at 0, the list at 64, others behind. */
static void make_tables(void)
{
	static const char *const name[] = { "APIC", "SPCR", "HPET", "MCFG" };
	static const uint8_t entry[] = { 0, 0, 0xe0, 0xfe, 0, 0, 0, 0, 1, 12, 0, 0, 0, 0, 0xc0, 0xfe, 0, 0, 0, 0, 0, 0, 1, 255, 0, 0, 0, 0 };
	uint32_t list = LOW + 64, bytes = 36 + 4 * 4;

	memcpy(blob.byte, "RSD PTR ", 8);
	memcpy(blob.byte + 16, &list, 4);
	memcpy(blob.byte + 64, "RSDT", 4);
	memcpy(blob.byte + 68, &bytes, 4);
	for (uint32_t i = 0; i < 4; i++) {
		uint32_t place = 128 + 80 * i, address = LOW + place, size = 36 + sizeof(entry);

		memcpy(blob.byte + 64 + 36 + 4 * i, &address, 4);
		memcpy(blob.byte + place, name[i], 4);
		memcpy(blob.byte + place + 4, &size, 4);
		memcpy(blob.byte + place + 36, entry, sizeof(entry));
	}
	blob.count = 512;
}

/* ---- what may be said of the result ---- */

static bool inside(const void *start, uint64_t bytes, const void *of, uint64_t size)
{
	const char *from = start, *base = of;

	return bytes == 0 || (from >= base && bytes <= size && (uint64_t)(from - base) <= size - bytes);
}

static void read_archive(const void *start, uint64_t bytes)
{
	const void *data;
	const char *why = NULL;
	uint64_t size;

	if (cpio_find(start, bytes, "init", &data, &size, &why))
		CHECK(inside(data, size, start, bytes));
	else
		CHECK(why && !untouched);
}

static void read_elf(const void *start, uint64_t bytes)
{
	static struct elf elf;
	const char *why = NULL;

	if (!elf_read(start, bytes, &elf, &why)) {
		CHECK(why && !untouched);
		return;
	}
	CHECK(elf.segments <= ELF_SEGMENTS_MAX && elf.entry < ARCH_USER_TOP);
	for (unsigned i = 0; i < elf.segments; i++) {
		CHECK(inside(elf.segment[i].data, elf.segment[i].data_bytes, start, bytes));
		CHECK(elf.segment[i].data_bytes <= elf.segment[i].memory_bytes);
		CHECK(elf.segment[i].address + elf.segment[i].memory_bytes <= ARCH_USER_TOP &&
		      elf.segment[i].address + elf.segment[i].memory_bytes >= elf.segment[i].address);
	}
}

static void check_info(const struct boot_info *info)
{
	CHECK(info->memory_count <= BOOT_MEMORY_MAX && info->reserved_count <= BOOT_RESERVED_MAX);
	CHECK(info->device_count <= BOOT_DEVICE_MAX);
	for (unsigned i = 0; i < info->device_count; i++)
		CHECK(info->device[i].start <= info->device[i].end);
	for (unsigned i = 0; i < info->memory_count; i++)
		CHECK(info->memory[i].start <= info->memory[i].end);
}

static void read_tree(void *start, uint64_t bytes)
{
	static struct fdt fdt;
	static struct boot_info info;
	uint8_t *byte = start;
	jmp_buf halt;

	byte[4] = byte[5] = 0;                            /* the size is the reader's only knowledge of it: believed */
	byte[6] = (uint8_t)(bytes >> 8);
	byte[7] = (uint8_t)bytes;
	if (!fdt_open(&fdt, start)) {
		CHECK(!untouched);
		return;
	}
	info = (struct boot_info){ 0 };
	host.on_halt = &halt;
	if (setjmp(halt) == 0) {
		fdt_boot_info(&fdt, &info);
		check_info(&info);
		CHECK(!untouched || (info.memory_count == 1 && info.reserved_count && info.device_count == 1 && info.archive.end &&
				     info.command_line && fdt_console(&fdt) != NO_NODE));
		(void)fdt_console(&fdt);
		(void)fdt_find_phandle(&fdt, 7);
	}
	host.on_halt = NULL;
}

/* Checksums are right whatever the rest is, or nothing would be read. */
static void fix(uint8_t *table, uint32_t place, uint32_t bytes)
{
	uint8_t sum = 0;

	if (bytes > BLOB_MAX)
		bytes = BLOB_MAX;
	table[place] = 0;
	for (uint32_t i = 0; i < bytes; i++)
		sum = (uint8_t)(sum + table[i]);
	table[place] = (uint8_t)-sum;
}

static void read_tables(void)
{
	static uint8_t *low;
	static struct boot_info info;
	struct acpi acpi;
	uint32_t bytes;

	if (!low)
		low = mmap((void *)(uintptr_t)LOW, LOW_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	CHECK(low == (void *)(uintptr_t)LOW);
	memcpy(low, blob.byte, BLOB_MAX);
	memcpy(low, "RSD PTR ", 8);
	low[15] = 0;
	for (unsigned i = 0; i < 4; i++) {                /* what is not there would be read from devices */
		memcpy(low + 64 + 36 + 4 * i, &(uint32_t){ LOW + 128 + 80 * i }, 4);
		memcpy(&bytes, low + 128 + 80 * i + 4, 4);
		fix(low + 128 + 80 * i, 9, bytes & 127);
		memcpy(low + 128 + 80 * i + 4, &(uint32_t){ bytes & 127 }, 4);
		fix(low + 128 + 80 * i, 9, bytes & 127);
	}
	memcpy(low + 16, &(uint32_t){ LOW + 64 }, 4);
	memcpy(low + 68, &(uint32_t){ 36 + 4 * 4 }, 4);
	fix(low + 64, 9, 36 + 4 * 4);
	fix(low, 8, 20);
	info = (struct boot_info){ 0 };
	acpi_read(LOW, &acpi, &info);
	CHECK(acpi.io_apics <= IO_APICS_MAX && (!untouched || acpi.io_apics == 1));
	check_info(&info);
}

/* ---- */

static void poke(const uint8_t *data, size_t size)
{
	for (; size >= 3; data += 3, size -= 3)
		blob.byte[(data[0] | data[1] << 8) % blob.count] = data[2];
}

/* What libFuzzer calls, again and again in one process. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const make[])(void) = { make_archive, make_elf, make_tree, make_tables };
	uint32_t bytes;
	void *copy;

	if (size < 2)
		return 0;
	memset(&blob, 0, sizeof(blob));
	make[data[0] % 4]();
	untouched = size == 2 && data[1] == 0;
	poke(data + 2, size - 2);
	if (data[0] % 4 == 3) {
		read_tables();
		return 0;
	}
	bytes = data[1] ? blob.count * data[1] / 255 : blob.count;       /* and cut off */
	if (bytes < 64)
		bytes = 64;
	copy = memcpy(malloc(bytes), blob.byte, bytes);                  /* so that a byte more is seen */
	switch (data[0] % 4) {
	case 0:  read_archive(copy, bytes); break;
	case 1:  read_elf(copy, bytes); break;
	default: read_tree(copy, bytes);
	}
	free(copy);
	return 0;
}
