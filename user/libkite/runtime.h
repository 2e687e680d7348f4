/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a program starts with: its boot page, memory, and slots.  A task made by libkite (task.h) starts just as the
 * first task does, with the same boot page and capabilities in the same slots, so that a program need not know who
 * started it.
 */
#pragma once
#include "abi.h"

extern const struct boot_page *boot;

/* The program itself; when it returns, the machine stops with status 0, or a task that another one made tells its parent so
   with an empty message, and stops. */
void program(void);

/* From start.S. */
void start(const struct boot_page *page);

/*
 * Memory and the slots for what is made from it.  Slots are taken in order and never given back one by one: whoever
 * wants everything back revokes the untyped and starts the slots anew.
 */
struct pool {
	uint64_t untyped;                 /* slot of an untyped */
	uint64_t slot, slot_end;          /* empty slots of the root CNode */
};
extern struct pool pool;                  /* the program's: its largest untyped, all its empty slots */

/* The first of count empty slots. */
uint64_t pool_slots(struct pool *from, uint64_t count);

/* Makes an object and returns its slot; dies if that fails. */
uint64_t pool_make(struct pool *from, enum object_kind kind, uint64_t size_bits);

/* Copies a capability with all its rights to a new slot. */
uint64_t pool_copy(struct pool *from, uint64_t capability);

/* The same, of an endpoint or a notification, with a badge and fewer rights. */
uint64_t pool_mint(struct pool *from, uint64_t capability, uint64_t rights, uint64_t badge);

/* Addresses that nobody uses yet, in whole pages, with an unmapped page below: the same range is free in every space. */
uint64_t address_take(uint64_t pages);

enum { PAGE_BYTES = 1 << SIZE_BITS_frame };
