/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/diagnostic.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "host/library/libraries.h"
#include "report/write/words.h"

void complain(const char *format, ...)
{
	struct arena *arena = arena_new();
	const char *message = "";
	va_list arguments;

	if (arena) {
		va_start(arguments, format);
		message = words_printable(arena, arena_vprintf(arena, format, arguments));
		va_end(arguments);
	}
	fprintf(stderr, "passcheck: %s\n", *message ? message : strerror(ENOMEM));
	arena_free(arena);
}

const char *error_text(int error)
{
	return error == ELIBACC ? libraries_error() : strerror(error);
}

enum exit_code complain_of_usage(const char *verb, const char *message)
{
	complain("%s: %s", verb, message);
	complain("`passcheck help %s` shows the usage", verb);
	return EXIT_USAGE;
}
