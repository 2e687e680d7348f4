/* SPDX-License-Identifier: BSD-2-Clause -- the dispatch of methods. */
#include "invoke.h"
#include "io_ports.h"
#include "irq.h"
#include "world.h"

/* One capability of each kind, of index kind, in slots from here on. */
enum { FIRST = 100 };

/* What no untyped makes. */
static void give(enum object_kind kind, void *object)
{
	struct capability value = { .object = object_pack(object, kind), .rights = rights_of(kind), .size_bits = SIZE_BITS_slot };

	capability_insert(&world_slots[FIRST + kind], NULL, &value);
}

static void make_each_kind(void)
{
	world_init();
	for (enum object_kind kind = OBJECT_untyped; kind <= OBJECT_reply; kind++)
		make(kind, FIRST + kind, 12);
	give(OBJECT_irq_control, irq_control_object());
	give(OBJECT_irq_handler, &irq_handlers[1]);
	give(OBJECT_io_ports, io_ports_object());
}

void test_dispatch_rights(void)
{
	unsigned methods = 0;

	make_each_kind();
#define METHOD(kind, number, name, right, arguments, results, summary) \
	world_slots[FIRST + OBJECT_##kind].rights = rights_of(OBJECT_##kind) & ~(uint32_t)RIGHT_##kind##_##right; \
	EXPECT(no_right, FIRST + OBJECT_##kind, kind, name, 0); \
	world_slots[FIRST + OBJECT_##kind].rights = RIGHT_##kind##_##right; \
	CHECK(INVOKE(FIRST + OBJECT_##kind, kind, name, UINT64_MAX, UINT64_MAX, UINT64_MAX).error != ERR_no_right); \
	methods++;
#include "method.def"
#undef METHOD
	CHECK(methods > 10);
}

static bool exists(enum object_kind of, uint64_t method)
{
#define METHOD(kind, number, name, right, arguments, results, summary) \
	if (of == OBJECT_##kind && method == (number)) \
		return true;
#include "method.def"
#undef METHOD
	return false;
}

void test_dispatch_methods(void)
{
	static const uint64_t words[MESSAGE_REGISTERS];

	make_each_kind();
	for (enum object_kind kind = OBJECT_untyped; kind <= OBJECT_io_ports; kind++) {
		for (uint64_t method = 0; method < 300; method++) {
			if (kind == OBJECT_endpoint || exists(kind, method))
				continue;                         /* calling an endpoint is no invocation */
			EQUAL(invoke_method(FIRST + kind, method, words).error, ERR_no_method);
			EQUAL(invoke_method(FIRST + kind, method | (uint64_t)1 << 40, words).error, ERR_no_method);
		}
	}
	EQUAL(invoke_method(FIRST, 1, words).error, ERR_no_cap);
	EQUAL(invoke_method(WORLD_SLOTS, 1, words).error, ERR_no_cap);
	EQUAL(invoke_method(UINT64_MAX, 1, words).error, ERR_no_cap);
}
