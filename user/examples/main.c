/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The first task of examples.cpio: runs every example of examples.def as a task of its own, with the machine's device that
 * the driver drives, and says before and after each what it is.  example=<name> on the command line: only that one.
 */
#include "device.h"
#include "invocations.h"
#include "machine_alarm.h"
#include "option.h"
#include "print.h"
#include "space.h"
#include "string.h"
#include "task.h"

enum { MEMORY_BITS = 23, TASK_MEMORY_BITS = 21, TASK_SLOT_BITS = 9, PRIORITY_main = PRIORITIES - 1, PRIORITY_example = 100 };

static uint64_t endpoint, memory, alarm, slot;

static bool has_alarm(void)
{
	struct irq_control_describe description;
	must(irq_control_describe(BOOT_SLOT_irq_control, &description));
	return ALARM_LINE < description.lines && (alarm || ALARM_PHYSICAL == 0);
}

static void start_task(const char *name)
{
	size_t bytes;
	const void *file = archive_find((const void *)boot->archive_address, boot->archive_bytes, name, &bytes);
	must_be(file);
	struct pool from = { .untyped = memory, .slot = slot, .slot_end = pool.slot_end };
	struct task task = task_make(&from, file, bytes, "", endpoint, PRIORITY_example, TASK_MEMORY_BITS, TASK_SLOT_BITS);
	must(cnode_copy(task.cnode, BOOT_SLOT_irq_control, BOOT_SLOT_irq_control, RIGHTS_all));
	if (alarm)
		must(cnode_copy(task.cnode, SERVER_SLOT_device, alarm, RIGHTS_all));
	(void)cnode_copy(task.cnode, BOOT_SLOT_io_ports, BOOT_SLOT_io_ports, RIGHTS_all);      /* if there are any */
	must(thread_resume(task.thread));
}

/* An example tells its parent when its program() is over. */
static void run(const char *name)
{
	char only[32];
	struct message message;
	option_string("example", only, sizeof only);
	if (*only && !string_equal(only, name))
		return;
	if (string_equal(name, "driver") && !has_alarm()) {
		print("skip %s: the machine has not the device, or no interrupt controller\n", name);
		return;
	}
	print("example %s\n", name);
	start_task(name);
	must(ipc_recv(endpoint, &message));
	must(cnode_revoke(BOOT_SLOT_cnode, memory));
	print("ok %s\n", name);
}

void program(void)
{
	must(thread_set_priority(BOOT_SLOT_thread, PRIORITY_main));
	endpoint = pool_make(&pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	alarm = ALARM_PHYSICAL ? device_frame(ALARM_PHYSICAL) : 0;
	window_make();
	memory = pool_make(&pool, OBJECT_untyped, MEMORY_BITS);
	slot = pool.slot;
#define EXAMPLE(name, title, output) run(#name);
#include "examples.def"
#undef EXAMPLE
}
