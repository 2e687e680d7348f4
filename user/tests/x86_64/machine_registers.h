/* SPDX-License-Identifier: BSD-2-Clause -- what thread.write_all_registers lets through. */
#pragma once
#include "abi.h"
#include "registers.x86_64.h"

enum { REGISTERS_OTHER = OTHER_SELECTORS + 1 };

/* What becomes of a value that is written to one of the words. */
static inline uint64_t register_kept(unsigned word, uint64_t value)
{
	const uint64_t changeable = 0x240dd5;     /* CF PF AF ZF SF TF DF OF AC ID */

	switch (word) {
	case REGISTER_WORD_tls:
	case REGISTER_WORD_other + OTHER_GS_BASE:   return (uint64_t)((int64_t)(value << 16) >> 16);
	case REGISTER_WORD_other + OTHER_FLAGS:     return (value & changeable) | 0x202;
	case REGISTER_WORD_other + OTHER_SELECTORS: return 0;      /* the test's patterns are none that a program may load */
	default:                                    return value;
	}
}
