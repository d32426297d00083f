/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/facts.h"

#include <string.h>

struct fact known(const char *source)
{
	return (struct fact){.state = FACT_KNOWN, .source = source};
}

struct fact absent(const char *source)
{
	return (struct fact){.state = FACT_ABSENT, .source = source};
}

struct fact unreadable(const char *source, int error)
{
	return (struct fact){.state = FACT_UNREADABLE, .error = error, .source = source};
}

struct fact_text known_text(const char *source, const char *text)
{
	return known_bytes(source, text, strlen(text));
}

struct fact_text known_bytes(const char *source, const void *bytes, size_t length)
{
	return (struct fact_text){.fact = known(source), .text = bytes, .length = length};
}
