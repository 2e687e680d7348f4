/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A program's side of the console: starting the server, and talking to it.  Without a server, characters go to the
 * kernel's console, which takes them in debug builds, and where nobody else could write.
 */
#include "console.h"
#include "device.h"
#include "invocations.h"
#include "print.h"
#include "space.h"
#include "string.h"
#include "task.h"

enum { SERVER_MEMORY_BITS = 16, SERVER_SLOT_BITS = 6, SERVER_PRIORITY = PRIORITIES - 1, UART_PORTS = 8 };

bool print_at_once;
static uint64_t console;                  /* a capability to the server with this program's badge; 0: none */
static uint64_t service;                  /* in the first task: the server's endpoint, with all rights */
static uint64_t badges;                   /* given so far */

/* ---- starting the server, in the first task ---- */

static bool has_ports(void) { return boot->console.kind == CONSOLE_uart_ports || boot->console.kind == CONSOLE_port_e9; }

/* Gives the server what it drives.  A line that somebody else has, or a machine without, leaves it to polling. */
static void give_device(const struct task *task)
{
	const struct boot_console *device = &boot->console;
	if (has_ports()) {
		must(io_ports_range(BOOT_SLOT_io_ports, task->cnode, SERVER_SLOT_device, device->address,
			device->kind == CONSOLE_uart_ports ? UART_PORTS : 1));
	} else {
		uint64_t frame = device_frame(device->address);
		must_be(frame);
		must(cnode_copy(task->cnode, SERVER_SLOT_device, frame, RIGHTS_all));
	}
	struct irq_control_describe irq;
	must(irq_control_describe(BOOT_SLOT_irq_control, &irq));
	if (device->line && device->line < irq.lines)
		must(irq_control_claim(BOOT_SLOT_irq_control, device->line, device->trigger, task->cnode, SERVER_SLOT_irq));
}

static void server_start(const void *file, size_t bytes)
{
	uint64_t endpoint = pool_make(&pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	struct task task = task_make(&pool, file, bytes, "", endpoint, SERVER_PRIORITY, SERVER_MEMORY_BITS, SERVER_SLOT_BITS);
	service = endpoint;               /* now, for the server itself has no console */
	give_device(&task);
	must(thread_resume(task.thread));
	must_be(console_give(BOOT_SLOT_cnode));
	console = TASK_SLOT_console;
	struct message message = MESSAGE(CONSOLE_CALL_statistics);
	must(ipc_call(console, &message));        /* answered when the device works */
}

void console_init(void)
{
	if (boot->console.kind == CONSOLE_server)
		console = TASK_SLOT_console;
	if (!boot->archive_bytes)                 /* not the first task */
		return;
	size_t bytes;
	const void *file = archive_find((const void *)boot->archive_address, boot->archive_bytes, "console", &bytes);
	if (file && boot->console.kind > CONSOLE_kernel)
		server_start(file, bytes);
	if (!boot->debug)                         /* the kernel has not printed them */
		print("%s", boot->messages);
}

bool console_give(uint64_t cnode)
{
	if (service)
		must(cnode_mint(cnode, TASK_SLOT_console, service, RIGHT_endpoint_send, ++badges));
	else if (console)
		must(cnode_copy(cnode, TASK_SLOT_console, console, RIGHTS_all));
	return console || service;
}

/* ---- talking to it ---- */

void console_write(struct message *message, uint64_t count, bool last)
{
	enum console_call call = !last ? CONSOLE_CALL_more : print_at_once ? CONSOLE_CALL_write_now : CONSOLE_CALL_write;
	if (console) {
		message->tag = tag_make(0, count << CONSOLE_COUNT_SHIFT | call, 0, 0);
		ipc_operation(system_call_inline, SYS_call, console, message);
	} else {
		message->tag = tag_make(0, count, 0, 0);
		ipc_operation(system_call_inline, SYS_debug_write, 0, message);
	}
}

size_t console_read(char text[CONSOLE_CHUNK])
{
	struct message message = MESSAGE(CONSOLE_CALL_read);
	if (!console || ipc_call(console, &message))
		return 0;
	memcpy(text, message.word, sizeof message.word);
	return tag_label(message.tag);
}
