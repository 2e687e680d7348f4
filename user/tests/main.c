/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The system tests, the machine's first task: runs every test as a task of its own, and counts the memory before and
 * after.  What it prints is the protocol with the laboratory: ok, not ok or skip, a line a test, and done at last.
 *
 * The tests are in this same program: a task of a test gets "test=<number>" as its command line.  The runner has the
 * highest priority and waits for the test's report; a thread of the lowest reports that nothing of the test can run.
 */
#include "device.h"
#include "fuzz.h"
#include "machine_alarm.h"
#include "machine_messenger.h"
#include "option.h"
#include "random.h"
#include "report.h"
#include "string.h"
#include "test.h"

enum {
	MEMORY_BITS = 25,                 /* of a test with all that it is made of, unless the option memory_bits says else;
	                                     half of that the test itself may use */
	TASK_SLOT_BITS = 11,
	SMALL_PAGES = 16,                 /* of a piece of memory that the boot code may be in */
	PRIORITY_runner = PRIORITIES - 1,
};

extern const struct test program_table[], program_table_end[];

static struct {
	uint64_t endpoint, memory, memory_bits;
	uint64_t device;                  /* an untyped of device memory; 0: none */
	uint64_t alarm;                   /* the frame of the device that the interrupt tests use; 0: none */
	uint64_t messenger;               /* and of the one that interrupts by messages */
	uint64_t idle;                    /* the thread of the lowest priority */
	uint64_t slot;                    /* the first of a test's slots */
	const void *file;
	size_t file_bytes;
	unsigned count[REPORT_kinds];
} runner;

static void idle(uint64_t endpoint)
{
	for (;;) {
		struct message message = MESSAGE(REPORT_idle);
		ipc_send(endpoint, &message);
	}
}

static uint64_t used_bytes(uint64_t untyped)
{
	struct untyped_describe description;
	must(untyped_describe(untyped, &description));
	return description.used_bytes;
}

/* The kernel's hash of its state, in debug builds: every thread, and who waits for whom. */
static uint64_t kernel_state(void)
{
	struct message message = MESSAGE(0);
	ipc_operation(system_call_inline, SYS_debug_state, 0, &message);
	return boot->debug ? message.word[0] : 0;
}

static void task_start(const char *command_line)
{
	struct pool memory = { .untyped = runner.memory, .slot = runner.slot, .slot_end = pool.slot_end };
	struct task task = task_make(&memory, runner.file, runner.file_bytes, command_line, runner.endpoint, PRIORITY_test,
		runner.memory_bits - 1, TASK_SLOT_BITS);
	if (runner.device)
		must(untyped_retype(runner.device, OBJECT_untyped, SIZE_BITS_frame, task.cnode, TEST_SLOT_device, 1));
	const struct { uint64_t slot, capability; } gift[] = {
		{ BOOT_SLOT_irq_control, BOOT_SLOT_irq_control }, { BOOT_SLOT_io_ports, BOOT_SLOT_io_ports },
		{ TEST_SLOT_alarm, runner.alarm }, { TEST_SLOT_messenger, runner.messenger },
		{ TEST_SLOT_idle, runner.idle },
	};
	for (unsigned i = 0; i < sizeof gift / sizeof gift[0]; i++)                 /* those that the machine has */
		(void)cnode_copy(task.cnode, gift[i].slot, gift[i].capability, RIGHTS_all);
	must(thread_resume(task.thread));
}

static void say(const char *name, const struct message *report)
{
	switch (tag_label(report->tag)) {
	case REPORT_ok:
		print("ok %s\n", name);
		break;
	case REPORT_skip:
		print("skip %s: %s\n", name, (const char *)report->word[REPORT_WORD_what]);
		break;
	case REPORT_idle:
		print("not ok %s: nothing of it can run\n", name);
		break;
	default:
		print("not ok %s: %s:%lu: %s is %lx, not %lx\n", name, (const char *)report->word[REPORT_WORD_file],
			report->word[REPORT_WORD_line], (const char *)report->word[REPORT_WORD_what],
			report->word[REPORT_WORD_is], report->word[REPORT_WORD_wanted]);
	}
}

/* What is left of a test when all its memory was taken back: the report becomes a failure unless that is nothing. */
static void check_rest(struct message *report, uint64_t pool_before, uint64_t state_before)
{
	must(cnode_revoke(BOOT_SLOT_cnode, runner.memory));
	uint64_t rest = used_bytes(runner.memory) + used_bytes(pool.untyped) - pool_before;
	const char *what = rest ? "memory left" : "the kernel's state afterwards";
	if (tag_label(report->tag) == REPORT_ok && (rest || kernel_state() != state_before))
		*report = MESSAGE(REPORT_fail, (uint64_t)what, (uint64_t)__FILE__, __LINE__, rest, 0);
}

/* Writes a number of 20 digits, as many as one can have. */
static void number_put(size_t place, char *text, uint64_t number)
{
	for (size_t digit = place + 20; digit > place; digit--, number /= 10)
		text[digit - 1] = (char)('0' + number % 10);
}

/* The idle thread may have run while the console was slow: what it said then is not about the next test. */
static void forget_reports(void)
{
	struct message message;
	while (ipc_nb_recv(runner.endpoint, &message) == ERR_ok)
		;
}

static void run(unsigned index)
{
	forget_reports();
	must(thread_resume(runner.idle));                       /* a test that failed may have left it suspended */
	uint64_t pool_before = used_bytes(pool.untyped), state_before = kernel_state();
	struct message report;
	char command_line[] = "test=00000000000000000000";
	number_put(strlen("test="), command_line, index);
	task_start(command_line);
	must(ipc_recv(runner.endpoint, &report));
	check_rest(&report, pool_before, state_before);
	say(program_table[index].name, &report);
	uint64_t kind = tag_label(report.tag);
	runner.count[kind == REPORT_ok || kind == REPORT_skip ? kind : REPORT_fail]++;
}

