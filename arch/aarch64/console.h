/* SPDX-License-Identifier: BSD-2-Clause -- what boot.c tells console.c. */
#pragma once
#include <stdint.h>

/* From here on characters go to the PL011 whose registers are at this kernel address. */
void console_set(uintptr_t registers);

/* How the firmware takes PSCI calls; without it the machine can only be put to sleep. */
enum psci { PSCI_none, PSCI_hvc, PSCI_smc };
void psci_set(enum psci psci);
