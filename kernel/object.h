/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What happens to an object when its first capability goes, and to a capability's uses when it goes.
 */
#pragma once
#include "capability.h"

/*
 * One bounded step of undoing what a capability that has no descendants stands for: its uses (mapping, IPC buffer,
 * threads' CSpaces) and, if it is the object's first, the object.  Done means that the slot can be emptied.  The contents
 * of a CNode are not this function's: it reports done only for an empty one (capability.c empties it).  What dies has no
 * rights from the first step on: a space that has forgotten some of its frames still has them in its tables.
 */
enum progress object_destroy_step(struct capability *slot);
