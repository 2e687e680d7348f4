/* SPDX-License-Identifier: BSD-2-Clause -- the end of booting. */
#pragma once
#include <stdbool.h>

/* Only while booting: the boot text is not given away, for something in it is needed later. */
void boot_text_keep(void);
bool boot_text_kept(void);
