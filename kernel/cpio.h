/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The archive that the boot loader passes: cpio in its "newc" format (cpio(5): header of 110 ASCII characters, name and
 * data each padded to four bytes).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Finds a file by name; false if it is not there or the archive is damaged (*why says which). */
bool cpio_find(const void *archive, uint64_t bytes, const char *name, const void **data, uint64_t *size, const char **why);
