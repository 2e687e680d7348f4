/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Timeout faults, and budgets that run dry where it is awkward: in a server, along a chain of calls, between priorities.
 * As in budget.c, what is expected of a time is a bound, and one that holds on a machine that is held up for a while, too,
 * but for the tests that begin with budget_begin_exact().
 */
#include "budget.h"
#include "report.h"
#include "time.h"

enum { WORD_work = 8, WORD_answered, PRIORITY_middle = 70, PRIORITY_server = 170, REFUSES = 77 };

static uint64_t handler, reply, endpoint[3];

static void make_handler(void)
{
	handler = endpoint_make();
	reply = pool_make(&pool, OBJECT_reply, SIZE_BITS_reply);
}

/* Waits for a timeout fault, and saves who made it. */
static struct message timeout_receive(void)
{
	struct message message;
	must(ipc_recv(handler, &message));
	expect_equal(tag_operation(message.tag), OPERATION_fault);
	expect_equal(tag_label(message.tag), FAULT_LABEL_timeout);
	must(reply_save(reply));
	return message;
}

static void timeout_answer(uint64_t label, uint64_t pc, uint64_t sp)
{
	struct message message = MESSAGE(label, pc, sp);
	must(ipc_send(reply, &message));
}

/* A spinner, more important than this thread, whose timeout faults call the handler. */
static struct made_thread handled_spinner(uint64_t budget, uint64_t period)
{
	struct made_thread made = with_budget(spin, 0, PRIORITY_high, budget, period);
	must(thread_set_timeout_handler(made.thread, handler));
	must(thread_resume(made.thread));
	return made;
}

/* Spins until so many events were noted: whoever notes them needs no less important thread to wait. */
static void await_events(uint64_t count)
{
	uint64_t limit = clock_now() + milliseconds(5000);
	while (__atomic_load_n(&shared->events, __ATOMIC_RELAXED) < count)
		expect(clock_now() < limit);
}

static uint64_t rounds(void) { return __atomic_load_n(&shared->word[0], __ATOMIC_RELAXED); }

/* The same, until the spinner goes on. */
static void await_rounds(uint64_t before)
{
	uint64_t limit = clock_now() + milliseconds(5000);
	while (rounds() == before)
		expect(clock_now() < limit);
}

/* Whether it had not run before its refill at this time was due, unless the machine was held up until then. */
static void expect_no_rounds(uint64_t before, uint64_t refill)
{
	uint64_t after = rounds();
	expect(after == before || clock_now() >= refill);
}

/* ---- what a handler answers ---- */

static void moved(uint64_t unused)
{
	(void)unused;
	event(300);
	shared->word[WORD_answered] = clock_now();
	park();
}

TEST(a_timeout_handlers_answer_moves_the_thread_once_there_is_budget)
{
	budget_begin();
	make_handler();
	uint64_t start = clock_now();
	struct made_thread made = handled_spinner(milliseconds(2), milliseconds(20));
	struct message message = timeout_receive();
	struct thread_read_registers registers;
	must(thread_read_registers(made.thread, &registers));
	expect_equal(registers.waiting, WAITING_reply);
	expect_equal(message.word[FAULT_WORD_pc], registers.pc);
	expect_equal(message.word[FAULT_WORD_sp], registers.sp);
	expect(message.word[FAULT_WORD_code] >= milliseconds(2));
	uint64_t before = rounds();
	expect(before > 0);
	timeout_answer(FAULT_ANSWER_move, (uint64_t)moved, stack_start(made.page_address) - 256);
	await_events(1);                                        /* it is more important, but has nothing to run on till then */
	expect(shared->word[WORD_answered] >= start + milliseconds(20));
	expect_events(300);
	expect_equal(rounds(), before);
	must(thread_read_registers(made.thread, &registers));
	expect(registers.sp < stack_start(made.page_address) - 200);
	budget_end();
}

