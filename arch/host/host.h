/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a unit test may see and set of the host "machine".
 */
#pragma once
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

enum { HOST_CONSOLE_BYTES = 1 << 12, HOST_TLB_ENTRIES = 1 << 10, HOST_LINES = 8, HOST_MESSAGES = 2,
       HOST_FLAGS = 0xff /* what a program may set of its first other register */ };

struct host {
	unsigned tag_bits;                        /* what arch_tag_bits() answers; set it before anything is made */
	uint64_t loaded;                          /* the address-space register */
	uint64_t restarts;                        /* calls of arch_registers_restart */
	uint64_t synced;                          /* bytes that arch_sync_instructions was told of */
	bool has_fpu, fpu_enabled;                /* has_fpu: what arch_fpu_init() answers */
	uint64_t fpu_register, fpu_writes;        /* writes: how often it was enabled or disabled */
	uint64_t cleaned, invalidated;            /* bytes that arch_cache_clean was told of */
	unsigned floor;                           /* of arch_floor */
	char console[HOST_CONSOLE_BYTES];         /* the last that was printed, NUL terminated */
	unsigned console_bytes;
	jmp_buf *on_halt;                         /* where arch_halt goes; NULL: it ends the process, loudly */
	int halt_status;
	bool no_huge_pages;                       /* arch_page_level_max() is 1 */
	struct { uint64_t tag, page, entry; unsigned level; } tlb[HOST_TLB_ENTRIES];
	unsigned tlb_count;
	struct { bool enabled, edge, pending, taken; } line[HOST_LINES + HOST_MESSAGES];
	unsigned idle_line;                       /* which arch_idle makes pending, once; 0: it cannot wait */
	uint64_t clock, timer;                    /* timer: what arch_timer_set() was told last; arch_idle lets it come */
	unsigned timer_writes;
	bool no_timer;                            /* arch_timer() is false */
	uint32_t port, port_value;                /* the last port; what is written and read there */
};
extern struct host host;

/*
 * What the hardware would do with a user's access to an address: the TLB's answer, or else that of the page tables,
 * which the TLB remembers from then on.  Returns the page's entry, or 0 for a page fault.
 */
uint64_t host_access(uint64_t space_value, uint64_t address);
