/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The TCG plugin that counts.  It sees every instruction that QEMU executes and every memory access, and splits the
 * execution between two stores of the guest's benchmark program ("marker") into passages: from the first kernel
 * instruction after user code to the last before user code again.  What each number means is in docs/measuring.md;
 * analysis/plugin.py reads what is written here.
 *
 * Arguments: out=FILE       JSON lines: a header, one object a region, and {"end": ...} at last
 *            marker=ADDRESS user address of the marker words: a user store to the first begins a region, to the second ends it;
 *                           left out: no region
 *            begin=ADDRESS  the first instruction of user code: from there on the longest passage is looked for, not only
 *                           from the first region on
 *            firmware=A-B   addresses A to B (exclusive) are firmware, neither kernel nor user (riscv64: OpenSBI)
 *            hit=A:B:...    up to 32 code addresses; a passage records which of them it executed, and the end how often
 *            trace=K-N      region K (from 0) also has its last N kernel instructions, one by one, with what each touched, and
 *                           the lines of its last two passages
 */
#include "qemu_api.h"
#include "lines.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((visibility("default"))) int qemu_plugin_version = KITE_PLUGIN_API;
__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t, const qemu_info_t *, int, char **);

enum { HITS_MAX = 32, PASSAGES_MAX = 1 << 16, MARKER_END = 8, API_TOO_NEW = 7, SAMPLES = 128, SAMPLE_EVERY = 32 };

enum mode { MODE_user, MODE_kernel, MODE_firmware };

/* A translated instruction.  QEMU may translate the same one more than once; the counts are added up when written. */
struct place {
	uint64_t pc;
	uint64_t count;                           /* executions within the current region; kernel code only */
	uint64_t total;                           /* executions altogether, of the addresses in the hit list */
	uint32_t size, hit;                       /* hit: bit of its address in the hit list, or 0 */
	enum mode mode;
	bool begins;                              /* here user code begins */
	struct place *next;                       /* all of kernel code */
};

struct passage {
	uint64_t stamp;                           /* instructions executed before its first one */
	uint32_t kernel, firmware, loads, stores, data_lines, code_lines, hits;
	uint32_t data_lines_pair, code_lines_pair;   /* distinct in this passage and the one before it together */
};

/* A kernel instruction that was executed in a region, and what of memory it was the first of its passage to touch. */
struct traced {
	uint64_t pc, stamp;                       /* stamp: instructions executed before it */
	uint32_t passage, loads, stores, data_lines, code_lines;
};

static struct {
	uint64_t marker, begin, firmware_start, firmware_end, traced, trace, hit[HITS_MAX];
	unsigned hits;
	FILE *out;
} option;

static struct {
	uint64_t instructions;                    /* executed since the machine was switched on */
	enum mode mode;                           /* of the last instruction */
	bool measured;                            /* a region has begun: the boot is over, what runs below is user code */
	bool in_region, in_passage;
	uint64_t region, region_stamp;
	struct passage now;
	struct lines data[2], code[2];            /* of this passage and of the one before it, in turns */
	unsigned turn;
	struct passage *passage;
	size_t passages;
	struct place *kernel_places;
	uint64_t longest;                         /* kernel instructions of the longest passage after the first region began */
	uint64_t sample[SAMPLES], longest_sample[SAMPLES];      /* every SAMPLE_EVERY-th pc of this passage, and of the longest */
	struct traced *traced;                    /* a ring of option.trace, or NULL */
	bool tracing;                             /* this is the region to be traced */
	uint64_t traced_count;                    /* of this region, those that were overwritten too */
} state;

/* ---- passages and regions ---- */

static void passage_begin(void)
{
	memset(&state.now, 0, sizeof state.now);
	state.now.stamp = state.instructions;
	state.in_passage = true;
	state.turn ^= 1;
	lines_clear(&state.data[state.turn]);
	lines_clear(&state.code[state.turn]);
}

