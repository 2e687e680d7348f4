/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Turns offsets.def into offsets.h.  Compiled to assembly text, never linked; the build keeps the lines that .ascii
 * marks with "->" (the method of Linux's kbuild).
 */
#include "core.h"
#include "endpoint.h"
#include "irq.h"
#include "notification.h"

#define EMIT(name, value) __asm__ volatile("\n.ascii \"-> #define " #name " %c0\"" : : "i"(value));
#define OFFSET(name, type, member) EMIT(name, offsetof(type, member))
#define VALUE(name, value)         EMIT(name, value)

void offsets(void);
void offsets(void)
{
#include "offsets.def"
}
