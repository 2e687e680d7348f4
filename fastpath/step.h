/* SPDX-License-Identifier: BSD-2-Clause
 * STEP(path, step) labels a step in the object file: nm, gdb and the profiler then show "call.check_receiver".
 */
#define STEP(path, step) path.step:
#define ENTRY(path)      .globl path.entry; path.entry:
