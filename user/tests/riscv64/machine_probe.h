/* SPDX-License-Identifier: BSD-2-Clause -- the registers of riscv64 that are neither message nor preserved. */
#pragma once
#define PROBE_NAMES "ra", "gp", "t0", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", \
	"t3", "t4", "t5", "t6"
enum { PROBE_ZEROS = 19, PROBE_OTHERS = 19 };
