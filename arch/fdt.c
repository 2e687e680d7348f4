/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The reader of flattened device trees; fdt.h says what each function gives.
 */
#include "fdt.h"
#include <stddef.h>
#include "arch.h"

enum { MAGIC = 0xd00dfeed, HEADER_BYTES = 40, VERSION_READ = 17, VERSION_OLDEST = 16 };
enum token { BEGIN_NODE = 1, END_NODE, PROPERTY, NOP, END = 9 };

/* Big endian at any alignment; every caller has checked the bounds. */
static uint32_t cell(const void *address)
{
	const uint8_t *byte = address;

	return (uint32_t)byte[0] << 24 | (uint32_t)byte[1] << 16 | (uint32_t)byte[2] << 8 | byte[3];
}

static uint64_t cells(const uint8_t *from, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count; i++)
		value = value << 32 | cell(from + 4 * i);
	return value;
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* Whether a path's component, which ends at NUL, '/' or ':', names a node; a unit address may be left out. */
static bool component_matches(const char *name, const char *component)
{
	for (;; name++, component++) {
		bool component_ends = *component == '\0' || *component == '/' || *component == ':';

		if (component_ends)
			return *name == '\0' || *name == '@';
		if (*name != *component)
			return false;
	}
}

/* Offset behind the NUL of a string, or 0 if it does not end before `end`. */
static uint32_t string_end(const struct fdt *fdt, uint32_t at, uint32_t end)
{
	while (at < end)
		if (fdt->blob[at++] == '\0')
			return at;
	return 0;
}

static uint32_t align_cell(uint32_t offset)
{
	return (offset + 3) & ~3u;
}

uint32_t fdt_blob_size(const void *blob)
{
	uint32_t size;

	if (!blob || cell(blob) != MAGIC)
		return 0;
	size = cell((const uint8_t *)blob + 4);
	return size < HEADER_BYTES || size > INT32_MAX ? 0 : size;
}

bool fdt_open(struct fdt *fdt, const void *blob)
{
	const uint8_t *header = blob;
	uint64_t structure_end, strings_end;

	*fdt = (struct fdt){ .blob = blob, .size = fdt_blob_size(blob) };
	if (fdt->size == 0 || cell(header + 20) < VERSION_READ || cell(header + 24) > VERSION_READ ||
	    cell(header + 24) < VERSION_OLDEST)
		return false;
	fdt->structure = cell(header + 8);
	fdt->strings = cell(header + 12);
	fdt->reserved = cell(header + 16);
	strings_end = (uint64_t)fdt->strings + cell(header + 32);
	structure_end = (uint64_t)fdt->structure + cell(header + 36);
	if (strings_end > fdt->size || structure_end > fdt->size || fdt->structure % 4 != 0)
		return false;
	fdt->strings_end = (uint32_t)strings_end;
	fdt->structure_end = (uint32_t)structure_end;
	return fdt_root(fdt) != NO_NODE;
}

/* The token at an offset, and where the next one is; END at the block's end or where it makes no sense. */
static enum token token_at(const struct fdt *fdt, uint32_t at, uint32_t *next)
{
	uint64_t end;
	uint32_t kind;

	*next = at;
	if (fdt->structure_end - at < 4 || at >= fdt->structure_end)
		return END;
	kind = cell(fdt->blob + at);
	end = at + 4;
	if (kind == BEGIN_NODE) {
		end = string_end(fdt, at + 4, fdt->structure_end);
		if (end == 0)
			return END;
	} else if (kind == PROPERTY) {
		if (fdt->structure_end - at < 12)
			return END;
		end = at + 12 + (uint64_t)cell(fdt->blob + at + 4);
	} else if (kind != END_NODE && kind != NOP) {
		return END;
	}
	if (end > fdt->structure_end)
		return END;
	*next = align_cell((uint32_t)end);
	return (enum token)kind;
}

static int node_from(const struct fdt *fdt, uint32_t at)
{
	for (uint32_t next;; at = next) {
		enum token token = token_at(fdt, at, &next);

		if (token == BEGIN_NODE)
			return (int)at;
		if (token == END)
			return NO_NODE;
	}
}

int fdt_root(const struct fdt *fdt)
{
	return node_from(fdt, fdt->structure);
}

