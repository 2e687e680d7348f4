/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A heap for programs: pages are mapped as it grows, to HEAP_PAGES; for one thread at a time.
 */
#pragma once
#include <stddef.h>

enum { HEAP_PAGES = 4096 };

/* Memory aligned to 16 bytes; NULL: there is no more. */
void *malloc(size_t bytes);
void free(void *memory);

/* Pages that the heap has so far. */
size_t heap_pages(void);
