/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A device's interrupt, which finds a thread running and wakes its driver, a thread of higher priority that waits for the
 * notification; the driver's acknowledgement; and its next wait, which lets the other thread go on.
 */
#include "case.h"
#include "device.h"
#include "invocations.h"
#include "machine_line.h"
#include "space.h"
#include "thread.h"

enum { PRIORITY_driver = 101, BITS = 4 };

/* In the driver's space a clone of these; its device is mapped where it is here. */
static uint64_t frame, handler, notification;
static line_device device;

static void driver(uint64_t unused)
{
	(void)unused;
	for (;;) {
		uint64_t bits;
		notification_wait(notification, &bits);
		line_quiet(device);
		irq_handler_acknowledge(handler);
	}
}

static void raise_loop(uint64_t unused, uint64_t iterations)
{
	(void)unused;
	for (uint64_t i = 0; i < iterations; i++)
		line_raise(device);
}

static void device_map(uint64_t space, uint64_t capability)
{
	must(space_map(&case_pool, space, capability, (uint64_t)device, MAP_read | MAP_write | MAP_uncached));
}

/* What case_end() does not take back, for it was not made from the case's memory, is deleted here. */
static void measure(bool other)
{
	uint64_t space = BOOT_SLOT_space, copy = pool_copy(&case_pool, frame);
	device_map(space, copy);
	line_init(device);
	notification = pool_make(&case_pool, OBJECT_notification, SIZE_BITS_notification);
	handler = pool_slots(&case_pool, 1);
	must(irq_control_claim(BOOT_SLOT_irq_control, LINE_NUMBER, IRQ_TRIGGER_level, BOOT_SLOT_cnode, handler));
	must(irq_handler_bind(handler, notification, BITS));
	if (other) {
		space = space_clone(&case_pool);
		device_map(space, frame);
	}
	thread_start(&case_pool, space, driver, 0, PRIORITY_driver, THREAD_active);
	case_run(raise_loop, 0);
	if (other)
		must(frame_unmap(frame));
	must(cnode_delete(BOOT_SLOT_cnode, copy));
	must(cnode_delete(BOOT_SLOT_cnode, handler));
}

void bench_irq_deliver(const char *name, const char *passages)
{
	static const char *const parameters[] = { "space=same stub=inline", "space=other stub=inline" };
	if (!frame) {
		frame = device_frame(LINE_PHYSICAL);
		device = (line_device)address_take(1);
	}
	for (unsigned other = 0; other < 2; other++) {
		if (!frame || !case_begin(name, passages, parameters[other]))
			continue;
		measure(other);
		case_end();
	}
}
