/* SPDX-License-Identifier: BSD-2-Clause
 *
 * I/O ports, on machines that have them: a capability is to a range, kept in its badge; narrower ones derive from it.
 */
#pragma once
#include "capability.h"

enum { PORT_BITS = 16 };

/* The badge of a range, of count ports (at most 2^16) from first on. */
static inline uint64_t ports_pack(uint64_t first, uint64_t count) { return count << PORT_BITS | first; }
static inline uint64_t ports_first(uint64_t badge) { return badge & ((1u << PORT_BITS) - 1); }
static inline uint64_t ports_count(uint64_t badge) { return badge >> PORT_BITS; }

/* Whether a range lies within that of a badge. */
bool ports_within(uint64_t badge, uint64_t first, uint64_t count);

/* What the capabilities point to; it has no state. */
void *io_ports_object(void);
