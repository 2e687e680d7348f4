/* SPDX-License-Identifier: BSD-2-Clause -- frames: pages of memory, mapped or bound as an IPC buffer by one capability each. */
#pragma once
#include "capability.h"

/* Ends the use of a frame's capability: unmaps it, complete in the TLB on return, or unbinds the IPC buffer. */
void frame_release(struct capability *slot);
