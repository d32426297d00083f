/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/cmocka.h"

#include <ctype.h>
#include <stdio.h>

enum { ROW_SIZE = 160 };

void test_row(const char *format, ...)
{
	char text[ROW_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	fputs("    row: ", stdout);
	for (const char *it = text; *it; it++) {
		if (isprint((unsigned char)*it))
			putchar(*it);
		else
			printf("\\x%02x", (unsigned char)*it);
	}
	putchar('\n');
	fflush(stdout);
}
