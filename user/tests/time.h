/* SPDX-License-Identifier: BSD-2-Clause -- what tests that need time share. */
#pragma once
#include "runtime.h"

/* In ticks of the clock. */
static inline uint64_t milliseconds(uint64_t count) { return boot->timer_hz * count / 1000; }
