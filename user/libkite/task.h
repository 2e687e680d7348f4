/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Tasks: a program in an address space and a CSpace of its own, with memory of its own.  Its first thread finds what
 * the machine's first task finds: a boot page, and capabilities in the BOOT_SLOTs; and one endpoint to its parent, and
 * the console if its parent has one.
 */
#pragma once
#include <stddef.h>
#include "runtime.h"

enum {
	TASK_SLOT_parent = 6,             /* in the new task: an endpoint that its parent gave it */
	TASK_SLOT_console = 12,           /* the console server, if boot_page says so; in the first task, too */
	SERVER_SLOT_device = 13,          /* in a driver: its device's frame or I/O ports, and its interrupt if it has one */
	SERVER_SLOT_irq = 14,
	TASK_SLOT_untyped = BOOT_SLOT_first_free,
};

struct task {
	uint64_t cnode, space, thread, context;
};

/*
 * Makes a task from an ELF file, with memory of 2^memory_bits bytes and a CSpace of 2^slot_bits slots.  parent is an
 * endpoint capability that is copied as it is.  The task does not run until its thread is resumed.
 */
struct task task_make(struct pool *from, const void *file, size_t file_bytes, const char *command_line, uint64_t parent,
	uint64_t priority, uint64_t memory_bits, uint64_t slot_bits);