TEST(a_timeout_handler_that_refuses_stops_the_thread_until_it_is_resumed)
{
	static const struct { uint64_t label, pc; } answer[] = { { REFUSES, 0 }, { FAULT_ANSWER_return, 0 },
		{ FAULT_ANSWER_move, 0xffffffff80000000 } };
	budget_begin();
	make_handler();
	struct made_thread made = handled_spinner(milliseconds(1), milliseconds(5));
	for (unsigned i = 0; i < sizeof answer / sizeof answer[0]; i++) {
		timeout_receive();
		uint64_t before = rounds();
		timeout_answer(answer[i].label, answer[i].pc, 0);
		expect_equal(thread_waiting(made.thread), WAITING_faulted);
		spin_until(clock_now() + milliseconds(12));     /* refills do not wake it */
		expect_equal(rounds(), before);
		must(thread_resume(made.thread));
		expect(rounds() > before);
	}
	budget_end();
}

/* ---- a server's timeout ---- */

/* Each request takes as long as a word of the shared page says meanwhile. */
static void server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		event(2);
		uint64_t start = clock_now();
		while (clock_now() - start < __atomic_load_n(&shared->word[WORD_work], __ATOMIC_RELAXED))
			;
		event(3);
		ipc_reply_recv(from, &message);
	}
}

static void call_and_note(uint64_t to)
{
	struct message message = MESSAGE(0);
	event(1);
	event(10 + ipc_call(to, &message));
	park();
}

static struct made_thread client(uint64_t priority, uint64_t budget, uint64_t period)
{
	struct made_thread made = with_budget(call_and_note, endpoint[0], priority, budget, period);
	must(thread_resume(made.thread));
	return made;
}

static void refuse_server(uint64_t space)
{
	budget_begin();
	make_handler();
	endpoint[0] = endpoint_make();
	shared->word[WORD_work] = UINT64_MAX;
	struct made_thread served = passive_worker(space == BOOT_SLOT_space ? space : other_space(), server, endpoint[0],
		PRIORITY_server);
	must(thread_set_timeout_handler(served.thread, handler));
	client(PRIORITY_high, milliseconds(2), milliseconds(20));
	timeout_receive();
	expect_events(1, 2);
	timeout_answer(REFUSES, 0, 0);
	expect_equal(thread_waiting(served.thread), WAITING_faulted);
	await_events(1);                                        /* the client, when it has budget again */
	expect_events(10 + ERR_server_gone);

	/* The server has nothing to run on, for its client has that back; with a context of its own it ends its work. */
	must(thread_resume(served.thread));
	expect_equal(thread_waiting(served.thread), WAITING_context);
	shared->word[WORD_work] = 0;
	must(sched_context_bind(served.context, served.thread));
	expect_events(3);
	client(PRIORITY_high, 0, 0);
	expect_events(1, 2, 3, 10 + ERR_ok);
	budget_end();
}

TEST(a_server_that_its_timeout_handler_refuses_has_no_caller_and_can_be_resumed) { in_both_spaces(refuse_server); }

/* ---- handlers that go ---- */

static void take_and_keep(uint64_t from)
{
	struct message message;
	event(ipc_recv(from, &message));
	park();
}

TEST(a_timeout_fault_waits_for_the_next_handler_when_the_first_is_deleted)
{
	budget_begin();
	make_handler();
	struct made_thread busy = worker(BOOT_SLOT_space, spin, 1, PRIORITY_low);        /* a handler that does not receive */
	struct made_thread made = handled_spinner(milliseconds(1), milliseconds(5));
	spin_until(clock_now() + milliseconds(12));
	expect_equal(thread_waiting(made.thread), WAITING_send);
	uint64_t before = rounds();
	must(cnode_delete(BOOT_SLOT_cnode, busy.thread));
	spin_until(clock_now() + milliseconds(12));             /* refills do not wake who waits for a handler */
	expect_equal(thread_waiting(made.thread), WAITING_send);
	expect_equal(rounds(), before);
	timeout_receive();
	timeout_answer(FAULT_ANSWER_retry, 0, 0);
	expect(rounds() > before);
	budget_end();
}

