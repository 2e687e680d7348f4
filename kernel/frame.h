/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Frames: pages of memory.  A capability to one is mapped in one place, or bound as one thread's IPC buffer, or neither;
 * copies of it serve for more.
 */
#pragma once
#include "space.h"

/* Maps the page: ERR_ok, bad_argument, bad_address, no_right, mapped, bound or no_table. */
enum error frame_map(struct capability *frame, struct space *space, uint64_t address, uint64_t map_rights);

/* Ends what the capability is used for, a mapping or an IPC buffer, if it is. */
void frame_release(struct capability *frame);