static void passage_end(void)
{
	state.in_passage = false;
	if (state.measured && state.now.kernel > state.longest) {
		state.longest = state.now.kernel;
		memcpy(state.longest_sample, state.sample, sizeof state.sample);
	}
	if (!state.in_region || state.passages == PASSAGES_MAX)
		return;
	state.now.data_lines = state.data[state.turn].count;
	state.now.code_lines = state.code[state.turn].count;
	state.now.data_lines_pair = lines_together(&state.data[0], &state.data[1]);
	state.now.code_lines_pair = lines_together(&state.code[0], &state.code[1]);
	state.passage[state.passages++] = state.now;
}

static void region_begin(void)
{
	state.in_region = state.measured = true;
	state.region_stamp = state.instructions;
	state.passages = 0;
	state.traced_count = 0;
	state.tracing = option.trace && state.region == option.traced;
}

static int by_pc(const void *a, const void *b)
{
	const struct place *left = *(struct place *const *)a, *right = *(struct place *const *)b;

	return (left->pc > right->pc) - (left->pc < right->pc);
}

/* Writes [pc, count] pairs of kernel code in order, adding up what was translated more than once, and zeroes them. */
static void write_places(FILE *out)
{
	size_t used = 0, index = 0;
	struct place **list;
	bool written = false;

	for (struct place *place = state.kernel_places; place; place = place->next)
		used += place->count != 0;
	list = calloc(used + 1, sizeof *list);
	for (struct place *place = state.kernel_places; place; place = place->next)
		if (place->count != 0)
			list[index++] = place;
	qsort(list, used, sizeof *list, by_pc);
	for (size_t i = 0; i < used; i++) {
		uint64_t pc = list[i]->pc, count = list[i]->count;

		list[i]->count = 0;
		for (; i + 1 < used && list[i + 1]->pc == pc; i++) {
			count += list[i + 1]->count;
			list[i + 1]->count = 0;
		}
		/* A pc is a string: JSON numbers beyond 2^53 do not survive every reader. */
		fprintf(out, "%s[\"%" PRIx64 "\",%" PRIu64 "]", written ? "," : "", pc, count);
		written = true;
	}
	free(list);
}

/* Writes what the ring holds, oldest first: [passage, stamp, pc, loads, stores, data lines, code lines]. */
static void write_trace(FILE *out)
{
	uint64_t first = state.traced_count > option.trace ? state.traced_count - option.trace : 0;

	fprintf(out, ",\"trace\":[");
	for (uint64_t i = first; i < state.traced_count; i++) {
		const struct traced *t = &state.traced[i % option.trace];

		fprintf(out, "%s[%u,%" PRIu64 ",\"%" PRIx64 "\",%u,%u,%u,%u]", i == first ? "" : ",", t->passage, t->stamp, t->pc,
		        t->loads, t->stores, t->data_lines, t->code_lines);
	}
	fprintf(out, "]");
}

/* Writes the lines that the last two passages touched, as [data, code] of the older one and then of the last. */
static void write_lines(FILE *out)
{
	for (unsigned i = 0; i < 4; i++) {
		const struct lines *lines = i % 2 ? &state.code[state.turn ^ (i < 2)] : &state.data[state.turn ^ (i < 2)];

		fprintf(out, "%s[", i == 0 ? ",\"lines\":[[" : i == 2 ? "],[" : ",");
		for (uint32_t j = 0; j < lines->count; j++)
			fprintf(out, "%s\"%" PRIx64 "\"", j ? "," : "", lines->line[j] << LINE_BITS);
		fprintf(out, "]");
	}
	fprintf(out, "]]");
}

static void region_end(void)
{
	FILE *out = option.out;

	if (!state.in_region)
		return;
	state.in_region = false;
	fprintf(out, "{\"region\":%" PRIu64 ",\"begin\":%" PRIu64 ",\"end\":%" PRIu64 ",\"passages\":[", state.region++,
	        state.region_stamp, state.instructions);
	for (size_t i = 0; i < state.passages; i++) {
		const struct passage *p = &state.passage[i];

		fprintf(out, "%s[%" PRIu64 ",%u,%u,%u,%u,%u,%u,%u,%u,%u]", i ? "," : "", p->stamp, p->kernel, p->firmware,
		        p->loads, p->stores, p->data_lines, p->code_lines, p->data_lines_pair, p->code_lines_pair, p->hits);
	}
	fprintf(out, "],\"pcs\":[");
	write_places(out);
	fprintf(out, "]");
	if (state.tracing) {
		write_trace(out);
		write_lines(out);
	}
	fprintf(out, "}\n");
	fflush(out);
}