int fdt_next(const struct fdt *fdt, int node)
{
	uint32_t next;

	if (node == NO_NODE || token_at(fdt, (uint32_t)node, &next) != BEGIN_NODE)
		return NO_NODE;
	return node_from(fdt, next);
}

int fdt_parent(const struct fdt *fdt, int node)
{
	int ancestor[FDT_DEPTH_MAX];
	unsigned depth = 0;
	uint32_t next;

	for (uint32_t at = fdt->structure;; at = next) {
		enum token token = token_at(fdt, at, &next);

		if (token == BEGIN_NODE) {
			if ((int)at == node)
				return depth == 0 || depth > FDT_DEPTH_MAX ? NO_NODE : ancestor[depth - 1];
			if (depth < FDT_DEPTH_MAX)
				ancestor[depth] = (int)at;
			depth++;
		} else if (token == END || (token == END_NODE && depth-- == 0)) {
			return NO_NODE;
		}
	}
}

const char *fdt_name(const struct fdt *fdt, int node)
{
	return node == NO_NODE ? "" : (const char *)fdt->blob + node + 4;
}

const void *fdt_property(const struct fdt *fdt, int node, const char *name, uint32_t *length)
{
	uint32_t at, next;
	enum token token;

	if (node == NO_NODE || token_at(fdt, (uint32_t)node, &at) != BEGIN_NODE)
		return NULL;
	for (; (token = token_at(fdt, at, &next)) == PROPERTY || token == NOP; at = next) {
		uint64_t name_at;

		if (token == NOP)
			continue;
		name_at = (uint64_t)fdt->strings + cell(fdt->blob + at + 8);
		if (name_at >= fdt->strings_end || !string_end(fdt, (uint32_t)name_at, fdt->strings_end) ||
		    !same((const char *)fdt->blob + name_at, name))
			continue;
		if (length)
			*length = cell(fdt->blob + at + 4);
		return fdt->blob + at + 12;
	}
	return NULL;
}

const char *fdt_string(const struct fdt *fdt, int node, const char *name)
{
	uint32_t length;
	const char *text = fdt_property(fdt, node, name, &length);

	return text && length > 0 && text[length - 1] == '\0' ? text : NULL;
}

bool fdt_has_string(const struct fdt *fdt, int node, const char *property, const char *name)
{
	uint32_t length;
	const char *text = fdt_property(fdt, node, property, &length), *end;

	if (!text || length == 0 || text[length - 1] != '\0')
		return false;
	for (end = text + length; text < end; text++) {
		if (same(text, name))
			return true;
		while (*text)
			text++;
	}
	return false;
}

uint64_t fdt_number(const struct fdt *fdt, int node, const char *name, uint64_t otherwise)
{
	uint32_t length;
	const uint8_t *value = fdt_property(fdt, node, name, &length);

	return value && (length == 4 || length == 8) ? cells(value, length / 4) : otherwise;
}

bool fdt_enabled(const struct fdt *fdt, int node)
{
	const char *status = fdt_string(fdt, node, "status");

	return !status || same(status, "okay") || same(status, "ok");
}

/* The child of a node that a path's component names. */
static int find_child(const struct fdt *fdt, int parent, const char *component)
{
	unsigned depth = 0;
	uint32_t next;

	for (uint32_t at = (uint32_t)parent;; at = next) {
		enum token token = token_at(fdt, at, &next);

		if (token == BEGIN_NODE) {
			if (depth == 1 && component_matches(fdt_name(fdt, (int)at), component))
				return (int)at;
			depth++;
		} else if (token == END || (token == END_NODE && --depth == 0)) {
			return NO_NODE;
		}
	}
}

/* What /aliases says a name stands for, or NULL; the name ends at NUL, '/' or ':'. */
static const char *find_alias(const struct fdt *fdt, const char *path)
{
	int aliases = find_child(fdt, fdt_root(fdt), "aliases");
	char name[32];
	unsigned length = 0;

	while (path[length] && path[length] != '/' && path[length] != ':' && length < sizeof name - 1) {
		name[length] = path[length];
		length++;
	}
	name[length] = '\0';
	return fdt_string(fdt, aliases, name);
}

int fdt_find(const struct fdt *fdt, const char *path)
{
	int node = fdt_root(fdt);

	if (*path != '/')
		path = find_alias(fdt, path);
	if (!path || *path != '/')
		return NO_NODE;
	while (node != NO_NODE) {
		while (*path == '/')
			path++;
		if (*path == '\0' || *path == ':')
			return node;
		node = find_child(fdt, node, path);
		while (*path && *path != '/' && *path != ':')
			path++;
	}
	return NO_NODE;
}

