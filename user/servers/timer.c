/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The timer server as a program: whoever starts it gives it an endpoint as TASK_SLOT_parent, and the handler of the timer's
 * line in SERVER_SLOT_irq.
 */
#include "task.h"
#include "timer_server.h"

void program(void)
{
	timer_serve(BOOT_SLOT_thread, (struct ipc_buffer *)boot->buffer_address, TASK_SLOT_parent, SERVER_SLOT_irq);
}