TEST(a_timeout_fault_whose_handler_dies_is_over_and_the_next_one_comes)
{
	budget_begin();
	make_handler();
	struct made_thread keeper = worker(BOOT_SLOT_space, take_and_keep, handler, PRIORITY_server);
	uint64_t start = clock_now();
	struct made_thread made = handled_spinner(milliseconds(2), milliseconds(20));
	spin_until(start + milliseconds(5));
	expect_events(ERR_ok);
	expect_equal(thread_waiting(made.thread), WAITING_reply);
	uint64_t before = rounds(), used = consumed(made.context);
	must(cnode_delete(BOOT_SLOT_cnode, keeper.thread));
	expect_no_rounds(before, start + milliseconds(20));
	if (rounds() == before)
		expect_equal(thread_waiting(made.thread), WAITING_no);  /* for its refill */
	struct message message = timeout_receive();
	expect(rounds() > before);
	expect(message.word[FAULT_WORD_code] >= used + milliseconds(1));
	budget_end();
}

TEST(a_thread_whose_timeout_handler_is_destroyed_goes_on_without)
{
	budget_begin();
	make_handler();
	uint64_t start = clock_now();
	struct made_thread made = handled_spinner(milliseconds(2), milliseconds(20));
	spin_until(start + milliseconds(5));
	expect_equal(thread_waiting(made.thread), WAITING_send);
	uint64_t before = rounds();
	must(cnode_delete(BOOT_SLOT_cnode, handler));
	expect_equal(thread_waiting(made.thread), WAITING_no);
	expect_no_rounds(before, start + milliseconds(20));             /* it has to wait for its refill all the same */
	for (unsigned i = 0; i < 3; i++) {
		await_rounds(before);
		before = rounds();
		expect_equal(thread_waiting(made.thread), WAITING_no);
	}
	budget_end();
}

/* ---- suspended meanwhile ---- */

TEST(a_thread_suspended_in_a_timeout_fault_goes_on_with_its_next_budget)
{
	budget_begin();
	make_handler();
	uint64_t start = clock_now();
	struct made_thread made = handled_spinner(milliseconds(2), milliseconds(20));
	struct message message;
	spin_until(start + milliseconds(5));
	expect_equal(thread_waiting(made.thread), WAITING_send);        /* nobody took the fault */
	must(thread_suspend(made.thread));
	expect_equal(thread_waiting(made.thread), WAITING_stopped);
	expect_equal(ipc_nb_recv(handler, &message), ERR_would_block);
	uint64_t before = rounds(), used = consumed(made.context);
	must(thread_resume(made.thread));
	expect_no_rounds(before, start + milliseconds(20));
	message = timeout_receive();                                    /* of its next budget */
	expect(clock_now() >= start + milliseconds(20));
	expect(rounds() > before);
	expect(message.word[FAULT_WORD_code] >= used + milliseconds(1));

	must(thread_suspend(made.thread));                              /* the fault was taken, and is not answered */
	before = rounds();
	message = MESSAGE(FAULT_ANSWER_retry);
	expect_equal(ipc_send(reply, &message), ERR_no_caller);
	must(thread_resume(made.thread));
	timeout_receive();
	expect(rounds() > before);
	budget_end();
}

/* ---- priorities ---- */

/* Its work is time of its client, not of the clock, so that it needs all the refills that the work takes. */
static void consuming_server(uint64_t from)
{
	struct message message;
	ipc_recv(from, &message);
	for (;;) {
		uint64_t context = message.word[0], end = context ? consumed(context) + message.word[1] : 0;
		while (context && consumed(context) < end)
			;
		message = MESSAGE(0);
		ipc_reply_recv(from, &message);
	}
}

static uint64_t low_context;

static void call_for_work(uint64_t work)
{
	struct message message = MESSAGE(0, work ? low_context : 0, work);
	must(ipc_call(endpoint[0], &message));
	shared->word[WORD_answered + !work] = clock_now();
	event(work ? 1 : 2);
	park();
}

/*
 * A less important client leaves the server dry in the middle of 5 ms of work, with 2 ms every 10: the work ends within two
 * periods and a millisecond.  So long a more important one waits for the server, and so long the one in the middle runs;
 * but not longer, although it never waits.
 */
