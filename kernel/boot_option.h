/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Words on the boot loader's command line that the kernel itself heeds; everything else there is the first task's.
 *
 *   kite.counters let user programs read the processor's performance counters: for measuring on boards
 *   kite.event=n  with kite.counters: count this event, too, by the processor's own number (aarch64, x86_64)
 *   kite.floors   allow debug_floor, which checks nothing: for benchmarks alone
 *   kite.terse    say nothing about errors of system calls, nor about threads that a fault stopped (explain.h)
 *   kite.trace    print the trace ring when the machine is halted (debug builds; trace.h)
 *   kite.tags=n   use no more address-space tags than for n spaces; 0: as if the machine had none (riscv64)
 *   kite.mitigations=auto|off|on, and one word each: mitigation.h
 *   kite.xapic    use the local APIC as memory although it has the newer mode, x2APIC (x86_64)
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Whether the command line (NULL: none) has a word. */
bool boot_option(const char *command_line, const char *word);

/* Whether the word is there, with a "=" behind it or without. */
bool boot_option_begins(const char *command_line, const char *word);

/* The number behind a word and "="; 0 if there is no such word. */
uint64_t boot_option_number(const char *command_line, const char *word);