/* ---- what QEMU calls ---- */

static void executed_user(unsigned vcpu, void *data)
{
	(void)vcpu;
	if (state.in_passage)
		passage_end();
	state.measured |= ((struct place *)data)->begins;
	state.mode = MODE_user;
	state.instructions++;
}

static void executed_kernel(unsigned vcpu, void *data)
{
	struct place *place = data;
	uint32_t before;

	(void)vcpu;
	if (!state.in_passage)
		passage_begin();
	state.mode = MODE_kernel;
	state.instructions++;
	if (state.now.kernel % SAMPLE_EVERY == 0 && state.now.kernel / SAMPLE_EVERY < SAMPLES)
		state.sample[state.now.kernel / SAMPLE_EVERY] = place->pc;
	state.now.kernel++;
	state.now.hits |= place->hit;
	place->total += place->hit != 0;
	if (!state.in_region)
		return;
	place->count++;
	before = state.code[state.turn].count;
	lines_add(&state.code[state.turn], place->pc, place->size);
	if (state.tracing)
		state.traced[state.traced_count++ % option.trace] = (struct traced){
			.pc = place->pc, .stamp = state.instructions - 1, .passage = (uint32_t)state.passages,
			.code_lines = state.code[state.turn].count - before,
		};
}

/* Firmware never begins or ends a passage: the kernel calls it and it returns there. */
static void executed_firmware(unsigned vcpu, void *data)
{
	(void)vcpu, (void)data;
	state.mode = MODE_firmware;
	state.instructions++;
	state.now.firmware++;
}

static void accessed_by_user(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *data)
{
	(void)vcpu, (void)data;
	if (!option.marker || !qemu_plugin_mem_is_store(info))          /* copying the program's image reads the markers */
		return;
	if (address == option.marker)
		region_begin();
	else if (address == option.marker + MARKER_END)
		region_end();
}

static void accessed_by_kernel(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *data)
{
	struct lines *lines = &state.data[state.turn];
	bool store = qemu_plugin_mem_is_store(info);
	uint32_t before = lines->count;

	(void)vcpu, (void)data;
	if (!state.in_region)
		return;
	state.now.stores += store;
	state.now.loads += !store;
	lines_add(lines, address, (uint64_t)1 << qemu_plugin_mem_size_shift(info));
	if (state.tracing && state.traced_count) {                       /* it belongs to the instruction executed last */
		struct traced *last = &state.traced[(state.traced_count - 1) % option.trace];

		last->stores += store;
		last->loads += !store;
		last->data_lines += lines->count - before;
	}
}

static enum mode mode_of(uint64_t pc)
{
	if (pc >> 63)
		return MODE_kernel;
	return pc >= option.firmware_start && pc < option.firmware_end ? MODE_firmware : MODE_user;
}

static struct place *place_new(struct qemu_plugin_insn *instruction)
{
	struct place *place = calloc(1, sizeof *place);

	place->pc = qemu_plugin_insn_vaddr(instruction);
	place->size = (uint32_t)qemu_plugin_insn_size(instruction);
	place->mode = mode_of(place->pc);
	place->begins = option.begin && place->pc == option.begin;
	for (unsigned i = 0; i < option.hits; i++)
		if (option.hit[i] == place->pc)
			place->hit |= 1u << i;
	if (place->mode == MODE_kernel) {
		place->next = state.kernel_places;
		state.kernel_places = place;
	}
	return place;
}

static void instrument(struct qemu_plugin_insn *instruction)
{
	static const executed_callback executed[] = { executed_user, executed_kernel, executed_firmware };
	struct place *place = place_new(instruction);

	qemu_plugin_register_vcpu_insn_exec_cb(instruction, executed[place->mode], QEMU_PLUGIN_CB_NO_REGS, place);
	if (place->mode == MODE_kernel)
		qemu_plugin_register_vcpu_mem_cb(instruction, accessed_by_kernel, QEMU_PLUGIN_CB_NO_REGS,
		                                 QEMU_PLUGIN_MEM_RW, NULL);
	else if (place->mode == MODE_user)
		qemu_plugin_register_vcpu_mem_cb(instruction, accessed_by_user, QEMU_PLUGIN_CB_NO_REGS,
		                                 QEMU_PLUGIN_MEM_W, NULL);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++)
		instrument(qemu_plugin_tb_get_insn(block, i));
}

