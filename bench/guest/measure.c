/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Options: samples=N of each case and counter (200), batch=N iterations in each sample (16).  A batch of one shows the most
 * and contains reading the counter, which the case counter/read tells; a clock that ticks seldom needs more.
 *
 * set=KIB: so much other memory is touched before each sample, which is then of two iterations: the first finds cold
 * caches.  The rows say so: set is one of their parameters.
 */
#include "counter.h"
#include "link.h"
#include "measure.h"
#include "option.h"
#include "print.h"
#include "runtime.h"
#include "string.h"
#include "working_set.h"

enum { SAMPLES = 200, BATCH = 16, BATCH_COLD = 2, WARM_BATCHES = 4, SAMPLES_A_LINE = 8, TOKEN_BYTES = 40 };

static uint64_t sample[COUNTERS][SAMPLES_MAX];
static unsigned samples;
static uint64_t batch, wanted_batch;       /* of the samples to be sent; of cases that do not take their own */

bool measure_wanted(void)
{
	char token[TOKEN_BYTES];
	option_string("board", token, sizeof token);
	return *token;
}

/* ---- what is said ---- */

static void line_field(struct line *line, const char *name, uint64_t value)
{
	line_text(line, name);
	line_number(line, value, 10);
}

static void say_hello(struct line *line, unsigned number)
{
	char token[TOKEN_BYTES];
	bool first = true;
	(void)number;
	option_string("board", token, sizeof token);
	line_text(line, "hello");
	line_field(line, " version=", LINK_VERSION);
	line_text(line, " arch=");
	line_text(line, boot->architecture);
	line_text(line, " token=");
	line_text(line, token);
	line_field(line, " hz=", boot->timer_hz);
	line_field(line, " fastpath=", boot->fastpath);
	line_field(line, " debug=", boot->debug);
	line_field(line, " tag_bits=", boot->tag_bits);
	line_text(line, " counters=");
	for (unsigned i = 0; i < COUNTERS; i++) {
		if (!counter_there(i))
			continue;
		line_text(line, first ? "" : ",");
		line_text(line, counter_name[i]);
		first = false;
	}
}

static const char *said_case;
static enum counter said_counter;

/* Line 0 is the case; each of the others has some samples. */
static void say_samples(struct line *line, unsigned number)
{
	if (number == 0) {
		line_text(line, "case ");
		line_text(line, said_case);
		line_text(line, " counter=");
		line_text(line, counter_name[said_counter]);
		if (working_set_kib())
			line_field(line, " set=", working_set_kib());
		line_field(line, " batch=", batch);
		line_field(line, " samples=", samples);
		return;
	}
	unsigned first = (number - 1) * SAMPLES_A_LINE;
	for (unsigned i = first; i < first + SAMPLES_A_LINE && i < samples; i++) {
		line_text(line, i > first ? " " : "");
		line_number(line, sample[said_counter][i], 16);
	}
}

static unsigned cases_said;

static void say_end(struct line *line, unsigned number)
{
	(void)number;
	line_field(line, "done cases=", cases_said);
}

/* ---- what is measured ---- */

/* Nothing between the two readings: what reading a counter costs. */
static void empty_loop(uint64_t capability, uint64_t iterations)
{
	(void)capability;
	(void)iterations;
}

void measure_begin(void)
{
	counter_probe();
	samples = (unsigned)option_number("samples", SAMPLES);
	samples = samples == 0 ? 1 : samples > SAMPLES_MAX ? SAMPLES_MAX : samples;
	wanted_batch = (option_number("batch", BATCH) + 1) & ~(uint64_t)1;      /* even: a turn of some loops is two iterations */
	working_set_make(option_number("set", 0));
	if (working_set_kib())
		wanted_batch = BATCH_COLD;
	if (!link_has_input()) {
		print("no input: this console has no driver in user space, and the laboratory cannot answer\n");
		system_halt(1);
	}
	link_block(1, say_hello);
	measure_take(empty_loop, 0);
	batch = 1;
	measure_send("counter/read stub=inline");
}

typedef void loop_function(uint64_t capability, uint64_t iterations);

#define COUNTER(identifier, name, unit, sentence)                                       \
static void take_##identifier(loop_function *loop, uint64_t capability)                 \
{                                                                                       \
	for (unsigned i = 0; i < samples; i++) {                                        \
		working_set_touch();                                                    \
		uint64_t before = counter_##identifier();                               \
		loop(capability, batch);                                                \
		sample[COUNTER_##identifier][i] = counter_##identifier() - before;                            \
	}                                                                               \
}
#include "counter.def"
#undef COUNTER

static void (*const take[COUNTERS])(loop_function *loop, uint64_t capability) = {
#define COUNTER(identifier, name, unit, sentence) take_##identifier,
#include "counter.def"
#undef COUNTER
};

void measure_take(loop_function *loop, uint64_t capability)
{
	batch = wanted_batch;
	for (unsigned counter = 0; counter < COUNTERS; counter++) {
		if (!counter_there(counter))
			continue;
		loop(capability, WARM_BATCHES * batch);
		take[counter](loop, capability);
	}
}

unsigned measure_samples(void) { return samples; }

void measure_taken(uint64_t taken[COUNTERS][SAMPLES_MAX])
{
	batch = 1;
	memcpy(sample, taken, sizeof sample);
}

void measure_send(const char *line)
{
	said_case = line;
	for (unsigned counter = 0; counter < COUNTERS; counter++) {
		said_counter = counter;
		if (counter_there(counter))
			link_block(1 + (samples + SAMPLES_A_LINE - 1) / SAMPLES_A_LINE, say_samples);
	}
}

void measure_end(unsigned cases)
{
	cases_said = cases;
	link_block(1, say_end);
}
