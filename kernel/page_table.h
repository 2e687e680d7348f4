/* SPDX-License-Identifier: BSD-2-Clause -- page tables below the root. */
#pragma once
#include "capability.h"

/* Takes the table out of the address space that it is mapped in, if any; complete in the TLB on return. */
void page_table_release(struct capability *slot);
