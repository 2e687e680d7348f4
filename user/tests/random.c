/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random states (random.h).  Workers of several priorities in several spaces, some of them passive, make random system
 * calls: messages of all kinds through good and bad capabilities, and whatever changes the state that the fast paths
 * look at: priorities, sched contexts, stopping, copies and deletions.  Each notes what it sees in one running hash; in
 * debug builds the kernel's own hash of its state goes in as well, now and then, so that there are fast paths in a row.
 *
 * There is no time and no preemption, so the whole run is a function of the seed and of what the system calls mean.  The
 * first thread has the lowest priority: when no worker can run it intervenes.  Registers that are unspecified (all but
 * the tag after an error) are not noted; but none may hold a kernel value, or what a worker of another space left there.
 */
#include "random.h"
#include "option.h"
#include "probe.h"
#include "test.h"

enum {
	WORKERS = 9, SPACES = 3, ENDPOINTS = 6, PRIVATE_SLOTS = 8, NOTIFICATIONS = 3, BOUND_WORKER = 4,
	PRIORITY_driver = 1, PRIORITY_first = 2, PRIORITY_count = 5,
	STATE_EVERY = 4,                  /* one in so many steps notes the kernel's state */
	EVERY_DEFAULT = 16,               /* one in so many steps prints a trace line; the hash covers those between */
};

/* Capabilities to each endpoint: all rights, and the ones that one would give to clients and servers. */
enum variant { VARIANT_all, VARIANT_send, VARIANT_badged, VARIANT_granting, VARIANT_receive, VARIANTS };
static const uint64_t variant_rights[VARIANTS] = {
	RIGHTS_all, RIGHT_endpoint_send, RIGHT_endpoint_send, RIGHT_endpoint_send | RIGHT_endpoint_grant, RIGHT_endpoint_receive,
};

/* In a page that all spaces share. */
static struct world {
	uint64_t step, hash;
	uint64_t thread[WORKERS], context[WORKERS], space[WORKERS];
	uint64_t endpoint[ENDPOINTS][VARIANTS];
	uint64_t notification[NOTIFICATIONS];     /* the last one is bound to a worker */
	uint64_t slots;                   /* PRIVATE_SLOTS for each worker, in which capabilities arrive */
	uint64_t empty, random[WORKERS + 1];
} *world;

/* The same in all spaces from before they were cloned; the boot page is in the first alone. */
static uint64_t seed, steps, every, slots, debug;

/* ---- randomness and notes ---- */

/* xorshift64* (Vigna 2016), for each worker its own. */
static uint64_t draw(uint64_t number, uint64_t below)
{
	uint64_t *state = &world->random[number];
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (*state * 0x2545f4914f6cdd1d >> 33) % below;
}

static void mix(uint64_t word)
{
	world->hash = (world->hash ^ word) * 0x9e3779b97f4a7c15;
	world->hash ^= world->hash >> 29;
}

static void mix_kernel_state(void)
{
	struct message message = MESSAGE(0);
	ipc_operation(system_call_function, SYS_debug_state, 0, &message);
	mix(message.word[0]);
}

static _Noreturn void end(uint64_t failed)
{
	print("done %lu %lu 0\n", 1 - failed, failed);
	system_halt(failed);
}

/* One step is over. */
static void note(uint64_t number, uint64_t what, uint64_t result)
{
	mix(number << 8 | what);
	mix(result);
	world->step++;
	if (debug && world->hash % STATE_EVERY == 0)
		mix_kernel_state();
	if (world->step % every == 0)
		print("trace %lu %lx\n", world->step, world->hash);
	if (world->step >= steps)
		end(0);
}

static _Noreturn void fail(uint64_t number, const char *what, uint64_t value)
{
	print("not ok random: step %lu, worker %lu: %s %lx\n", world->step, number, what, value);
	end(1);
}

/* Two thirds of the workers prefer to serve, each at an endpoint of its own, and the others to call. */
static bool is_server(uint64_t number) { return number % 3 != 0; }
static uint64_t home(uint64_t number)  { return is_server(number) ? number - number / 3 - 1 : 0; }
_Static_assert(ENDPOINTS == WORKERS - WORKERS / 3, "every server has a home");

