/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The kernel's printf: %s %c %d %u %x %p, with l and with 0 and a width; and panic.  A release kernel prints nothing but a
 * panic: the console belongs to a program.  What is said while booting is kept for the first task.
 */
#include <stdarg.h>
#include "arch.h"
#include "core.h"
#include "print.h"
#include "trace.h"

enum { DIGITS_MAX = 20 };                 /* of a 64-bit number in decimal */

static bool loud = KITE_DEBUG, booting = true;
static char messages[BOOT_MESSAGE_BYTES];  /* cut where it is full */
static unsigned messages_bytes;

const char *print_messages(void)
{
	booting = false;
	return messages;
}

static void put(char character)
{
	if (booting && messages_bytes + 1 < sizeof(messages))
		messages[messages_bytes++] = character;
	if (!loud)
		return;
	if (character == '\n')
		arch_console_put('\r');
	arch_console_put(character);
}

static void put_string(const char *string)
{
	for (; *string; string++)
		put(*string);
}

static void put_number(uint64_t value, unsigned base, unsigned width, char fill)
{
	char digit[DIGITS_MAX];
	unsigned count = 0;

	do {
		digit[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	for (; width > count; width--)
		put(fill);
	while (count)
		put(digit[--count]);
}

/* One conversion; returns what follows it. */
static const char *convert(const char *format, va_list *arguments)
{
	char fill = *format == '0' ? '0' : ' ';
	unsigned width = 0;
	bool is_long = false;
	int64_t number;

	for (; *format >= '0' && *format <= '9'; format++)
		width = width * 10 + (unsigned)(*format - '0');
	for (; *format == 'l'; format++)
		is_long = true;

	switch (*format) {
	case 's':
		put_string(va_arg(*arguments, const char *));
		break;
	case 'c':
		put((char)va_arg(*arguments, int));
		break;
	case 'd':
		number = is_long ? va_arg(*arguments, long) : va_arg(*arguments, int);
		if (number < 0)
			put('-');
		put_number(number < 0 ? -(uint64_t)number : (uint64_t)number, 10, width, fill);
		break;
	case 'u':
		put_number(is_long ? va_arg(*arguments, unsigned long) : va_arg(*arguments, unsigned), 10, width, fill);
		break;
	case 'x':
		put_number(is_long ? va_arg(*arguments, unsigned long) : va_arg(*arguments, unsigned), 16, width, fill);
		break;
	case 'p':
		put_number((uint64_t)(uintptr_t)va_arg(*arguments, void *), 16, 16, '0');
		break;
	case '\0':
		return format;
	default:
		put(*format);
	}
	return format + 1;
}

static void print_list(const char *format, va_list *arguments)
{
	while (*format) {
		if (*format == '%')
			format = convert(format + 1, arguments);
		else
			put(*format++);
	}
}

void print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_list(format, &arguments);
	va_end(arguments);
}

void kernel_panic(const char *format, ...)
{
	va_list arguments;

	loud = true;
	print("\nkernel panic: ");               /* firmware may have left the console in the middle of a line */
	va_start(arguments, format);
	print_list(format, &arguments);
	va_end(arguments);
	if (core.current)                         /* while booting there is none */
		print("\nkernel: current thread %p, limit %lx", (void *)core.current, core.limit);
	print("\n");
	trace_print(TRACE_PANIC);
	arch_halt(2);
}
