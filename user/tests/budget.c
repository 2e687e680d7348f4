/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Budgets of processor time.  The times are long against what a system call takes on a slow emulator, and what is
 * expected is a bound, not a number; on a machine without a timer these tests are skipped.
 */
#include "budget.h"
#include "report.h"
#include "time.h"

void budget_begin(void)
{
	struct irq_control_describe description;
	must(irq_control_describe(BOOT_SLOT_irq_control, &description));
	if (description.timer == 0)
		test_skip("the kernel knows no timer on this machine");
	must(thread_suspend(TEST_SLOT_idle));
}

/* How long the same instructions take. */
static uint64_t lap(void)
{
	uint64_t start = clock_now();
	for (volatile unsigned i = 0; i < 20000; i++)
		;
	return clock_now() - start;
}

void budget_begin_exact(void)
{
	uint64_t shortest = UINT64_MAX, longest = 0;
	for (unsigned i = 0; i < 32; i++) {
		uint64_t ticks = lap();
		shortest = ticks < shortest ? ticks : shortest;
		longest = ticks > longest ? ticks : longest;
	}
	if (longest - shortest > 2 + shortest / 1000)
		test_skip("the clock does not count instructions on this machine");
	budget_begin();
}

void budget_end(void)
{
	must(thread_resume(TEST_SLOT_idle));
}

uint64_t consumed(uint64_t context)
{
	struct sched_context_consumed result;
	must(sched_context_consumed(context, &result));
	return result.ticks;
}

void spin_until(uint64_t time)
{
	while (clock_now() < time)
		;
}

/* ---- threads that never wait; each counts in a word of the shared page ---- */

void spin(uint64_t number)
{
	for (;;)
		__atomic_fetch_add(&shared->word[number], 1, __ATOMIC_RELAXED);
}

struct made_thread with_budget(void (*function)(uint64_t argument), uint64_t argument, uint64_t priority, uint64_t budget,
	uint64_t period)
{
	struct made_thread made = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)function, argument, priority,
		THREAD_active);
	must(sched_context_configure(made.context, budget, period));
	return made;
}

struct made_thread spinner(uint64_t number, uint64_t priority, uint64_t budget, uint64_t period)
{
	struct made_thread made = with_budget(spin, number, priority, budget, period);
	must(thread_resume(made.thread));
	return made;
}

void sleep_until(uint64_t time)
{
	static uint64_t handler, notification;
	uint64_t bits;
	if (!handler) {
		handler = slot_empty();
		notification = pool_make(&pool, OBJECT_notification, SIZE_BITS_notification);
		must(irq_control_claim(BOOT_SLOT_irq_control, IRQ_LINE_timer, 0, BOOT_SLOT_cnode, handler));
		must(irq_handler_bind(handler, notification, 1));
	}
	must(irq_handler_set_deadline(handler, time));
	must(notification_wait(notification, &bits));
}

/* ---- round robin ---- */

TEST(threads_that_spin_take_turns_by_their_slices)
{
	budget_begin();
	uint64_t slice = milliseconds(1);
	struct made_thread one = spinner(0, PRIORITY_low, slice, slice), other = spinner(1, PRIORITY_low, slice, slice);
	for (unsigned i = 0; i < 100 && !(shared->word[0] && shared->word[1] && i >= 3); i++)
		sleep_until(clock_now() + milliseconds(10));
	expect(shared->word[0] > 0);
	expect(shared->word[1] > 0);
	uint64_t of_one = consumed(one.context), of_other = consumed(other.context);
	expect(of_one < 3 * of_other + 4 * slice);
	expect(of_other < 3 * of_one + 4 * slice);
	budget_end();
}

/* Without a slice, as contexts are made, an equal waits for ever. */
TEST(a_thread_without_a_slice_keeps_its_equals_waiting)
{
	budget_begin();
	spinner(0, PRIORITY_low, 0, 0);
	spinner(1, PRIORITY_low, 0, 0);
	sleep_until(clock_now() + milliseconds(20));
	expect(shared->word[0] > 0);
	expect_equal(shared->word[1], 0);
	budget_end();
}