/* ---- messages ---- */

static uint64_t pattern(uint64_t space) { return 0x0101010101010101 * (0x21 + space); }

static void check_residue(uint64_t number, const struct probe *probe)
{
	static const char *const names[] = { PROBE_NAMES };
	for (unsigned i = 0; i < PROBE_OTHERS; i++) {
		if (probe->other[i] >> 63)
			fail(number, names[i], probe->other[i]);
		for (uint64_t space = 0; space < SPACES; space++)
			if (space != world->space[number] && probe->other[i] == pattern(space))
				fail(number, names[i], probe->other[i]);
	}
}

static uint64_t draw_private(uint64_t number) { return world->slots + draw(number, WORKERS * PRIVATE_SLOTS); }

static uint64_t draw_endpoint(uint64_t number, enum variant first, enum variant last)
{
	return world->endpoint[draw(number, ENDPOINTS)][first + draw(number, last - first + 1)];
}

/* Mostly one that will do; sometimes any other, or none. */
static uint64_t draw_capability(uint64_t number, bool to_send)
{
	switch (draw(number, 24)) {
	case 0:  return draw_endpoint(number, VARIANT_all, VARIANT_receive);
	case 1:  return draw_private(number);
	case 2:  return world->thread[draw(number, WORKERS)];
	case 3:  return draw(number, 2) ? world->empty : slots * (1 + draw(number, 1000));       /* behind slot 0, which is empty */
	default: return to_send ? draw_endpoint(number, VARIANT_all, VARIANT_granting)
			: world->endpoint[draw(number, 8) ? home(number) : draw(number, ENDPOINTS)][VARIANT_receive];
	}
}

static uint64_t draw_length(uint64_t number)
{
	switch (draw(number, 16)) {
	case 0:  return 1 + draw(number, 4);
	case 1:  return draw(number, TAG_LENGTH_MASK + 1);
	case 2:  return 1 + draw(number, MESSAGE_EXTRA);
	default: return 0;
	}
}

static uint64_t draw_caps(uint64_t number)
{
	uint64_t count = draw(number, 8) ? 0 : draw(number, MESSAGE_CAPS + 1);
	struct ipc_buffer *buffer = thread_buffer();
	for (uint64_t i = 0; i < MESSAGE_CAPS; i++) {
		buffer->cap[i] = draw(number, 4) ? draw_endpoint(number, VARIANT_all, VARIANT_receive) : draw_private(number);
		buffer->receive_slot[i] = draw(number, 5) ? world->slots + number * PRIVATE_SLOTS + draw(number, PRIVATE_SLOTS) : 0;
	}
	return count;
}

/* Labels that are no method's number: what a call to a thread does is decided elsewhere. */
static struct probe draw_message(uint64_t number, enum syscall operation)
{
	bool sends = operation != SYS_recv && operation != SYS_nb_recv;
	bool receives = !sends || operation == SYS_reply_recv;
	uint64_t caps = draw_caps(number), length = draw_length(number);
	struct probe probe = { .message.badge = draw_capability(number, !receives) };
	probe.message.tag = tag_make(operation, 1 << 16 | draw(number, 1 << 16), sends ? caps : 0, sends ? length : 0);
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		probe.message.word[i] = draw(number, (uint64_t)1 << 31);
	for (uint64_t i = 0; sends && i < length && i < MESSAGE_EXTRA; i++)
		thread_buffer()->word[i] = draw(number, (uint64_t)1 << 31);
	return probe;
}

static void mix_message(const struct message *message)
{
	mix(message->badge);
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		mix(message->word[i]);
	for (uint64_t i = 0; i < tag_length(message->tag); i++)
		mix(thread_buffer()->word[i]);
}

