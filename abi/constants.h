/* SPDX-License-Identifier: BSD-2-Clause -- the lists that assembly needs, as assembler constants. */
#pragma once
#ifdef __ASSEMBLER__
#include "tag.h"
#define SYSCALL(number, name, summary) .equ SYS_##name, number;
#include "syscall.def"
#undef SYSCALL
#define ERROR(number, name, sentence) .equ ERR_##name, number;
#include "error.def"
#undef ERROR
#define RIGHT(kind, bit, name, summary) .equ RIGHT_##kind##_##name##_BIT, bit; .equ RIGHT_##kind##_##name, 1 << bit;
#include "right.def"
#undef RIGHT
#endif