/* ---- budgets ---- */

TEST(a_thread_consumes_no_more_than_its_budget_in_every_period)
{
	budget_begin();
	uint64_t budget = milliseconds(2), period = milliseconds(10), start = clock_now();
	struct made_thread made = spinner(0, PRIORITY_low, budget, period);
	for (unsigned i = 1; i <= 6; i++) {
		sleep_until(start + i * period);
		uint64_t periods = (clock_now() - start) / period + 1, used = consumed(made.context);
		expect(used <= periods * (budget + milliseconds(1)));
		expect(used > 0);
	}
	expect(consumed(made.context) >= 2 * budget);
	budget_end();
}

/* The spinner is the most important of all, and spent most of the time. */
TEST(a_spent_thread_cannot_delay_anyone)
{
	budget_begin();
	uint64_t start = clock_now();
	struct made_thread greedy = spinner(0, PRIORITY_high, milliseconds(1), milliseconds(20));
	spin_until(start + milliseconds(100));
	uint64_t rest = clock_now() - start - consumed(greedy.context);
	expect(rest * 2 > clock_now() - start);
	expect(shared->word[0] > 0);
	budget_end();
}

TEST(a_refilled_thread_preempts_a_less_important_one)
{
	budget_begin();
	struct made_thread made = spinner(0, PRIORITY_high, milliseconds(1), milliseconds(10));
	uint64_t before = shared->word[0], limit = clock_now() + milliseconds(5000);
	while (shared->word[0] == before)
		expect(clock_now() < limit);                    /* this thread never waits, and the other runs all the same */
	expect(consumed(made.context) >= milliseconds(1));
	budget_end();
}

TEST(a_spent_thread_goes_on_when_it_is_given_more)
{
	budget_begin();
	struct made_thread made = spinner(0, PRIORITY_high, milliseconds(1), milliseconds(100000));
	uint64_t before = shared->word[0];
	spin_until(clock_now() + milliseconds(5));
	expect_equal(shared->word[0], before);
	must(sched_context_configure(made.context, milliseconds(1), milliseconds(100000)));
	expect(shared->word[0] > before);
	before = shared->word[0];
	must(cnode_delete(BOOT_SLOT_cnode, made.context));      /* while it waits for its refill */
	spin_until(clock_now() + milliseconds(2));
	expect_equal(shared->word[0], before);
	budget_end();
}

TEST(consumed_time_goes_up_while_a_thread_runs_and_not_while_it_waits)
{
	budget_begin();
	uint64_t before = consumed(BOOT_SLOT_sched_context), start = clock_now();
	spin_until(start + milliseconds(3));
	uint64_t used = consumed(BOOT_SLOT_sched_context) - before;
	expect(used >= milliseconds(3));
	start = clock_now();
	before = consumed(BOOT_SLOT_sched_context);
	sleep_until(start + milliseconds(200));
	expect(consumed(BOOT_SLOT_sched_context) - before < milliseconds(100));
	budget_end();
}

/* ---- lending ---- */

static uint64_t endpoint, four_milliseconds;          /* the boot page, which says how long that is, is in one space only */

static void greedy_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		event(2);
		spin_until(clock_now() + four_milliseconds);
		ipc_reply_recv(from, &message);
	}
}

static void client(uint64_t to)
{
	struct message message = MESSAGE(0);
	event(1);
	expect_equal(ipc_call(to, &message), ERR_ok);
	event(3);
	park();
}

static struct made_thread start_client(uint64_t budget, uint64_t period)
{
	struct made_thread made = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)client, endpoint, PRIORITY_high,
		THREAD_active);
	must(sched_context_configure(made.context, budget, period));
	must(thread_resume(made.thread));
	return made;
}