static void make_system_call(uint64_t number, enum syscall operation, struct probe probe)
{
	probe_system_call(&probe, pattern(world->space[number]));
	check_residue(number, &probe);
	bool sent_only = operation == SYS_send || operation == SYS_nb_send || operation == SYS_signal;
	/* After null there still are capability addresses in badge and buffer, and those depend on the kernel's size. */
	if (tag_error(probe.message.tag) == ERR_ok && !sent_only && operation != SYS_null)
		mix_message(&probe.message);
	note(number, operation, sent_only ? tag_error(probe.message.tag) : probe.message.tag);
}

static void transfer(uint64_t number, enum syscall operation)
{
	make_system_call(number, operation, draw_message(number, operation));
}

/* Signals and waits, mostly of notifications; now and then with words that do not belong there. */
static void notify(uint64_t number)
{
	static const enum syscall any[] = { SYS_signal, SYS_nb_send, SYS_send, SYS_signal, SYS_nb_recv, SYS_nb_recv, SYS_nb_recv, SYS_recv };
	enum syscall operation = any[draw(number, sizeof any / sizeof any[0])];
	bool sends = operation == SYS_send || operation == SYS_nb_send || operation == SYS_signal;
	uint64_t slot = draw(number, 12) ? world->notification[draw(number, NOTIFICATIONS)] : draw_capability(number, sends);
	struct probe probe = { .message = { .badge = slot, .tag = tag_make(operation, draw(number, 1 << 16), 0, draw(number, 24) == 0) } };
	make_system_call(number, operation, probe);
}

/* ---- everything else ---- */

static enum error restart(uint64_t thread)
{
	struct thread_read_registers registers;
	enum error error = thread_suspend(thread);
	if (error == ERR_ok)
		error = thread_read_registers(thread, &registers);
	if (error == ERR_ok)
		error = thread_write_registers(thread, registers.pc, registers.sp, registers.tls, registers.argument);
	return error ? error : thread_resume(thread);
}

static enum error draw_change(uint64_t number, uint64_t change)
{
	uint64_t other = draw(number, WORKERS), slot = draw_private(number);
	switch (change) {
	case 0: return thread_set_priority(world->thread[other], PRIORITY_first + draw(number, PRIORITY_count));
	case 1: return sched_context_unbind(world->context[other]);
	case 2: return sched_context_bind(world->context[draw(number, WORKERS)], world->thread[other]);
	case 3: return thread_suspend(world->thread[other]);
	case 4: return thread_resume(world->thread[other]);
	case 5: return other == number ? ERR_ok : restart(world->thread[other]);
	case 6: return cnode_copy(BOOT_SLOT_cnode, slot, draw_endpoint(number, VARIANT_all, VARIANT_receive), draw(number, 8));
	case 7: return cnode_move(BOOT_SLOT_cnode, slot, draw_private(number));
	case 8: return cnode_revoke(BOOT_SLOT_cnode, slot);
	default: return cnode_delete(BOOT_SLOT_cnode, slot);
	}
}

enum { CHANGES = 10, NOTE_change = 100 };

static void change(uint64_t number)
{
	uint64_t which = draw(number, CHANGES);
	note(number, NOTE_change + which, draw_change(number, which));
}

/* ---- workers ---- */

static enum syscall draw_operation(uint64_t number)
{
	static const enum syscall any[] = { SYS_call, SYS_send, SYS_nb_send, SYS_recv, SYS_nb_recv, SYS_reply_recv, SYS_null };
	if (draw(number, 8))
		return is_server(number) ? SYS_reply_recv : SYS_call;
	return any[draw(number, sizeof any / sizeof any[0])];
}

static void work(uint64_t number)
{
	transfer(number, is_server(number) ? SYS_recv : SYS_call);
	for (;;) {
		uint64_t kind = draw(number, 24);
		if (kind == 0) {
			change(number);
		} else if (kind == 1) {
			system_yield();
			note(number, SYS_yield, 0);
		} else if (kind <= 6) {
			notify(number);
		} else {
			transfer(number, draw_operation(number));
		}
	}
}

/* ---- the driver ---- */

