/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hostile programs (fuzz.h).  Threads in two address spaces, in a CSpace that holds something of every kind, make random
 * system calls: methods with arguments that fit their names in abi/method.def, messages of all lengths through whatever
 * is there, faults; and, if they are to be wild, anything at all in any register.  What they break for themselves the
 * first thread of the task mends, when nothing else can run; what they break for the kernel shows: a debug kernel checks
 * its invariant after every system call, no register may come back with a value of the kernel's, and when the task is
 * revoked all memory must be there again.
 *
 * The first thread and all that it made is out of their reach: they have copies.  They own what they make themselves.
 */
#include "fuzz.h"
#include "machine_test.h"
#include "option.h"
#include "probe.h"
#include "report.h"
#include "string.h"

enum {
	WORKERS = 6, SPARES = 8, SPACES = 2, THREADS = WORKERS + SPARES,
	KINDS = 14, PER_KIND = 8,         /* slots of each kind in the workers' CSpace, at kind * PER_KIND */
	ROOT_BITS = 8, CHILD_BITS = 4, GUARD_BITS = 3, GUARD = 5,
	UNTYPED_BITS = 17, PRIORITIES_USED = 5, PRIORITY_first = 2,
	PORT = 0x80, PORTS = 4,           /* the diagnostic port of a PC: writing there harms nothing */
	CNODE_root = OBJECT_cnode * PER_KIND, CNODE_child, CNODE_guarded,
};

/* In a page that all spaces share. */
static struct world {
	uint64_t step, spare, hash, random[THREADS + 1];
	struct made_thread made[THREADS];
	uint64_t space[THREADS], cnode;
	const char *failed;               /* what register held a value of the kernel's, and which; NULL so far */
	uint64_t value;
} *world;

static uint64_t limit, wild, levels;      /* the same in all spaces from before they were cloned */

/* ---- randomness ---- */

/* xorshift64* (Vigna 2016), for each thread its own; the last is the first thread's. */
static uint64_t draw_word(uint64_t number)
{
	uint64_t *state = &world->random[number];
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1d;
}

static uint64_t draw(uint64_t number, uint64_t below) { return (draw_word(number) >> 33) % below; }
static bool one_in(uint64_t number, uint64_t times)   { return draw(number, times) == 0; }

/* Words at which arithmetic goes wrong, and any others. */
static uint64_t draw_any(uint64_t number)
{
	static const uint64_t edge[] = { 0, 1, 7, 63, 64, 255, 256, 4095, 4096, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
		0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0xfffffffffffff000, 0xffffffff80200000,
		0x00007ffffffff000, 0x0000800000000000, 0xffff800000000000, 0x0000003ffffff000, 0x0000004000000000 };
	switch (draw(number, 4)) {
	case 0:  return edge[draw(number, sizeof edge / sizeof edge[0])];
	case 1:  return edge[draw(number, sizeof edge / sizeof edge[0])] + draw(number, 17) - 8;
	case 2:  return draw_word(number) >> draw(number, 64);
	default: return draw_word(number);
	}
}

/* ---- arguments ---- */

/* Of one step: who makes it, and what kind of object the arguments are about. */
struct step {
	uint64_t number, kind, pc_is_good, spare;
};

/* Mostly one of the first, where the most is. */
static uint64_t draw_slot(const struct step *step, uint64_t kind)
{
	return kind * PER_KIND + draw(step->number, 1 + draw(step->number, PER_KIND));
}

/* Mostly in the root; else through the CNodes that its slots hold (abi.h: addresses of two levels). */
static uint64_t draw_address(const struct step *step, uint64_t kind)
{
	uint64_t number = step->number, slot = draw_slot(step, kind);
	switch (draw(number, 16)) {
	case 0:  return draw(number, 1 << CHILD_BITS) << ROOT_BITS | CNODE_child;
	case 1:  return draw(number, 1 << CHILD_BITS) << (ROOT_BITS + GUARD_BITS) | GUARD << ROOT_BITS | CNODE_guarded;
	case 2:  return slot << ROOT_BITS | CNODE_root;
	case 3:  return draw(number, 1 << ROOT_BITS);
	default: return slot;
	}
}

static uint64_t draw_size(const struct step *step)
{
	switch (step->kind) {
	case OBJECT_untyped:    return SIZE_BITS_untyped_min + draw(step->number, 10);
	case OBJECT_cnode:      return SIZE_BITS_cnode_min + draw(step->number, 5);
	case OBJECT_thread:     return SIZE_BITS_thread;
	case OBJECT_space:      return SIZE_BITS_space;
	case OBJECT_page_table: return SIZE_BITS_page_table;
	case OBJECT_frame:      return SIZE_BITS_frame;
	default:                return SIZE_BITS_endpoint;
	}
}