/* The server spends its client's budget, waits for the refill, and answers. */
static void passive_server_runs_dry(uint64_t space)
{
	budget_begin();
	endpoint = endpoint_make();
	four_milliseconds = milliseconds(4);
	passive_worker(space == BOOT_SLOT_space ? space : other_space(), greedy_server, endpoint, PRIORITY_high);
	struct made_thread made = start_client(milliseconds(2), milliseconds(500));     /* a host may stop the machine for 50 */
	expect_events(1, 2);
	uint64_t limit = clock_now() + milliseconds(5000);
	while (shared->events == 0)
		expect(clock_now() < limit);
	expect_events(3);
	expect(consumed(made.context) >= milliseconds(2));
	budget_end();
}

TEST(a_passive_server_that_runs_dry_waits_for_its_clients_refill) { in_both_spaces(passive_server_runs_dry); }

TEST(the_death_of_a_server_that_ran_dry_gives_the_context_back_as_it_is)
{
	budget_begin();
	endpoint = endpoint_make();
	four_milliseconds = milliseconds(4);
	struct made_thread server = passive_worker(BOOT_SLOT_space, greedy_server, endpoint, PRIORITY_high);
	struct made_thread caller = start_client(milliseconds(2), milliseconds(100000));
	expect_events(1, 2);
	must(thread_suspend(server.thread));
	expect_equal(thread_waiting(caller.thread), WAITING_no);        /* for a refill */
	spin_until(clock_now() + milliseconds(2));
	expect_equal(shared->events, 0);
	budget_end();
}

/* ---- timeout faults ---- */

TEST(a_timeout_handler_hears_of_it_and_its_answer_resumes)
{
	budget_begin();
	uint64_t handler = endpoint_make();
	struct message message;
	struct made_thread made = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)spin, 0, PRIORITY_low, THREAD_active);
	must(thread_set_timeout_handler(made.thread, handler));
	must(sched_context_configure(made.context, milliseconds(2), milliseconds(10)));
	must(thread_resume(made.thread));
	must(ipc_recv(handler, &message));
	for (unsigned i = 0; i < 3; i++) {
		expect_equal(tag_operation(message.tag), OPERATION_fault);
		expect_equal(tag_label(message.tag), FAULT_LABEL_timeout);
		expect(message.word[FAULT_WORD_code] >= (i + 1) * milliseconds(2));
		uint64_t before = shared->word[0];
		expect(before > 0);
		message = MESSAGE(FAULT_ANSWER_retry);
		must(ipc_reply_recv(handler, &message));
		expect(shared->word[0] > before);
	}
	budget_end();
}

static void client_of_faulting(uint64_t to)
{
	struct message message = MESSAGE(0);
	expect_equal(ipc_call(to, &message), ERR_server_gone);
	event(9);
	park();
}

/* The handler of a server gives up on the request: the client hears that there is no answer. */
TEST(a_servers_timeout_handler_can_give_up)
{
	budget_begin();
	uint64_t handler = endpoint_make();
	struct message message;
	endpoint = endpoint_make();
	four_milliseconds = milliseconds(4);
	struct made_thread server = passive_worker(other_space(), greedy_server, endpoint, PRIORITY_high);
	must(thread_set_timeout_handler(server.thread, handler));
	struct made_thread made = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)client_of_faulting, endpoint,
		PRIORITY_high, THREAD_active);
	must(sched_context_configure(made.context, milliseconds(2), milliseconds(20)));
	must(thread_resume(made.thread));
	must(ipc_recv(handler, &message));
	expect_events(2);
	expect_equal(tag_label(message.tag), FAULT_LABEL_timeout);
	message = MESSAGE(77);                                  /* neither retry nor move */
	expect_equal(ipc_nb_send(handler, &message), ERR_would_block);
	must(thread_suspend(server.thread));
	uint64_t limit = clock_now() + milliseconds(5000);
	while (shared->events == 0)
		expect(clock_now() < limit);
	expect_events(9);
	budget_end();
}

