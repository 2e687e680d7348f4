/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A reader of flattened device trees (Devicetree Specification 0.4, chapter 5), for machines that boot with one.
 *
 * It reads in place, allocates nothing, and believes nothing: every offset is checked against the blob's size, so that
 * a damaged blob gives "not there" and never a fault.  A node is its offset in the structure block; NO_NODE is none.
 * Nothing here is quick; it runs a few dozen times at boot.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct boot_info;
struct range;

struct fdt {
	const uint8_t *blob;
	uint32_t size;                    /* of the whole blob */
	uint32_t structure, structure_end;
	uint32_t strings, strings_end;
	uint32_t reserved;                /* the memory reservation block */
};

enum { NO_NODE = -1, FDT_DEPTH_MAX = 16 };

/* Bytes that the header claims, or 0 if no device tree begins there; reads the header alone. */
uint32_t fdt_blob_size(const void *blob);

/* False if the blob is not a device tree of version 17 or compatible with it. */
bool fdt_open(struct fdt *fdt, const void *blob);

/* The root; then all nodes in the order of the blob. */
int fdt_root(const struct fdt *fdt);
int fdt_next(const struct fdt *fdt, int node);
int fdt_parent(const struct fdt *fdt, int node);

/* Name with unit address ("memory@80000000"); "" for the root. */
const char *fdt_name(const struct fdt *fdt, int node);

/* An absolute path, or an alias ("serial0") as /chosen/stdout-path may use; ends at NUL or at ':' (options). */
int fdt_find(const struct fdt *fdt, const char *path);

/* The next node after `after` (NO_NODE: from the start) that is compatible with, or has device_type equal to, a name. */
int fdt_find_compatible(const struct fdt *fdt, int after, const char *name);
int fdt_find_type(const struct fdt *fdt, int after, const char *name);
int fdt_find_phandle(const struct fdt *fdt, uint32_t phandle);

/* The property's bytes in place, or NULL; length may be NULL. */
const void *fdt_property(const struct fdt *fdt, int node, const char *name, uint32_t *length);

/* A property that is one NUL-terminated string, or NULL. */
const char *fdt_string(const struct fdt *fdt, int node, const char *name);

/* Whether a string list (as "compatible") holds a name. */
bool fdt_has_string(const struct fdt *fdt, int node, const char *property, const char *name);

/* A number of one or two cells; the default if there is none. */
uint64_t fdt_number(const struct fdt *fdt, int node, const char *name, uint64_t otherwise);

/* False if status says that the node is not to be used. */
bool fdt_enabled(const struct fdt *fdt, int node);

/* Entry `index` of a node's reg, as the processor sees it (translated through the parents' ranges). */
bool fdt_reg(const struct fdt *fdt, int node, unsigned index, struct range *range);

/*
 * Fills what does not depend on the machine: memory, reserved (the reservation block, /reserved-memory, the blob
 * itself), archive (linux,initrd-*), command line, devices (reg of every enabled node that is neither memory nor a
 * processor nor an interrupt controller, made whole pages, joined where they touch).  Ranges beyond boot_info's room
 * are left out; too many reserved ones are a panic instead, since leaving one out would give it away.
 * The blob must lie in the direct map.
 */
void fdt_boot_info(const struct fdt *fdt, struct boot_info *info);

/* The node that /chosen/stdout-path names, or NO_NODE. */
int fdt_console(const struct fdt *fdt);