/* The devices at known places, if the machine has them; of another one, tests get a page. */
static void find_devices(void)
{
	runner.alarm = ALARM_PHYSICAL ? device_frame(ALARM_PHYSICAL) : 0;
	runner.messenger = MESSENGER_PHYSICAL ? device_frame(MESSENGER_PHYSICAL) : 0;
	runner.device = device_unused();
	if (runner.messenger && !runner.device) {         /* there is no other one */
		must(cnode_delete(BOOT_SLOT_cnode, runner.messenger));
		runner.device = device_unused();
		runner.messenger = 0;
	}
}

static void overwrite(uint64_t frame)
{
	uint64_t *word = frame_open(frame);
	for (unsigned i = 0; i < PAGE_BYTES / sizeof *word; i++)
		word[i] = UINT64_MAX;
	frame_close();
}

/* Small pieces of memory, the code that booted the kernel among them: what it would miss of that, all tests now miss, too. */
static void spoil_boot_memory(void)
{
	uint64_t slot = pool_slots(&pool, SMALL_PAGES);
	unsigned pieces = 0;
	for (unsigned i = 0; i < boot->untyped_count; i++) {
		uint64_t untyped = boot->untyped_first + i, pages = (uint64_t)1 << boot->untyped[i].size_bits >> SIZE_BITS_frame;
		if (boot->untyped[i].device || pages > SMALL_PAGES || used_bytes(untyped) != 0)
			continue;
		must(untyped_retype(untyped, OBJECT_frame, SIZE_BITS_frame, BOOT_SLOT_cnode, slot, pages));
		for (uint64_t page = 0; page < pages; page++)
			overwrite(slot + page);
		must(cnode_revoke(BOOT_SLOT_cnode, untyped));
		pieces++;
	}
	must_be(pieces);
}

static void prepare(void)
{
	find_devices();
	runner.file = archive_find((const void *)boot->archive_address, boot->archive_bytes, "init", &runner.file_bytes);
	must_be(runner.file);
	window_make();                    /* before memory is counted */
	spoil_boot_memory();
	runner.endpoint = pool_make(&pool, OBJECT_endpoint, SIZE_BITS_endpoint);
	runner.memory_bits = option_number("memory_bits", MEMORY_BITS);
	runner.idle = thread_start(&pool, BOOT_SLOT_space, idle, runner.endpoint, PRIORITY_idle, THREAD_active).thread;
	runner.memory = pool_make(&pool, OBJECT_untyped, runner.memory_bits);         /* last, for its alignment wastes */
	runner.slot = pool.slot;
}

/* Whether one of the filter's parts, between commas, is in the name; an empty filter is in every name. */
static bool wanted(const char *name, const char *filter)
{
	char part[64];
	unsigned length = 0;
	for (;; filter++) {
		if (*filter && *filter != ',') {
			part[length++] = *filter;
			continue;
		}
		part[length] = 0;
		if (string_find(name, part))
			return true;
		if (*filter == 0)
			return false;
		length = 0;
	}
}

static void run_all(void)
{
	char filter[64];                  /* as long as wanted()'s parts */
	option_string("filter", filter, sizeof filter);
	must(thread_set_priority(BOOT_SLOT_thread, PRIORITY_runner));
	prepare();
	for (unsigned i = 0; i < (unsigned)(program_table_end - program_table); i++)
		if (wanted(program_table[i].name, filter))
			run(i);
	print("done %u %u %u\n", runner.count[REPORT_ok], runner.count[REPORT_fail], runner.count[REPORT_skip]);
	system_halt(runner.count[REPORT_fail] ? 1 : 0);
}

/* One task of hostile threads; that all of them are stuck is as good an end as any. */
static void run_fuzz(uint64_t seed, uint64_t steps, uint64_t wild)
{
	forget_reports();
	uint64_t pool_before = used_bytes(pool.untyped), state_before = kernel_state();
	struct message report;
	char command_line[] = "fuzz=00000000000000000000 steps=00000000000000000000 wild=00000000000000000000";
	number_put(strlen("fuzz="), command_line, seed);
	number_put(strlen("fuzz=") + 20 + strlen(" steps="), command_line, steps);
	number_put(strlen(command_line) - 20, command_line, wild);
	task_start(command_line);
	must(ipc_recv(runner.endpoint, &report));
	uint64_t hash = report.word[0];
	if (tag_label(report.tag) == REPORT_idle)
		report = MESSAGE(REPORT_ok);
	check_rest(&report, pool_before, state_before);
	if (tag_label(report.tag) == REPORT_ok) {
		print("fuzz %lu %lx\n", seed, hash);
		return;
	}
	say("fuzz", &report);
	print("done 0 1 0\n");
	system_halt(1);
}

static void run_all_fuzz(void)
{
	uint64_t seed = option_number("fuzz", 1), steps = option_number("steps", 10000), each = option_number("each", 2000);
	must(thread_set_priority(BOOT_SLOT_thread, PRIORITY_runner));
	prepare();
	for (uint64_t done = 0; each && done < steps; done += each, seed++)
		run_fuzz(seed, each, option_number("wild", 1));
	print("done 1 0 0\n");
	system_halt(0);
}

void program(void)
{
	if (option_given("random"))
		random_run();
	else if (string_starts(boot->command_line, "test="))
		test_run(&program_table[option_number("test", 0)]);
	else if (option_number("fuzz", 0))
		boot->archive_address ? run_all_fuzz() : fuzz_task();
	else
		run_all();
}