TEST(a_thread_in_the_middle_delays_nobody_beyond_the_refills_of_a_servers_client)
{
	budget_begin_exact();
	endpoint[0] = endpoint_make();
	passive_worker(BOOT_SLOT_space, consuming_server, endpoint[0], PRIORITY_server);
	struct made_thread low = with_budget(call_for_work, milliseconds(5), PRIORITY_low, milliseconds(2), milliseconds(10));
	low_context = low.context;
	must(sched_context_configure(low.context, milliseconds(2), milliseconds(10)));
	uint64_t start = clock_now();
	must(thread_resume(low.thread));
	sleep_until(start + milliseconds(4));
	expect(consumed(low.context) >= milliseconds(2));               /* it is dry */
	expect_equal(shared->events, 0);

	worker(BOOT_SLOT_space, spin, 0, PRIORITY_middle);
	worker(BOOT_SLOT_space, call_for_work, 0, PRIORITY_high);
	expect_equal(shared->events, 0);
	sleep_until(start + milliseconds(15));
	expect_equal(shared->events, 0);                                /* one more refill is needed */
	expect(rounds() > 0);
	sleep_until(start + milliseconds(25));
	expect(shared->events >= 1);
	expect_equal(shared->event[0], 2);                              /* the low one has no processor to hear its answer */
	expect(shared->word[WORD_answered + 1] >= start + milliseconds(20));
	expect(shared->word[WORD_answered + 1] < start + milliseconds(23));
	budget_end();
}

/* ---- a chain of calls ---- */

/* Server number n calls the next, the last one spins for ever. */
static void chained_server(uint64_t number)
{
	struct message message;
	ipc_recv(endpoint[number], &message);
	for (;;) {
		event(20 + number);
		if (number == 2)
			spin(0);
		event(30 + 10 * number + ipc_call(endpoint[number + 1], &message));
		ipc_reply_recv(endpoint[number], &message);
	}
}

static void delete_in_chain(uint64_t space)
{
	budget_begin();
	struct made_thread servers[3];
	for (unsigned i = 0; i < 3; i++)
		endpoint[i] = endpoint_make();
	for (unsigned i = 0; i < 3; i++)
		servers[i] = passive_worker(space == BOOT_SLOT_space ? space : other_space(), chained_server, i, PRIORITY_server);
	struct made_thread made = client(PRIORITY_high, milliseconds(2), milliseconds(10));
	expect_events(1, 20, 21, 22);
	expect_equal(thread_waiting(servers[2].thread), WAITING_no);    /* for the refill */
	must(cnode_delete(BOOT_SLOT_cnode, made.context));
	uint64_t before = rounds();
	spin_until(clock_now() + milliseconds(25));
	expect_equal(rounds(), before);                                 /* the refills went with the context */
	expect_equal(thread_waiting(servers[2].thread), WAITING_context);
	expect_equal(thread_waiting(servers[1].thread), WAITING_reply);
	expect_equal(thread_waiting(servers[0].thread), WAITING_reply);
	expect_equal(thread_waiting(made.thread), WAITING_reply);

	/* The end of the chain goes; who hears of it has nothing to run on, until the one before it goes, too. */
	must(thread_suspend(servers[2].thread));
	expect_equal(thread_waiting(servers[1].thread), WAITING_context);
	expect_equal(shared->events, 0);
	must(cnode_delete(BOOT_SLOT_cnode, servers[0].thread));
	expect_equal(thread_waiting(made.thread), WAITING_context);
	must(sched_context_bind(servers[1].context, servers[1].thread));
	expect_events(40 + ERR_server_gone);
	must(sched_context_bind(servers[0].context, made.thread));      /* the context outlives who was made with it */
	expect_events(10 + ERR_server_gone);
	budget_end();
}

TEST(a_dry_context_can_be_deleted_under_a_server_at_the_end_of_three_calls) { in_both_spaces(delete_in_chain); }

/* ---- who pays ---- */

