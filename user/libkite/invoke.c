/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Invocations, out of line: they are not worth eight register loads at every place that makes one.
 */
#include "invoke.h"

enum error invoke(uint64_t capability, struct message *message)
{
	return ipc_operation(system_call_function, SYS_call, capability, message);
}