static int first_after(const struct fdt *fdt, int after)
{
	return after == NO_NODE ? fdt_root(fdt) : fdt_next(fdt, after);
}

int fdt_find_compatible(const struct fdt *fdt, int after, const char *name)
{
	int node;

	for (node = first_after(fdt, after); node != NO_NODE; node = fdt_next(fdt, node))
		if (fdt_has_string(fdt, node, "compatible", name))
			break;
	return node;
}

int fdt_find_type(const struct fdt *fdt, int after, const char *name)
{
	int node;

	for (node = first_after(fdt, after); node != NO_NODE; node = fdt_next(fdt, node))
		if (fdt_has_string(fdt, node, "device_type", name))
			break;
	return node;
}

int fdt_find_phandle(const struct fdt *fdt, uint32_t phandle)
{
	int node;

	for (node = fdt_root(fdt); node != NO_NODE; node = fdt_next(fdt, node))
		if (fdt_number(fdt, node, "phandle", 0) == phandle)
			break;
	return node;
}

static unsigned address_cells(const struct fdt *fdt, int node)
{
	return (unsigned)fdt_number(fdt, node, "#address-cells", 2);
}

static unsigned size_cells(const struct fdt *fdt, int node)
{
	return (unsigned)fdt_number(fdt, node, "#size-cells", 1);
}

/* From a bus's addresses to those of its parent.  An empty ranges maps one to one; none at all maps nothing. */
static bool translate(const struct fdt *fdt, int bus, int parent, uint64_t *address)
{
	unsigned child_cells = address_cells(fdt, bus), parent_cells = address_cells(fdt, parent);
	unsigned length_cells = size_cells(fdt, bus), entry;
	uint32_t length;
	const uint8_t *ranges = fdt_property(fdt, bus, "ranges", &length);

	if (!ranges)
		return false;
	if (length == 0)
		return true;
	if (child_cells > 2 || parent_cells > 2 || length_cells > 2)
		return false;             /* PCI and the like: nothing that a kernel needs */
	entry = 4 * (child_cells + parent_cells + length_cells);
	for (; entry && length >= entry; length -= entry, ranges += entry) {
		uint64_t child = cells(ranges, child_cells);
		uint64_t above = cells(ranges + 4 * child_cells, parent_cells);
		uint64_t bytes = cells(ranges + 4 * (child_cells + parent_cells), length_cells);

		if (*address >= child && *address - child < bytes) {
			*address += above - child;
			return true;
		}
	}
	return false;
}

bool fdt_reg(const struct fdt *fdt, int node, unsigned index, struct range *range)
{
	int bus = fdt_parent(fdt, node), above;
	unsigned start_cells = address_cells(fdt, bus), length_cells = size_cells(fdt, bus);
	unsigned entry = 4 * (start_cells + length_cells);
	uint32_t length;
	const uint8_t *reg = fdt_property(fdt, node, "reg", &length);
	uint64_t bytes;

	if (!reg || bus == NO_NODE || start_cells == 0 || start_cells > 2 || length_cells == 0 || length_cells > 2 ||
	    length / entry <= index)
		return false;
	range->start = cells(reg + index * entry, start_cells);
	bytes = cells(reg + index * entry + 4 * start_cells, length_cells);
	for (; (above = fdt_parent(fdt, bus)) != NO_NODE; bus = above)
		if (!translate(fdt, bus, above, &range->start))
			return false;
	range->end = range->start + bytes;
	return range->end > range->start;
}

static bool append(struct range *list, unsigned *count, unsigned max, struct range range)
{
	if (range.start >= range.end)
		return true;
	if (*count == max)
		return false;
	list[(*count)++] = range;
	return true;
}

static void reserve(struct boot_info *info, struct range range)
{
	if (!append(info->reserved, &info->reserved_count, BOOT_RESERVED_MAX, range))
		kernel_panic("the device tree reserves more than %d ranges", BOOT_RESERVED_MAX);
}