static void work(uint64_t number);

/* A spare stack is used once: the thread that gets it finds it as it was made. */
static uint64_t draw_pc(struct step *step)
{
	step->pc_is_good = world->spare < SPARES && !one_in(step->number, 4);
	if (!step->pc_is_good)
		return draw_any(step->number);
	step->spare = WORKERS + world->spare++;
	return (uint64_t)work;
}

/* What an argument of this name in method.def could be. */
static uint64_t draw_argument(struct step *step, const char *name)
{
	uint64_t number = step->number;
	const struct made_thread *made = &world->made[step->spare];
	static const struct { const char *name; uint64_t kind; } subject[] = {
#define OBJECT(number, kind, summary) { #kind "_capability", OBJECT_##kind },
#include "object.def"
#undef OBJECT
		{ "source_capability", KINDS }, { "pivot_capability", KINDS }, { "capability", KINDS },
	};
	for (unsigned i = 0; i < sizeof subject / sizeof subject[0]; i++)
		if (string_starts(name, subject[i].name))
			return draw_address(step, subject[i].kind == KINDS ? step->kind : subject[i].kind);
	if (string_starts(name, "slot"))      return draw_slot(step, step->kind);
	if (string_starts(name, "kind"))      return step->kind;
	if (string_starts(name, "size_bits")) return draw_size(step);
	if (string_starts(name, "count"))     return draw(number, 4);
	if (string_starts(name, "rights"))    return one_in(number, 2) ? RIGHTS_all : draw_word(number);
	if (string_starts(name, "badge"))     return draw(number, 3) ? draw(number, 4) : draw_word(number);
	if (string_starts(name, "guard"))     return draw(number, 2) ? 0 : guard_make(GUARD_BITS, draw(number, 8));
	if (string_starts(name, "address"))   return 0x3000000000 + draw(number, 4) * PAGE_BYTES + (draw(number, 4) << 30);
	if (string_starts(name, "level"))     return 1 + draw(number, levels);
	if (string_starts(name, "priority"))  return PRIORITY_first + draw(number, PRIORITIES_USED);
	if (string_starts(name, "buffer_offset")) return draw(number, 5) << IPC_BUFFER_SIZE_BITS;
	if (string_starts(name, "pc"))        return draw_pc(step);
	if (string_starts(name, "sp"))        return step->pc_is_good ? stack_start(made->page_address) : draw_any(number);
	if (string_starts(name, "tls"))       return step->pc_is_good ? made->page_address + sizeof(struct ipc_buffer) : draw_any(number);
	if (string_starts(name, "argument"))  return step->pc_is_good ? step->spare : draw_any(number);
	if (string_starts(name, "port"))      return PORT + draw(number, PORTS);
	if (string_starts(name, "bytes"))     return (uint64_t)1 << draw(number, 13);
	return draw(number, 8);
}

static const char *next_word(const char *text)
{
	while (*text && *text != ' ')
		text++;
	return *text ? text + 1 : text;
}

/* ---- steps ---- */

static const struct { uint64_t kind, number; const char *arguments; } methods[] = {
#define METHOD(kind, number, name, right, arguments, results, summary) { OBJECT_##kind, number, arguments },
#include "method.def"
#undef METHOD
};

static struct message draw_invocation(struct step *step)
{
	unsigned i = (unsigned)draw(step->number, sizeof methods / sizeof methods[0]);
	if (one_in(step->number, 3))
		i = 0;                    /* retype, or nothing would be there to play with */
	struct message message = { .tag = tag_make(SYS_call, methods[i].number, 0, 0) };
	message.badge = draw_address(step, methods[i].kind);
	unsigned word = 0;
	for (const char *name = methods[i].arguments; *name; name = next_word(name))
		message.word[word++] = draw_argument(step, name);
	return message;
}

static uint64_t draw_caps(struct step *step)
{
	uint64_t number = step->number;
	for (uint64_t i = 0; i < MESSAGE_CAPS; i++) {
		thread_buffer()->cap[i] = draw_address(step, 1 + draw(number, KINDS - 1));
		thread_buffer()->receive_slot[i] = draw_address(step, 1 + draw(number, KINDS - 1));
	}
	return one_in(number, 4) ? draw(number, MESSAGE_CAPS + 1) : 0;
}

