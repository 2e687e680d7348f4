/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The registers of x86_64 that are neither message nor preserved.  flags: without the bits that are always set for user
 * programs (IF and bit 1).  rcx and r11 are rip and the flags' constant.
 */
#pragma once
#define PROBE_NAMES "rax", "rbx", "rbp", "ds", "es", "fs", "gs", "GS base", "flags", "rcx", "r11"
enum { PROBE_ZEROS = 9, PROBE_OTHERS = 11 };
