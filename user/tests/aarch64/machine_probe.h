/* SPDX-License-Identifier: BSD-2-Clause -- the registers of aarch64 that are neither message nor preserved. */
#pragma once
#define PROBE_NAMES "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", \
	"x24", "x25", "x26", "x27", "x28", "x29", "x30", "NZCV"
enum { PROBE_ZEROS = 22, PROBE_OTHERS = 22 };