static uint64_t hit_total(unsigned bit)
{
	uint64_t total = 0;

	for (const struct place *place = state.kernel_places; place; place = place->next)
		if (place->hit & 1u << bit)
			total += place->total;
	return total;
}

/* No number of all instructions: how many more run after the machine was told to stop is the host's affair. */
static void at_exit(qemu_plugin_id_t id, void *data)
{
	(void)id, (void)data;
	fprintf(option.out, "{\"end\":true,\"regions\":%" PRIu64 ",\"open\":%s,\"longest\":%" PRIu64 ",\"hits\":[", state.region,
	        state.in_region ? "true" : "false", state.longest);
	for (unsigned i = 0; i < option.hits; i++)
		fprintf(option.out, "%s%" PRIu64, i ? "," : "", hit_total(i));
	fprintf(option.out, "],\"longest_pcs\":[");
	for (unsigned i = 0; i < SAMPLES && (uint64_t)i * SAMPLE_EVERY < state.longest; i++)
		fprintf(option.out, "%s\"%" PRIx64 "\"", i ? "," : "", state.longest_sample[i]);
	fprintf(option.out, "]}\n");
	fclose(option.out);
}

/* ---- arguments ---- */

static bool parse_hits(const char *text)
{
	char *end = (char *)text;

	while (*text && option.hits < HITS_MAX) {
		option.hit[option.hits++] = strtoull(text, &end, 0);
		if (end == text || (*end && *end != ':'))
			return false;
		text = *end ? end + 1 : end;
	}
	return *text == 0;
}

static bool parse(const char *argument)
{
	char rest;

	if (!strncmp(argument, "out=", 4))
		return (option.out = fopen(argument + 4, "w")) != NULL;
	if (!strncmp(argument, "hit=", 4))
		return parse_hits(argument + 4);
	return sscanf(argument, "marker=%" SCNi64 "%c", (int64_t *)&option.marker, &rest) == 1 ||
	       sscanf(argument, "begin=%" SCNi64 "%c", (int64_t *)&option.begin, &rest) == 1 ||
	       sscanf(argument, "trace=%" SCNi64 "-%" SCNi64 "%c", (int64_t *)&option.traced, (int64_t *)&option.trace, &rest) == 2 ||
	       sscanf(argument, "firmware=%" SCNi64 "-%" SCNi64 "%c", (int64_t *)&option.firmware_start,
	              (int64_t *)&option.firmware_end, &rest) == 2;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int count, char **arguments)
{
	for (int i = 0; i < count; i++)
		if (!parse(arguments[i])) {
			fprintf(stderr, "kite plugin: cannot take the argument %s\n", arguments[i]);
			return 1;
		}
	state.passage = malloc(PASSAGES_MAX * sizeof *state.passage);
	if (option.trace)
		state.traced = calloc(option.trace, sizeof *state.traced);
	if (!option.out || !state.passage || (option.trace && !state.traced) || info->system.smp_vcpus != 1 ||
	    info->version.min > KITE_PLUGIN_API || info->version.cur >= API_TOO_NEW) {
		fprintf(stderr, "kite plugin: needs out=FILE, one processor, and plugin interface %d (here %d to %d)\n",
		        KITE_PLUGIN_API, info->version.min, info->version.cur);
		return 1;
	}
	fprintf(option.out, "{\"plugin\":\"kite\",\"version\":1,\"target\":\"%s\",\"fields\":[\"stamp\",\"kernel_instructions\","
	        "\"firmware_instructions\",\"loads\",\"stores\",\"data_lines\",\"code_lines\",\"data_lines_pair\",\"code_lines_pair\",\"hits\"]}\n", info->target_name);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
	return 0;
}
