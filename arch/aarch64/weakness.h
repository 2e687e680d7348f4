/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which faults of processors this one has, from MIDR_EL1 and ID_AA64PFR0_EL1: a table that a host test reads as well.
 */
#pragma once
#include <stdint.h>
#include "mitigation.h"

struct mitigations weakness_find(uint64_t main_id, uint64_t features);
