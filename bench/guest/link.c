/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A line is "#<block> <number> <payload> ~<crc>", in hexadecimal; the CRC-32 (that of Ethernet and zip) is over all before
 * " ~".  The last line of a block has the word "end" and how many there were.  The laboratory answers in lines that begin
 * with "!": "ok", or "again" with the numbers of lines, none for all.  Who waits is always this side, without a clock: the
 * laboratory repeats itself when it hears nothing.
 */
#include "console.h"
#include "link.h"
#include "message.h"
#include "option.h"
#include "print.h"
#include "runtime.h"
#include "string.h"

enum { CRC_POLYNOMIAL = 0xedb88320u, CRC_DIGITS = 8, ANSWER_BYTES = 128 };

static unsigned block;

/* ---- lines out ---- */

void line_text(struct line *line, const char *text)
{
	while (*text && line->length + 1 < LINE_BYTES)
		line->character[line->length++] = *text++;
	line->character[line->length] = 0;
}

void line_number(struct line *line, uint64_t value, unsigned base)
{
	char digits[21];
	unsigned place = sizeof digits - 1;
	digits[place] = 0;
	do {
		digits[--place] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	line_text(line, digits + place);
}

static uint32_t crc(const char *text, unsigned length)
{
	uint32_t remainder = ~(uint32_t)0;
	for (unsigned i = 0; i < length; i++) {
		remainder ^= (unsigned char)text[i];
		for (unsigned bit = 0; bit < 8; bit++)
			remainder = remainder >> 1 ^ (remainder & 1 ? CRC_POLYNOMIAL : 0);
	}
	return ~remainder;
}

static void send(struct line *line)
{
	uint32_t sum = crc(line->character, line->length);
	line_text(line, " ~");
	for (int shift = 28; shift >= 0; shift -= 4)
		line_number(line, sum >> shift & 15, 16);
	print("%s\n", line->character);
}

static void begin(struct line *line)
{
	line->length = 0;
	line_text(line, "#");
	line_number(line, block, 16);
	line_text(line, " ");
}

static void send_line(unsigned number, void (*say)(struct line *line, unsigned number))
{
	struct line line;
	begin(&line);
	line_number(&line, number, 16);
	line_text(&line, " ");
	say(&line, number);
	send(&line);
}

static void send_word(const char *word, unsigned number)
{
	struct line line;
	begin(&line);
	line_text(&line, word);
	line_text(&line, " ");
	line_number(&line, number, 16);
	send(&line);
}

/* ---- answers in ---- */

bool link_has_input(void) { return boot->console.kind != CONSOLE_none && boot->console.kind != CONSOLE_kernel; }

/* The next line that came in, whole or not.  A console that cannot interrupt is asked again and again. */
static void answer_read(char answer[ANSWER_BYTES])
{
	static char text[CONSOLE_CHUNK];
	static unsigned place, count;
	unsigned length = 0;
	for (;;) {
		for (; place < count; place++) {
			bool ends = text[place] == '\n' || text[place] == '\r';
			if (ends && length) {
				answer[length] = 0;
				place++;
				return;
			}
			if (!ends && length + 1 < ANSWER_BYTES)
				answer[length++] = text[place];
		}
		count = (unsigned)console_read(text);
		place = 0;
	}
}

/* Reads a hexadecimal number and goes behind it; false: there is none. */
static bool number_read(const char **text, uint32_t *value)
{
	const char *from = *text;
	*value = 0;
	for (; **text && **text != ' '; ++*text) {
		char digit = **text;
		bool decimal = digit >= '0' && digit <= '9';
		if (!decimal && !(digit >= 'a' && digit <= 'f'))
			return false;
		*value = *value << 4 | (uint32_t)(digit - (decimal ? '0' : 'a' - 10));
	}
	return *text != from;
}

/* Whether a line is whole; cuts the sum off. */
static bool whole(char answer[ANSWER_BYTES])
{
	unsigned length = (unsigned)strlen(answer);
	uint32_t sum;
	if (length < CRC_DIGITS + 3 || answer[0] != '!' || answer[length - CRC_DIGITS - 1] != '~')
		return false;
	const char *digits = answer + length - CRC_DIGITS;
	length -= CRC_DIGITS + 2;
	if (!number_read(&digits, &sum) || sum != crc(answer, length))
		return false;
	answer[length] = 0;
	return true;
}

/* What is said of this block, behind its number; an answer about an earlier one was said twice. */
static const char *answer_wait(char answer[ANSWER_BYTES])
{
	for (;;) {
		uint32_t about;
		const char *text = answer + 1;
		answer_read(answer);
		if (!whole(answer))
			send_word("what", 0);
		else if (number_read(&text, &about) && about == block && *text == ' ')
			return text + 1;
	}
}

static void send_again(const char *text, unsigned lines, void (*say)(struct line *line, unsigned number))
{
	uint32_t number;
	bool all = *text != ' ';
	while (*text == ' ') {
		text++;
		if (number_read(&text, &number) && number < lines)
			send_line(number, say);
	}
	for (unsigned i = 0; all && i < lines; i++)
		send_line(i, say);
	send_word("end", lines);
}

void link_block(unsigned lines, void (*say)(struct line *line, unsigned number))
{
	char answer[ANSWER_BYTES];
	send_again("", lines, say);
	for (;;) {
		const char *text = answer_wait(answer);
		if (string_equal(text, "ok"))
			break;
		if (string_starts(text, "again"))
			send_again(text + strlen("again"), lines, say);
	}
	block++;
}
