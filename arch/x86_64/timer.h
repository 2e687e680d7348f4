/* SPDX-License-Identifier: BSD-2-Clause -- how fast the time stamp counter runs. */
#pragma once
#include <stdint.h>

/* In Hz; 0: not to be found out.  *how says how it was. */
uint64_t timer_frequency(const char **how);