static struct message draw_transfer(struct step *step)
{
	static const enum syscall any[] = { SYS_call, SYS_send, SYS_nb_send, SYS_recv, SYS_nb_recv, SYS_reply_recv, SYS_nb_send,
		SYS_nb_recv, SYS_reply_recv };
	static const enum object_kind through[] = { OBJECT_endpoint, OBJECT_endpoint, OBJECT_notification, OBJECT_reply };
	uint64_t number = step->number, length = one_in(number, 3) ? draw(number, TAG_LENGTH_MASK + 1) : 0;
	enum syscall operation = any[draw(number, sizeof any / sizeof any[0])];
	struct message message = { .tag = tag_make(operation, draw(number, 4), draw_caps(step), length) };
	message.badge = draw_address(step, through[draw(number, sizeof through / sizeof through[0])]);
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		message.word[i] = draw_any(number);
	if (one_in(number, 4))
		message.word[0] = (uint64_t)work;              /* as an answer to a fault, which may come from anywhere */
	return message;
}

/* A word of the message becomes anything; the operations that print and halt stay out. */
static void make_wild(struct step *step, struct message *message)
{
	uint64_t number = step->number, place = draw(number, 3 * MESSAGE_REGISTERS);
	if (place < MESSAGE_REGISTERS)
		message->word[place] = draw_any(number);
	else if (place == MESSAGE_REGISTERS)
		message->badge = draw_any(number);
	else if (place == MESSAGE_REGISTERS + 1)
		message->tag ^= (uint64_t)1 << draw(number, 64);
	else if (place == MESSAGE_REGISTERS + 2)
		message->tag = draw_any(number);
	while (tag_operation(message->tag) == SYS_debug_write || tag_operation(message->tag) == SYS_debug_halt)
		message->tag = draw_any(number);
}

/* Ends it all; the first thread reports it, for the workers have no console. */
static void fail(const char *what, uint64_t value)
{
	world->failed = what;
	world->value = value;
	world->step = limit;
}

static void note(uint64_t word)
{
	world->hash = (world->hash ^ word) * 0x9e3779b97f4a7c15;
	world->hash ^= world->hash >> 29;
	world->step++;
}

static void perform(struct step *step, const struct message *message)
{
	static const char *const names[] = { PROBE_NAMES };
	struct probe probe = { .message = *message };
	probe_system_call(&probe, 0x2121212121212121);
	for (unsigned i = 0; i < PROBE_OTHERS; i++)
		if (probe.other[i] >> 63)
			fail(names[i], probe.other[i]);
	note(step->number << 8 | tag_error(probe.message.tag));
}

static void fault(struct step *step)
{
	note(step->number);
	switch (draw(step->number, 4)) {
	case 0:  instruction_illegal(); break;
	case 1:  instruction_breakpoint(); break;
	case 2:  instruction_privileged(); break;
	default: *(volatile uint64_t *)draw_any(step->number) = 1;
	}
}

/* What a thread does: until enough steps were made, and then nothing more, whatever its fault handler thinks of it. */
static void work(uint64_t number)
{
	if (number >= THREADS)
		number = 0;
	while (world->step < limit) {
		struct step step = { .number = number, .kind = 1 + draw(number, KINDS - 1) };
		struct message message;
		if (one_in(number, 32)) {
			fault(&step);
			continue;
		}
		message = draw(number, 3) ? draw_invocation(&step) : draw_transfer(&step);
		if (wild && one_in(number, 2))
			make_wild(&step, &message);
		perform(&step, &message);
	}
	for (;;)
		instruction_illegal();
}

/* ---- the first thread ---- */

static struct { uint64_t endpoint, notification, frame, child; } original;

