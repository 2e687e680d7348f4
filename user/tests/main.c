/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The system tests, the machine's first task.
 */
#include "print.h"
#include "runtime.h"

void program(void)
{
	print("ok hello\ndone 1 0 0\n");
}
