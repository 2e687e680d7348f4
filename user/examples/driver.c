/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A driver in user space.  It has its device's registers (a frame of device memory, or I/O ports) and its interrupt line,
 * and no other program has: claims the line, binds it to a notification, waits, serves the device, and acknowledges.
 * The device is a clock with an alarm that every machine here has in some form (machine_alarm.h).
 */
#include "invocations.h"
#include "machine_alarm.h"
#include "print.h"
#include "space.h"
#include "task.h"

enum { ALARM_BIT = 4, SLOT_alarm = SERVER_SLOT_device };

static alarm_device alarm_open(void)
{
	if (ALARM_PHYSICAL == 0)                  /* it has I/O ports */
		return NULL;
	uint64_t address = address_take(1);
	must(space_map(&pool, BOOT_SLOT_space, SLOT_alarm, address, MAP_read | MAP_write | MAP_uncached));
	return (alarm_device)address;
}

void program(void)
{
	uint64_t bits, handler = pool_slots(&pool, 1), notification = pool_make(&pool, OBJECT_notification, SIZE_BITS_notification);

	must(irq_control_claim(BOOT_SLOT_irq_control, ALARM_LINE, IRQ_TRIGGER_level, BOOT_SLOT_cnode, handler));
	alarm_device device = alarm_open();
	alarm_quiet(device);
	must(irq_handler_bind(handler, notification, ALARM_BIT));
	for (unsigned i = 1; i <= 3; i++) {
		alarm_set(device);
		must(notification_wait(notification, &bits));
		print("alarm %u: bits %lx\n", i, bits);
		alarm_quiet(device);
		must(irq_handler_acknowledge(handler));
	}
	must(irq_handler_unbind(handler));
}