static void world_make(void)
{
	uint64_t address = address_take(1), frame = space_add_page(&pool, BOOT_SLOT_space, address, MAP_read | MAP_write, NULL, 0);
	world = (struct world *)address;
	for (uint64_t i = 0; i <= WORKERS; i++)
		world->random[i] = (seed * (WORKERS + 1) + i + 1) * 0x9e3779b97f4a7c15;
	for (uint64_t i = 0; i < ENDPOINTS; i++)
		for (uint64_t variant = 0; variant < VARIANTS; variant++)
			world->endpoint[i][variant] = variant == VARIANT_all ? endpoint_make() : pool_mint(&pool,
				world->endpoint[i][VARIANT_all], variant_rights[variant], variant == VARIANT_badged ? 1000 + i : 0);
	for (uint64_t i = 0; i < NOTIFICATIONS; i++)
		world->notification[i] = pool_mint(&pool, pool_make(&pool, OBJECT_notification, SIZE_BITS_notification), RIGHTS_all, 1 << i);
	world->slots = pool_slots(&pool, WORKERS * PRIVATE_SLOTS);
	world->empty = pool_slots(&pool, 1);
	uint64_t space[SPACES] = { BOOT_SLOT_space };
	for (uint64_t i = 1; i < SPACES; i++) {
		space[i] = space_clone(&pool);
		must(space_map(&pool, space[i], pool_copy(&pool, frame), address, MAP_read | MAP_write));
	}
	for (uint64_t i = 0; i < WORKERS; i++) {
		world->space[i] = (i + i / 3) % SPACES;           /* clients and servers in all of them */
		struct made_thread made = thread_start(&pool, space[world->space[i]], work, i,
			PRIORITY_first + draw(WORKERS, PRIORITY_count), THREAD_active);
		world->thread[i] = made.thread;
		world->context[i] = made.context;
	}
	must(thread_bind_notification(world->thread[BOUND_WORKER], world->notification[NOTIFICATIONS - 1]));
}

/* Whether a thread is stuck in a way that no other one can end. */
static bool is_stuck(uint64_t thread)
{
	enum waiting waiting = thread_waiting(thread);
	if (waiting == WAITING_faulted)
		fail(WORKERS, "a worker faulted: its thread is", thread);
	return waiting == WAITING_stopped || waiting == WAITING_context;
}

/* No worker can run: mends what is stuck, or cancels somebody's wait. */
static void intervene(void)
{
	uint64_t number = draw(WORKERS, WORKERS), mended = 0;
	for (uint64_t i = 0; i < WORKERS; i++) {
		if (!is_stuck(world->thread[i]) || draw(WORKERS, 3) == 0)
			continue;
		mended++;
		thread_resume(world->thread[i]);
		sched_context_bind(world->context[i], world->thread[i]);
	}
	note(WORKERS, 0, mended);
	if (mended)
		return;
	/* A server that waits becomes passive, so that calls to it take the fast path; anybody else is woken. */
	if (is_server(number) && thread_waiting(world->thread[number]) == WAITING_receive && draw(WORKERS, 2))
		note(WORKERS, 1, sched_context_unbind(world->context[number]));
	else if (draw(WORKERS, 2))
		note(WORKERS, 2, restart(world->thread[number]));
	else
		note(WORKERS, 3, thread_suspend(world->thread[number]) + thread_resume(world->thread[number]));
}

void random_run(void)
{
	seed = option_number("seed", 1);
	steps = option_number("steps", 1000);
	every = option_number("every", EVERY_DEFAULT);
	if (every == 0)
		every = 1;
	print_at_once = true;             /* what runs next must not depend on the console */
	slots = boot->slots;
	debug = boot->debug;
	/* How many untypeds the boot page lists depends on the kernel's size; the trace must not. */
	must_be(pool.slot <= slots / 2);
	pool.slot = slots / 2;
	window_make();
	must(thread_set_priority(BOOT_SLOT_thread, PRIORITIES - 1));
	world_make();
	must(thread_set_priority(BOOT_SLOT_thread, PRIORITY_driver));
	for (;;)
		intervene();
}
