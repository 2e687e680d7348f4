/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Memory of devices, from the untypeds of it that the first task has.
 */
#pragma once
#include "abi.h"

/* A frame of the page of device memory that holds a physical address: its slot, or 0 if no untyped has it (any more). */
uint64_t device_frame(uint64_t physical);

/* What a device that interrupts by messages is to be told: data, 32 bits, to write to a physical address. */
struct device_message { uint64_t address, data; };

/*
 * Claims an interrupt by messages that nobody has, and puts its handler into a slot of the root CNode.  Errors: those of
 * irq_control.claim; bound if there is none, as on every machine where devices interrupt by lines alone.
 */
enum error device_claim_message(uint64_t irq_control, uint64_t slot, struct device_message *message);

/* The slot of an untyped of device memory of which nothing is taken; 0: there is none. */
uint64_t device_unused(void);
