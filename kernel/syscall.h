/* SPDX-License-Identifier: BSD-2-Clause -- system calls; what the entries call is in arch.h. */
#pragma once

/* From now on debug_floor works.  Only while booting. */
void syscall_allow_floors(void);

/* Lets programs write to the kernel's console in release builds, too. */
void syscall_allow_writes(void);
