/* SPDX-License-Identifier: BSD-2-Clause -- between boot.c and console.c of riscv64. */
#pragma once
#include <stdint.h>

struct fdt;

/* Asks the firmware what it has. */
void console_probe(void);

/* Uses the UART that the device tree names, if it is one we know; what is in use, for the boot message. */
const char *console_from_tree(const struct fdt *fdt);

/* The same for whoever drives it in user space. */
struct boot_console;
struct boot_console console_device(void);

/* The UART's physical address; ~0: the firmware's console is used. */
uint64_t console_physical(void);
