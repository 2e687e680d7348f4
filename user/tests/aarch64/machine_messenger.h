/* SPDX-License-Identifier: BSD-2-Clause -- no device here interrupts by messages that the kernel knows. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { MESSENGER_PHYSICAL = 0 };

typedef volatile uint64_t *messenger_device;

static inline bool messenger_can(messenger_device device) { (void)device; return false; }
static inline void messenger_tell(messenger_device device, uint64_t address, uint64_t data) { (void)device, (void)address, (void)data; }
static inline void messenger_send(messenger_device device) { (void)device; }
static inline bool messenger_sent(messenger_device device) { (void)device; return true; }
static inline void messenger_quiet(messenger_device device) { (void)device; }