static void who_pays(uint64_t space)
{
	budget_begin();
	uint64_t work = milliseconds(3);
	shared->word[WORD_work] = work;
	endpoint[0] = endpoint_make();
	endpoint[1] = endpoint_make();
	uint64_t where = space == BOOT_SLOT_space ? space : other_space();
	struct made_thread passive = passive_worker(where, server, endpoint[0], PRIORITY_server);
	struct made_thread active = worker(where, server, endpoint[1], PRIORITY_server);
	for (unsigned i = 0; i < 2; i++) {
		struct message message = MESSAGE(0);
		uint64_t start = clock_now(), of_passive = consumed(passive.context), of_active = consumed(active.context);
		uint64_t mine = consumed(BOOT_SLOT_sched_context), called = clock_now();
		must(ipc_call(endpoint[i], &message));
		uint64_t passed = clock_now() - called;
		mine = consumed(BOOT_SLOT_sched_context) - mine;
		of_active = consumed(active.context) - of_active;
		expect(passed >= work);
		expect_equal(consumed(passive.context), of_passive);    /* it runs on nothing of its own */
		expect(mine + of_active >= passed);                     /* nothing is free, and nothing is paid for twice */
		expect(mine + of_active <= clock_now() - start);
		if (i == 0)
			expect_equal(of_active, 0);
		else
			expect(of_active >= work);
		expect_events(2, 3);
	}
	budget_end();
}

TEST(a_passive_servers_time_is_its_clients_and_an_active_ones_its_own) { in_both_spaces(who_pays); }

/* ---- yield to ---- */

static void note(uint64_t what)
{
	event(what);
	park();
}

static void yields(uint64_t context)
{
	struct sched_context_yield_to result;
	event(1);
	must(sched_context_yield_to(context, &result));
	event(10 + result.runs);
	park();
}

/* A ceiling is about giving priorities, and nobody gets one by this. */
TEST(yielding_to_an_equal_needs_no_ceiling)
{
	struct made_thread other = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)note, 2, PRIORITY_low,
		THREAD_active);
	struct made_thread made = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)yields, other.context,
		PRIORITY_low, THREAD_active);
	must(thread_set_ceiling(made.thread, 0));
	must(thread_resume(made.thread));
	worker(BOOT_SLOT_space, note, 3, PRIORITY_low);
	must(thread_resume(other.thread));
	settle();
	expect_events(1, 2, 3, 11);
}

TEST(yielding_to_who_cannot_run_does_nothing)
{
	budget_begin();
	struct sched_context_yield_to result;
	endpoint[0] = endpoint_make();
	struct made_thread passive = passive_worker(BOOT_SLOT_space, chained_server, 0, PRIORITY_high);
	struct made_thread stopped = thread_make(&pool, BOOT_SLOT_cnode, BOOT_SLOT_space, (uint64_t)note, 2, PRIORITY_high,
		THREAD_active);
	must(sched_context_yield_to(stopped.context, &result));
	expect_equal(result.runs, 0);
	must(sched_context_yield_to(BOOT_SLOT_sched_context, &result));         /* itself */
	expect_equal(result.runs, 0);
	expect_equal(sched_context_yield_to(passive.context, &result), ERR_not_bound);
	struct made_thread dry = spinner(0, PRIORITY_high, milliseconds(1), milliseconds(100000));
	uint64_t before = rounds();
	expect(before > 0);
	must(sched_context_yield_to(dry.context, &result));
	expect_equal(result.runs, 0);
	expect_equal(rounds(), before);
	expect_equal(shared->events, 0);
	budget_end();
}

TEST(yielding_needs_a_sched_context_and_the_right_to_bind_it)
{
	struct sched_context_yield_to result;
	uint64_t weak = slot_empty();
	must(cnode_copy(BOOT_SLOT_cnode, weak, BOOT_SLOT_sched_context, RIGHTS_all & ~(uint64_t)RIGHT_sched_context_bind));
	expect_equal(sched_context_yield_to(weak, &result), ERR_no_right);
	expect_equal(sched_context_yield_to(slot_empty(), &result), ERR_no_cap);
	uint64_t notification = pool_make(&pool, OBJECT_notification, SIZE_BITS_notification);
	expect_equal(sched_context_yield_to(notification, &result), ERR_no_method);
	uint64_t object = pool_make(&pool, OBJECT_reply, SIZE_BITS_reply);
	expect_equal(sched_context_yield_to(object, &result), ERR_no_method);
}