static void find_reserved(const struct fdt *fdt, struct boot_info *info)
{
	uint64_t blob = arch_to_physical(fdt->blob);
	int parent = fdt_find(fdt, "/reserved-memory");
	struct range range;

	reserve(info, (struct range){ blob, blob + fdt->size });
	for (uint32_t at = fdt->reserved; at % 4 == 0 && at < fdt->size && fdt->size - at >= 16; at += 16) {
		uint64_t start = cells(fdt->blob + at, 2), bytes = cells(fdt->blob + at + 8, 2);

		if (start == 0 && bytes == 0)
			break;
		reserve(info, (struct range){ start, start + bytes });
	}
	for (int node = fdt_next(fdt, parent); node != NO_NODE; node = fdt_next(fdt, node))
		for (unsigned i = 0; fdt_parent(fdt, node) == parent && fdt_reg(fdt, node, i, &range); i++)
			reserve(info, range);
}

static bool is_memory_or_processor(const struct fdt *fdt, int node)
{
	int parent = fdt_parent(fdt, node);

	return fdt_has_string(fdt, node, "device_type", "memory") ||
	       fdt_has_string(fdt, node, "device_type", "cpu") ||
	       same(fdt_name(fdt, parent), "reserved-memory") || same(fdt_name(fdt, parent), "cpus");
}

/* Adds pages to a list of disjoint ranges, joined with all that they touch. */
static void add_pages(struct range *list, unsigned *count, unsigned max, struct range range)
{
	range.start &= ~(uint64_t)0xfff;
	range.end = (range.end + 0xfff) & ~(uint64_t)0xfff;
	for (unsigned i = 0; i < *count;) {
		if (list[i].start > range.end || range.start > list[i].end) {
			i++;
			continue;
		}
		range.start = list[i].start < range.start ? list[i].start : range.start;
		range.end = list[i].end > range.end ? list[i].end : range.end;
		list[i] = list[--*count];
		i = 0;                    /* the longer range may touch others now; the list only gets shorter */
	}
	append(list, count, max, range);
}

static bool overlaps_memory(const struct boot_info *info, struct range range)
{
	for (unsigned i = 0; i < info->memory_count; i++)
		if (range.start < info->memory[i].end && info->memory[i].start < range.end)
			return true;
	return false;
}

/* Interrupt controllers are the kernel's (a GPIO bank that has interrupts is not meant). */
static bool is_for_kernel(const struct fdt *fdt, int node)
{
	return !fdt_property(fdt, node, "gpio-controller", NULL) &&
	       (fdt_property(fdt, node, "interrupt-controller", NULL) || fdt_property(fdt, node, "msi-controller", NULL));
}

/* User space gets devices by the page; what does not fill one shares it with its neighbours. */
static void find_devices(const struct fdt *fdt, struct boot_info *info)
{
	struct range range;

	for (int node = fdt_root(fdt); node != NO_NODE; node = fdt_next(fdt, node)) {
		if (is_memory_or_processor(fdt, node) || is_for_kernel(fdt, node) || !fdt_enabled(fdt, node))
			continue;
		for (unsigned i = 0; fdt_reg(fdt, node, i, &range); i++)
			if (!overlaps_memory(info, range))
				add_pages(info->device, &info->device_count, BOOT_DEVICE_MAX, range);
	}
}

void fdt_boot_info(const struct fdt *fdt, struct boot_info *info)
{
	int chosen = fdt_find(fdt, "/chosen"), node = NO_NODE;
	struct range range;

	while ((node = fdt_find_type(fdt, node, "memory")) != NO_NODE)
		for (unsigned i = 0; fdt_enabled(fdt, node) && fdt_reg(fdt, node, i, &range); i++)
			append(info->memory, &info->memory_count, BOOT_MEMORY_MAX, range);
	find_reserved(fdt, info);
	info->archive.start = fdt_number(fdt, chosen, "linux,initrd-start", 0);
	info->archive.end = fdt_number(fdt, chosen, "linux,initrd-end", 0);
	if (info->archive.start < info->archive.end)
		reserve(info, info->archive);
	else
		info->archive = (struct range){ 0, 0 };
	info->command_line = fdt_string(fdt, chosen, "bootargs");
	find_devices(fdt, info);
}

int fdt_console(const struct fdt *fdt)
{
	int chosen = fdt_find(fdt, "/chosen");
	const char *path = fdt_string(fdt, chosen, "stdout-path");

	return path ? fdt_find(fdt, path) : NO_NODE;
}
