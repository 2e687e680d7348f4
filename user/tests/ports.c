/* SPDX-License-Identifier: BSD-2-Clause
 *
 * I/O ports, where the machine has them: ranges, and what a range keeps out.
 */
#include "report.h"

/* Index and data of the PC's clock: index 0x0f is a byte that nobody needs while the machine runs. */
enum { CLOCK = 0x70, CLOCK_PORTS = 2, CLOCK_BYTE = 0x0f };

static uint64_t ports(uint64_t first, uint64_t count)
{
	uint64_t slot = slot_empty();
	enum error error = io_ports_range(BOOT_SLOT_io_ports, BOOT_SLOT_cnode, slot, first, count);
	if (error == ERR_no_cap)
		test_skip("this machine has no I/O ports");
	must(error);
	return slot;
}

TEST(ports_are_written_and_read)
{
	uint64_t clock = ports(CLOCK, CLOCK_PORTS);
	struct io_ports_in read;
	for (uint64_t value = 0x5a; value <= 0xa5; value += 0x4b) {
		must(io_ports_out(clock, CLOCK, 1, CLOCK_BYTE));
		must(io_ports_out(clock, CLOCK + 1, 1, value));
		must(io_ports_out(clock, CLOCK, 1, CLOCK_BYTE));
		must(io_ports_in(clock, CLOCK + 1, 1, &read));
		expect_equal(read.value, value);
	}
}

/* 0xcf8 is PCI's configuration address: 32 bits that can be read back, and in parts. */
TEST(ports_have_three_widths)
{
	uint64_t pci = ports(0xcf8, 8);
	struct io_ports_in read;
	must(io_ports_out(pci, 0xcf8, 4, 0x80000000));
	must(io_ports_in(pci, 0xcf8, 4, &read));
	expect_equal(read.value, 0x80000000);
	must(io_ports_in(pci, 0xcfc, 4, &read));
	uint64_t whole = read.value;
	must(io_ports_in(pci, 0xcfc, 2, &read));
	expect_equal(read.value, whole & 0xffff);
	must(io_ports_in(pci, 0xcfd, 1, &read));
	expect_equal(read.value, whole >> 8 & 0xff);
}

TEST(a_range_of_ports_keeps_others_out)
{
	uint64_t clock = ports(CLOCK, CLOCK_PORTS), copy = pool_copy(&pool, clock), slot = slot_empty();
	struct io_ports_in read;
	const uint64_t ranges[] = { clock, copy };
	for (unsigned i = 0; i < 2; i++) {
		expect_equal(io_ports_in(ranges[i], CLOCK - 1, 1, &read), ERR_bad_address);
		expect_equal(io_ports_in(ranges[i], CLOCK + 2, 1, &read), ERR_bad_address);
		expect_equal(io_ports_in(ranges[i], CLOCK + 1, 2, &read), ERR_bad_address);
		expect_equal(io_ports_out(ranges[i], CLOCK, 4, 0), ERR_bad_address);
		expect_equal(io_ports_out(ranges[i], CLOCK | 1 << 16, 1, 0), ERR_bad_address);
		expect_equal(io_ports_in(ranges[i], UINT64_MAX, 1, &read), ERR_bad_address);
		expect_equal(io_ports_in(ranges[i], CLOCK, 3, &read), ERR_bad_argument);
		expect_equal(io_ports_out(ranges[i], CLOCK, 8, 0), ERR_bad_argument);
		expect_equal(io_ports_range(ranges[i], BOOT_SLOT_cnode, slot, CLOCK, 3), ERR_bad_argument);
		expect_equal(io_ports_range(ranges[i], BOOT_SLOT_cnode, slot, CLOCK, 0), ERR_bad_argument);
		expect_equal(io_ports_range(ranges[i], BOOT_SLOT_cnode, slot, CLOCK - 1, 1), ERR_bad_argument);
		expect_equal(io_ports_range(ranges[i], BOOT_SLOT_cnode, slot, CLOCK, UINT64_MAX), ERR_bad_argument);
		expect_equal(io_ports_range(ranges[i], BOOT_SLOT_cnode, boot->slots, CLOCK, 1), ERR_bad_argument);
		must(io_ports_in(ranges[i], CLOCK + 1, 1, &read));
	}
	must(io_ports_range(clock, BOOT_SLOT_cnode, slot, CLOCK + 1, 1));
	expect_equal(io_ports_in(slot, CLOCK, 1, &read), ERR_bad_address);
	must(cnode_revoke(BOOT_SLOT_cnode, clock));
	expect_equal(io_ports_in(slot, CLOCK + 1, 1, &read), ERR_no_cap);
}

TEST(deriving_ports_can_fail)
{
	uint64_t clock = ports(CLOCK, CLOCK_PORTS), weak = slot_empty(), slot = slot_empty();
	struct io_ports_in read;
	expect_equal(io_ports_range(clock, BOOT_SLOT_null, slot, CLOCK, 1), ERR_no_cap);
	expect_equal(io_ports_range(clock, clock, slot, CLOCK, 1), ERR_wrong_kind);
	expect_equal(io_ports_range(clock, BOOT_SLOT_cnode, clock, CLOCK, 1), ERR_slot_taken);
	must(cnode_copy(BOOT_SLOT_cnode, weak, BOOT_SLOT_cnode, 0));
	expect_equal(io_ports_range(clock, weak, slot, CLOCK, 1), ERR_no_right);
	weak = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, weak, clock, 0));
	expect_equal(io_ports_in(weak, CLOCK + 1, 1, &read), ERR_no_right);
	expect_equal(io_ports_out(weak, CLOCK + 1, 1, 0), ERR_no_right);
	expect_equal(io_ports_range(weak, BOOT_SLOT_cnode, slot, CLOCK, 1), ERR_no_right);
	enum error error = ERR_ok;
	for (unsigned i = 0; i < 300 && error == ERR_ok; i++) {
		slot = slot_empty();
		error = io_ports_range(clock, BOOT_SLOT_cnode, slot, CLOCK, CLOCK_PORTS);
		clock = error == ERR_ok ? slot : clock;
	}
	expect_equal(error, ERR_too_deep);
}