/* ---- yield to, ceilings, errors ---- */

static void note(uint64_t what)
{
	event(what);
	park();
}

static uint64_t third;

static void yielder(uint64_t unused)
{
	(void)unused;
	struct sched_context_yield_to result;
	event(1);
	must(sched_context_yield_to(third, &result));
	event(4);
	expect_equal(result.runs, 1);
	park();
}

TEST(yielding_to_a_thread_lets_it_run_before_its_equals)
{
	struct sched_context_yield_to result;
	worker(BOOT_SLOT_space, yielder, 0, PRIORITY_low);
	worker(BOOT_SLOT_space, note, 2, PRIORITY_low);
	third = worker(other_space(), note, 3, PRIORITY_low).context;
	settle();
	expect_events(1, 3, 2, 4);
	uint64_t less = worker(BOOT_SLOT_space, note, 5, PRIORITY_low).context;
	must(sched_context_yield_to(less, &result));
	expect_equal(result.runs, 0);                           /* less important */
	expect_equal(shared->events, 0);
	uint64_t spare = pool_make(&pool, OBJECT_sched_context, SIZE_BITS_sched_context);
	expect_equal(sched_context_yield_to(spare, &result), ERR_not_bound);
}

static void raises(uint64_t thread)
{
	expect_equal(thread_set_priority(thread, PRIORITY_low + 1), ERR_too_high);
	expect_equal(thread_set_ceiling(thread, PRIORITY_low + 1), ERR_too_high);
	must(thread_set_priority(thread, PRIORITY_low));
	event(1);
	park();
}

TEST(nobody_gives_a_priority_above_his_ceiling)
{
	uint64_t thread = pool_make(&pool, OBJECT_thread, SIZE_BITS_thread);
	must(thread_set_ceiling(thread, PRIORITY_high));
	expect_equal(thread_set_ceiling(thread, PRIORITIES), ERR_bad_argument);
	struct made_thread made = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)raises, thread, PRIORITY_low,
		THREAD_active);
	must(thread_set_ceiling(made.thread, PRIORITY_low));
	must(thread_resume(made.thread));
	settle();
	expect_events(1);
}

TEST(configuring_a_budget_can_fail)
{
	uint64_t context = pool_make(&pool, OBJECT_sched_context, SIZE_BITS_sched_context);
	expect_equal(sched_context_configure(context, 0, 1), ERR_bad_argument);
	expect_equal(sched_context_configure(context, milliseconds(2), milliseconds(1)), ERR_bad_argument);
	expect_equal(sched_context_configure(context, milliseconds(2), 0), ERR_bad_argument);
	expect_equal(sched_context_configure(context, milliseconds(1), UINT64_MAX), ERR_bad_argument);
	expect_equal(sched_context_configure(context, boot->timer_hz / 1000000, milliseconds(1)), ERR_bad_argument);
	must(sched_context_configure(context, 0, 0));
}

TEST(setting_a_timeout_handler_can_fail)
{
	uint64_t thread = pool_make(&pool, OBJECT_thread, SIZE_BITS_thread), from = endpoint_make();
	expect_equal(thread_set_timeout_handler(thread, slot_empty()), ERR_no_cap);
	expect_equal(thread_set_timeout_handler(thread, BOOT_SLOT_thread), ERR_wrong_kind);
	must(thread_set_timeout_handler(thread, from));
	must(thread_set_timeout_handler(thread, BOOT_SLOT_null));
	enum error error = ERR_ok;
	for (unsigned i = 0; i < 300 && error == ERR_ok; i++) {
		uint64_t copy = slot_empty();
		error = cnode_copy(BOOT_SLOT_cnode, copy, from, RIGHTS_all);
		from = error ? from : copy;
	}
	expect_equal(thread_set_timeout_handler(thread, from), ERR_too_deep);
}
