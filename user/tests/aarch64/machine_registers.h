/* SPDX-License-Identifier: BSD-2-Clause -- what thread.write_all_registers lets through. */
#pragma once
#include "abi.h"
#include "registers.aarch64.h"

enum { REGISTERS_OTHER = OTHER_COUNT };

/* What becomes of a value that is written to one of the words. */
static inline uint64_t register_kept(unsigned word, uint64_t value)
{
	return word == REGISTER_WORD_other + OTHER_SPSR ? value & 0xf0000000 : value;
}