/* ---- turns ---- */

enum { SPINNERS = 3 };

/* Whether none of some amounts differs from their mean by more than a part of a hundred. */
static bool fair(const uint64_t amount[SPINNERS], uint64_t percent)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < SPINNERS; i++)
		sum += amount[i];
	for (unsigned i = 0; i < SPINNERS; i++) {
		uint64_t difference = SPINNERS * amount[i] > sum ? SPINNERS * amount[i] - sum : sum - SPINNERS * amount[i];
		if (100 * difference > percent * sum)
			return false;
	}
	return true;
}

TEST(three_threads_of_equal_slices_get_equal_time)
{
	budget_begin_exact();
	uint64_t slice = milliseconds(1) / 4, amount[SPINNERS], spun[SPINNERS], contexts[SPINNERS], start = clock_now();
	for (unsigned i = 0; i < SPINNERS; i++)
		contexts[i] = spinner(i, PRIORITY_low, slice, slice).context;
	for (unsigned i = 1; i <= 9; i++)                       /* this thread interrupts their turns */
		sleep_until(start + i * milliseconds(5) + i * milliseconds(1) / 10);
	for (unsigned i = 0; i < SPINNERS; i++) {
		amount[i] = consumed(contexts[i]);
		spun[i] = shared->word[i];
	}
	expect(fair(amount, 5));
	expect(fair(spun, 5));
	expect(amount[0] + amount[1] + amount[2] <= clock_now() - start);
	budget_end();
}

TEST(a_preempted_thread_goes_on_before_its_equals)
{
	budget_begin();
	spinner(0, PRIORITY_low, milliseconds(100000), milliseconds(100000));
	spinner(1, PRIORITY_low, milliseconds(100000), milliseconds(100000));
	for (unsigned i = 0; i < 3; i++) {
		uint64_t before = rounds();
		while (rounds() == before)
			sleep_until(clock_now() + milliseconds(1));
		expect_equal(shared->word[1], 0);
	}
	budget_end();
}

/* Waits for bits again and again, so that whoever signals is preempted for a moment. */
static void interrupting(uint64_t notification)
{
	uint64_t bits;
	for (;;)
		must(notification_wait(notification, &bits));
}

static struct { uint64_t context, notification, slice, margin; } late;

/* Spins, and shortly before each of its turns is over lets the more important thread run (a debug kernel is too slow for that). */
static void leaves_late(uint64_t unused)
{
	(void)unused;
	for (uint64_t turn = late.slice;; turn += late.slice) {
		while (consumed(late.context) + late.margin < turn)
			;
		must(notification_signal(late.notification));
	}
}

/* What is left then is too little to be a turn, and the next turn is its equal's. */
TEST(a_thread_preempted_at_the_end_of_its_turn_does_not_begin_another)
{
	budget_begin_exact();
	uint64_t start = clock_now();
	late.slice = milliseconds(1);
	late.margin = milliseconds(8) / 1000;
	late.notification = pool_make(&pool, OBJECT_notification, SIZE_BITS_notification);
	late.notification = pool_mint(&pool, late.notification, RIGHTS_all, 1);
	worker(BOOT_SLOT_space, interrupting, late.notification, PRIORITY_middle);
	struct made_thread made = with_budget(leaves_late, 0, PRIORITY_low, late.slice, late.slice);
	late.context = made.context;
	must(thread_resume(made.thread));
	uint64_t equal = spinner(0, PRIORITY_low, late.slice, late.slice).context;
	sleep_until(start + milliseconds(30));
	expect(consumed(made.context) > 0);
	expect(consumed(equal) > milliseconds(10));
	budget_end();
}
