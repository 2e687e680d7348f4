/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the entries know of the processor's registers (Privileged Architecture 1.12, table 4.2); the order of struct
 * registers.other, what a full context has beside the message, pc, sp and TLS, is the ABI's.
 */
#pragma once
#include "registers.riscv64.h"

#define CAUSE_USER_CALL 8
