/* SPDX-License-Identifier: BSD-2-Clause -- memory while the kernel starts, as firmware that errs describes it. */
#include <stddef.h>
#include "boot_memory.h"
#include "test.h"

enum { GIVEN_MAX = 64, MEBIBYTE = 1 << 20 };

static struct { struct range range; bool device; } given[GIVEN_MAX];
static unsigned count;

static void give(uint64_t physical, unsigned size_bits, bool device)
{
	CHECK(count < GIVEN_MAX);
	given[count].range = (struct range){ physical, physical + ((uint64_t)1 << size_bits) };
	given[count++].device = device;
}

static void give_all(const struct boot_info *info)
{
	count = 0;
	boot_memory_init(info);
	boot_memory_give_rest(info, give);
}

static bool overlap(struct range a, struct range b) { return a.start < b.end && b.start < a.end; }

static uint64_t check_disjoint(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < count; i++) {
		sum += given[i].device ? 0 : given[i].range.end - given[i].range.start;
		for (unsigned j = 0; j < i; j++)
			CHECK(!overlap(given[i].range, given[j].range));
	}
	return sum;
}

void test_boot_memory_twice(void)
{
	static const struct boot_info info = {
		.memory = { { 4 * MEBIBYTE, 8 * MEBIBYTE }, { 6 * MEBIBYTE, 10 * MEBIBYTE }, { 5 * MEBIBYTE, 6 * MEBIBYTE },
			{ 4 * MEBIBYTE, 8 * MEBIBYTE }, { MEBIBYTE, 12 * MEBIBYTE + 1 } },
		.memory_count = 5, .reserved = { { 7 * MEBIBYTE + 1, 7 * MEBIBYTE + 2 } }, .reserved_count = 1,
		.mapped_end = 1 << 30,
	};

	give_all(&info);
	EQUAL(check_disjoint(), 11 * MEBIBYTE - 4096);
}

void test_boot_device_in_memory(void)
{
	static const struct boot_info info = {
		.memory = { { 4 * MEBIBYTE, 8 * MEBIBYTE } }, .memory_count = 1, .mapped_end = 1 << 30,
		.device = { { 7 * MEBIBYTE, 9 * MEBIBYTE }, { 8 * MEBIBYTE, 9 * MEBIBYTE }, { 3 * MEBIBYTE, 5 * MEBIBYTE },
			{ 1 * MEBIBYTE, 16 * MEBIBYTE } },
		.device_count = 4,
	};
	unsigned devices = 0;

	give_all(&info);
	EQUAL(check_disjoint(), 4 * MEBIBYTE);
	for (unsigned i = 0; i < count; i++)
		devices += given[i].device;
	EQUAL(devices, 1);
}
