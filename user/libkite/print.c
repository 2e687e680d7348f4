/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A small printf.  Output goes to the console 64 characters a message, in its eight words; what one print() says comes in
 * one piece, and is out when it returns.
 */
#include <stdarg.h>
#include "console.h"
#include "print.h"

struct output {
	uint64_t count;
	struct message message;
};

static void output_flush(struct output *output, bool last)
{
	if (output->count == 0)
		return;
	console_write(&output->message, output->count, last);
	*output = (struct output){ 0 };
}

/* A full message waits for the next character, which tells whether it is the last one. */
static void output_char(struct output *output, char character)
{
	if (output->count == CONSOLE_CHUNK)
		output_flush(output, false);
	uint64_t place = output->count++;
	output->message.word[place / 8] |= (uint64_t)(unsigned char)character << place % 8 * 8;
}

static void output_string(struct output *output, const char *text)
{
	while (*text)
		output_char(output, *text++);
}

static void output_number(struct output *output, uint64_t value, unsigned base)
{
	char digits[20];
	unsigned count = 0;
	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (count)
		output_char(output, digits[--count]);
}

static void output_signed(struct output *output, int value)
{
	if (value < 0)
		output_char(output, '-');
	output_number(output, value < 0 ? -(uint64_t)value : (uint64_t)value, 10);
}

void print(const char *format, ...)
{
	struct output output = { 0 };
	va_list list;
	va_start(list, format);
	for (; *format; format++) {
		if (*format != '%') {
			output_char(&output, *format);
			continue;
		}
		format++;
		_Bool wide = *format == 'l';
		if (wide)
			format++;
		switch (*format) {
		case 's': output_string(&output, va_arg(list, const char *)); break;
		case 'c': output_char(&output, (char)va_arg(list, int)); break;
		case 'd': output_signed(&output, va_arg(list, int)); break;
		case 'u': output_number(&output, wide ? va_arg(list, uint64_t) : va_arg(list, unsigned), 10); break;
		case 'x': output_number(&output, wide ? va_arg(list, uint64_t) : va_arg(list, unsigned), 16); break;
		default:  output_char(&output, *format); break;
		}
	}
	va_end(list);
	output_flush(&output, true);
}

void system_halt(uint64_t status)
{
	print("halt %lu\n", status);
	struct message message = MESSAGE(0, status);
	for (;;)
		ipc_operation(system_call_inline, SYS_debug_halt, 0, &message);
}

const char *error_sentence(enum error error)
{
	switch (error) {
#define ERROR(number, name, sentence) case ERR_##name: return sentence;
#include "error.def"
#undef ERROR
	}
	return "no such error";
}

__attribute__((weak)) void die(const char *file, int line, const char *what, enum error error)
{
	print("%s:%d: %s: %s\n", file, line, what, error ? error_sentence(error) : "is false");
	system_halt(2);
}
