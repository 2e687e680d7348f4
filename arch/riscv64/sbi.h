/* SPDX-License-Identifier: BSD-2-Clause -- calling the firmware (RISC-V SBI Specification 2.0). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum sbi_extension {
	SBI_LEGACY_SET_TIMER = 0,
	SBI_LEGACY_PUTCHAR = 1,
	SBI_LEGACY_SHUTDOWN = 8,
	SBI_BASE = 0x10,
	SBI_DBCN = 0x4442434e,
	SBI_SRST = 0x53525354,
	SBI_TIME = 0x54494d45,
};
enum { BASE_PROBE = 3, DBCN_WRITE_BYTE = 2, SRST_RESET = 0, TIME_SET_TIMER = 0 };

struct sbi_result { long error, value; };

static inline struct sbi_result sbi(uint64_t extension, uint64_t function, uint64_t argument0, uint64_t argument1)
{
	register uint64_t a0 __asm__("a0") = argument0;
	register uint64_t a1 __asm__("a1") = argument1;
	register uint64_t a6 __asm__("a6") = function;
	register uint64_t a7 __asm__("a7") = extension;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
	return (struct sbi_result){ (long)a0, (long)a1 };
}

static inline bool sbi_has(uint64_t extension)
{
	struct sbi_result result = sbi(SBI_BASE, BASE_PROBE, extension, 0);

	return result.error == 0 && result.value != 0;
}
