/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a test tells the runner: one message to TASK_SLOT_parent.  Strings are addresses in the program's image, which is
 * the runner's too.
 */
#pragma once
#include "test.h"

enum report { REPORT_ok, REPORT_fail, REPORT_skip, REPORT_idle, REPORT_kinds };
enum { REPORT_WORD_what, REPORT_WORD_file, REPORT_WORD_line, REPORT_WORD_is, REPORT_WORD_wanted };

/* In a test's CSpace, if the machine has it: a page of device memory, and the frames of the devices in machine_alarm.h and
   machine_messenger.h.
   Also in their BOOT_SLOTs interrupts and I/O ports; and the runner's thread that runs when nothing else can. */
enum { TEST_SLOT_device = 7, TEST_SLOT_alarm = 10, TEST_SLOT_idle = 11, TEST_SLOT_messenger = 15 };

/* Runs a test in its own task, and reports. */
_Noreturn void test_run(const struct test *test);
