/* SPDX-License-Identifier: BSD-2-Clause -- the debug console, for boot.c; and text put together for the boot message. */
#pragma once
#include <stdint.h>

/* Finds and sets up the console.  told: the serial port that ACPI names, or 0.  May be called again, knowing more. */
void console_init(uint16_t told);

/* A string that grows; what does not fit is left out. */
struct text {
	char character[96];
	unsigned length;
};
void text_add(struct text *text, const char *string);
void text_add_hex(struct text *text, uint64_t value);

void console_describe(struct text *text);

/* The same for whoever drives it in user space. */
struct boot_console;
struct boot_console console_device(void);
