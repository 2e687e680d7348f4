/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The frequency of the time stamp counter: from CPUID where the processor or a hypervisor says it, else measured
 * against the 8254 timer, which runs at 1.193182 MHz on every PC (Intel 8254 data sheet).
 */
#include "timer.h"
#include "arch.h"
#include "processor.h"

enum { PIT_HZ = 1193182, PIT_MODE_PORT = 0x43, PIT_CHANNEL2_PORT = 0x42, GATE_PORT = 0x61 };
enum { GATE_ON = 1, SPEAKER_ON = 2, CHANNEL2_OUT = 0x20, CHANNEL2_ONE_SHOT = 0xb0 };
enum { MEASURE_TICKS = PIT_HZ / 1000, MEASUREMENTS = 5, SPIN_MAX = 10 * 1000 * 1000 };     /* 1 ms each; a read takes 1 us */

/* Leaf 15h: the crystal's frequency and the ratio (Intel SDM volume 3, section 19.7.3).  0: not told. */
static uint64_t from_processor(void)
{
	struct cpuid ratio = { 0 };

	if (cpuid(0, 0).eax >= 0x15)
		ratio = cpuid(0x15, 0);
	return ratio.eax && ratio.ebx && ratio.ecx ? (uint64_t)ratio.ecx * ratio.ebx / ratio.eax : 0;
}

/* The leaf that VMware defined and KVM and others took over: kHz.  QEMU without KVM does not have it. */
static uint64_t from_hypervisor(void)
{
	if (!(cpuid(1, 0).ecx >> 31) || cpuid(0x40000000, 0).eax < 0x40000010)
		return 0;
	return (uint64_t)cpuid(0x40000010, 0).eax * 1000;
}

static uint64_t measure(void)
{
	uint64_t start;

	port_write(GATE_PORT, (port_read(GATE_PORT) & ~SPEAKER_ON) | GATE_ON);
	port_write(PIT_MODE_PORT, CHANNEL2_ONE_SHOT);
	port_write(PIT_CHANNEL2_PORT, MEASURE_TICKS & 0xff);
	port_write(PIT_CHANNEL2_PORT, MEASURE_TICKS >> 8);      /* it starts to count */
	start = time_stamp();
	if (port_read(GATE_PORT) & CHANNEL2_OUT)
		return 0;                                       /* there is none */
	for (unsigned i = 0; i < SPIN_MAX; i++)
		if (port_read(GATE_PORT) & CHANNEL2_OUT)
			return (time_stamp() - start) * PIT_HZ / MEASURE_TICKS;
	return 0;
}

/* The least of some: an emulator that loses the processor for a while counts too much, never too little. */
static uint64_t measured(void)
{
	uint64_t least = measure();

	for (unsigned i = 1; least && i < MEASUREMENTS; i++) {
		uint64_t next = measure();

		if (next < least)
			least = next;
	}
	return least;
}

BOOT_TEXT uint64_t timer_frequency(const char **how)
{
	uint64_t hz;

	*how = "TSC (CPUID leaf 15h)";
	if ((hz = from_processor()))
		return hz;
	*how = "TSC (told by the hypervisor)";
	if ((hz = from_hypervisor()))
		return hz;
	*how = "TSC (measured against the 8254)";
	if ((hz = measured()))
		return hz;
	*how = "TSC (frequency unknown)";
	return 0;
}