/* What the workers start with, and have again when they are helped up: what they lack is put back, if there is room. */
static void slots_fill(void)
{
	uint64_t cnode = world->cnode, untyped = pool.untyped;
	(void)cnode_copy(cnode, CNODE_root, cnode, RIGHTS_all);
	(void)cnode_copy(cnode, CNODE_child, original.child, RIGHTS_all);
	(void)cnode_mint(cnode, CNODE_guarded, original.child, RIGHTS_all, guard_make(GUARD_BITS, GUARD));
	for (uint64_t i = 0; i < 3; i++) {
		(void)untyped_retype(untyped, OBJECT_untyped, UNTYPED_BITS, cnode, OBJECT_untyped * PER_KIND + i, 1);
		(void)untyped_retype(untyped, OBJECT_page_table, SIZE_BITS_page_table, cnode, OBJECT_page_table * PER_KIND + i, 1);
		(void)untyped_retype(untyped, OBJECT_reply, SIZE_BITS_reply, cnode, OBJECT_reply * PER_KIND + i, 1);
		(void)cnode_mint(cnode, OBJECT_endpoint * PER_KIND + i, original.endpoint, RIGHTS_all, i);
		(void)cnode_mint(cnode, OBJECT_notification * PER_KIND + i, original.notification, RIGHTS_all, i * 6);
		(void)cnode_copy(cnode, OBJECT_frame * PER_KIND + i, original.frame, RIGHTS_all);
		(void)cnode_copy(cnode, OBJECT_space * PER_KIND + i, world->space[i], RIGHTS_all);
	}
	for (uint64_t i = 0; i < PER_KIND; i++) {
		(void)cnode_copy(cnode, OBJECT_thread * PER_KIND + i, world->made[i].thread, RIGHTS_all);
		(void)cnode_copy(cnode, OBJECT_sched_context * PER_KIND + i, world->made[i].context, RIGHTS_all);
	}
	(void)cnode_copy(cnode, OBJECT_irq_control * PER_KIND, BOOT_SLOT_irq_control, RIGHTS_all);
	(void)io_ports_range(BOOT_SLOT_io_ports, cnode, OBJECT_io_ports * PER_KIND, PORT, PORTS);
	(void)cnode_copy(cnode, OBJECT_frame * PER_KIND + 3, TEST_SLOT_device, RIGHTS_all);
}

/*
 * Sets a worker going, whatever became of it.  Another one that runs as soon as this one is suspended may interfere: then
 * there is a next time.
 */
static void set_going(uint64_t i)
{
	const struct made_thread *made = &world->made[i];
	uint64_t priority = PRIORITY_first + draw(THREADS, PRIORITIES_USED);
	if (thread_suspend(made->thread) || thread_configure(made->thread, world->cnode, world->space[i], made->buffer, 0) ||
	    thread_write_registers(made->thread, (uint64_t)work, stack_start(made->page_address),
		made->page_address + sizeof(struct ipc_buffer), i))
		return;
	(void)thread_set_priority(made->thread, priority);
	(void)sched_context_bind(made->context, made->thread);
	(void)thread_resume(made->thread);
}

static void world_make(uint64_t seed)
{
	uint64_t address = address_take(1), frame = space_add_page(&pool, BOOT_SLOT_space, address, MAP_read | MAP_write, NULL, 0);
	uint64_t space[SPACES];
	world = (struct world *)address;
	_Static_assert(sizeof *world <= PAGE_BYTES, "what the threads share is one page");
	for (uint64_t i = 0; i <= THREADS; i++)
		world->random[i] = (seed * (THREADS + 1) + i + 1) * 0x9e3779b97f4a7c15 | 1;
	for (uint64_t i = 0; i < SPACES; i++) {
		space[i] = space_clone(&pool);
		must(space_map(&pool, space[i], pool_copy(&pool, frame), address, MAP_read | MAP_write));
	}
	world->cnode = pool_make(&pool, OBJECT_cnode, ROOT_BITS + SIZE_BITS_slot);
	for (uint64_t i = 0; i < THREADS; i++) {
		world->space[i] = space[i % SPACES];
		world->made[i] = thread_make(&pool, world->cnode, world->space[i], (uint64_t)work, i, PRIORITY_first, THREAD_active);
	}
	original.endpoint = endpoint_make();
	original.notification = pool_make(&pool, OBJECT_notification, SIZE_BITS_notification);
	original.frame = pool_make(&pool, OBJECT_frame, SIZE_BITS_frame);
	original.child = pool_make(&pool, OBJECT_cnode, CHILD_BITS + SIZE_BITS_slot);
	slots_fill();
	for (uint64_t i = 0; i < WORKERS; i++)
		set_going(i);
}

void fuzz_task(void)
{
	limit = option_number("steps", 1000);
	wild = option_number("wild", 1);
	levels = boot->table_levels;
	world_make(option_number("fuzz", 1));
	must(thread_set_priority(BOOT_SLOT_thread, PRIORITY_settle));
	while (world->step < limit) {             /* nobody can run: somebody starts anew */
		slots_fill();
		set_going(draw(THREADS, WORKERS));
		note(THREADS);
	}
	if (world->failed)
		test_fail(__FILE__, __LINE__, world->failed, world->value, 0);
	struct message message = MESSAGE(REPORT_ok, world->hash);
	ipc_send(TASK_SLOT_parent, &message);
	park();
}
