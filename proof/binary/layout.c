/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Tells the executor where the members of kernel structures lie (layout.def): compiled to assembly text, never linked,
 * and only the strings are read (as kernel/offsets.c).
 */
#include "core.h"
#include "endpoint.h"
#include "notification.h"
#include "sched_context.h"

#define EMIT(name, value) __asm__ volatile("\n.ascii \"-> " #name " %c0\"" : : "i"(value));
#define MEMBER(name, type, member) EMIT(name, offsetof(struct type, member))
#define SIZE(name, type)           EMIT(name, sizeof(struct type))
#define VALUE(name, value)         EMIT(name, value)

void layout(void);
void layout(void)
{
#include "layout.def"
}
