/* SPDX-License-Identifier: BSD-2-Clause -- what the boot messages become (print.c). */
#pragma once

/* All that was printed so far, for the boot page.  What is printed later is not kept. */
const char *print_messages(void);
