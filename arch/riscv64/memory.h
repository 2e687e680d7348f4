/* SPDX-License-Identifier: BSD-2-Clause -- the kernel's own address space, between start.S, boot.c and space.c. */
#pragma once
#include <stdint.h>

struct boot_info;

extern uint64_t table_root[512];          /* the kernel's root; its upper half is every root's */
extern uint64_t image_physical;           /* where the image was loaded */
extern uint64_t table_image_low[512];     /* the image, from its first page on */
extern char image_start[], text_start[], image_end[];     /* kernel.ld */

/* Finds the width of ASIDs, at most `limit` bits. */
void tags_probe(unsigned limit);

/* Takes out of the direct map what is neither memory nor near the console or the interrupt controller. */
void direct_map_trim(const struct boot_info *info, uint64_t console, uint64_t controller);
