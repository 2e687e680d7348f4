/* SPDX-License-Identifier: BSD-2-Clause -- whose registers the FPU holds, with both policies (fpu.h). */
#include "fpu.h"
#include "sched.h"
#include "world.h"

enum { ONE = 20, OTHER = 21, PLAIN = 22 };
static struct thread *one, *other, *plain;

/* Threads that do not run: the unit tests let them come and go through fpu_switch() alone. */
static void begin(enum fpu_policy policy)
{
	world_init();
	fpu_init(policy);
	one = make(OBJECT_thread, ONE, 0);
	other = make(OBJECT_thread, OTHER, 0);
	plain = make(OBJECT_thread, PLAIN, 0);
	EXPECT(ok, ONE, thread, set_fpu, 1);
	EXPECT(ok, OTHER, thread, set_fpu, 1);
}

/* The thread runs and touches the FPU: what it finds; it leaves a value there. */
static uint64_t touch(struct thread *thread, uint64_t value)
{
	uint64_t found;

	fpu_switch(thread);
	if (!host.fpu_enabled)
		CHECK(fpu_take(thread));
	CHECK(core.fpu_owner == thread && host.fpu_enabled && core.fpu_enabled);
	found = host.fpu_register;
	host.fpu_register = value;
	return found;
}

static void keep_registers(enum fpu_policy policy)
{
	begin(policy);
	EQUAL(fpu_policy(), policy);
	EQUAL(touch(one, 1), 0);
	EQUAL(touch(other, 2), 0);
	EQUAL(touch(one, 3), 1);
	fpu_switch(plain);
	CHECK(!host.fpu_enabled && !fpu_take(plain));
	EQUAL(touch(one, 4), 3);
	EQUAL(touch(other, 5), 2);
	EQUAL(touch(one, 6), 4);
	CHECK(!fpu_take(one));
}

void test_fpu_registers_lazy(void)  { keep_registers(FPU_lazy); }
void test_fpu_registers_eager(void) { keep_registers(FPU_eager); }

void test_fpu_lazy(void)
{
	begin(FPU_lazy);
	touch(one, 1);
	fpu_switch(plain);
	CHECK(core.fpu_owner == one && one->gate & GATE_OF(fpu) && host.fpu_register == 1);
	fpu_switch(one);
	CHECK(host.fpu_enabled);
	touch(other, 2);
	CHECK(!(one->gate & GATE_OF(fpu)));
}

void test_fpu_eager(void)
{
	begin(FPU_eager);
	touch(one, 1);
	fpu_switch(plain);
	CHECK(!core.fpu_owner && !(one->gate & GATE_OF(fpu)) && host.fpu_register == 0);
	touch(one, 2);
	EXPECT(ok, ONE, thread, set_fpu, 0);
	CHECK(!core.fpu_owner && !host.fpu_enabled && host.fpu_register == 0);
}

void test_fpu_forgets_at_once(void)
{
	begin(FPU_eager);
	touch(one, 1);
	fpu_forget(one);
	CHECK(!host.fpu_enabled && host.fpu_register == 0 && !core.fpu_owner && !(one->gate & GATE_OF(fpu)));
	EQUAL(touch(one, 2), 0);
}

static void plain_switch(enum fpu_policy policy)
{
	uint64_t before;

	begin(policy);
	touch(one, 1);
	fpu_switch(plain);
	before = host.fpu_writes;
	for (unsigned i = 0; i < 4; i++)
		fpu_switch(i % 2 ? plain : other);
	EXPECT(ok, SLOT_untyped, untyped, describe, 0);
	EQUAL(host.fpu_writes, before);
}

void test_fpu_plain_lazy(void)  { plain_switch(FPU_lazy); }
void test_fpu_plain_eager(void) { plain_switch(FPU_eager); }

void test_fpu_set(void)
{
	begin(FPU_auto);
	EQUAL(fpu_policy(), ARCH_FPU_LEAKS ? FPU_eager : FPU_lazy);
	EXPECT(bad_argument, ONE, thread, set_fpu, 2);
	EXPECT(no_right, (EXPECT(ok, SLOT_cnode, cnode, copy, 30, ONE, 0), 30), thread, set_fpu, 1);
	touch(one, 1);
	EXPECT(ok, ONE, thread, set_fpu, 0);
	CHECK(!core.fpu_owner && !fpu_take(one));
	EXPECT(ok, ONE, thread, set_fpu, 1);
	EQUAL(touch(one, 1), 0);
	EXPECT(ok, ONE, thread, write_registers, 4096);
	EQUAL(touch(one, 1), 0);
	EXPECT(ok, SLOT_cnode, cnode, delete, ONE);
	CHECK(!core.fpu_owner && !host.fpu_enabled);
}

void test_fpu_none(void)
{
	host.has_fpu = false;
	world_init();
	fpu_init(FPU_eager);
	one = make(OBJECT_thread, ONE, 0);
	EQUAL(fpu_policy(), FPU_none);
	EXPECT(bad_argument, ONE, thread, set_fpu, 1);
	EXPECT(ok, ONE, thread, set_fpu, 0);
	CHECK(!fpu_take(one));
}

void test_fpu_trap(void)
{
	begin(FPU_lazy);
	CHECK(!kernel_fpu_trap(plain) && !(core.fpu_owner));
	gate_clear(one, GATE_OF(full));
	CHECK(kernel_fpu_trap(one) && one->gate & GATE_OF(full));
	CHECK(!kernel_fpu_trap(one));
}
