/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A small printf.  Output goes out 64 characters a system call, in the eight words of a message; what one print() says
 * is out when it returns.
 */
#include <stdarg.h>
#include "message.h"
#include "print.h"

enum { CHUNK = MESSAGE_REGISTERS * sizeof(uint64_t) };

struct output {
	uint64_t count;
	struct message message;
};

static void output_flush(struct output *output)
{
	if (output->count == 0)
		return;
	output->message.tag = tag_make(0, output->count, 0, 0);
	ipc_operation(system_call_inline, SYS_debug_write, 0, &output->message);
	*output = (struct output){ 0 };
}

static void output_char(struct output *output, char character)
{
	uint64_t place = output->count++;
	output->message.word[place / 8] |= (uint64_t)(unsigned char)character << place % 8 * 8;
	if (output->count == CHUNK)
		output_flush(output);
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
	output_flush(&output);
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
