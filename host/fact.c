/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/fact.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool fact_known(const struct fact *fact)
{
	return fact->state == FACT_KNOWN;
}

bool fact_absent(const struct fact *fact)
{
	return fact->state == FACT_ABSENT;
}

bool fact_settled(const struct fact *fact)
{
	return fact_known(fact) || fact_absent(fact);
}

const char *fact_state_name(enum fact_state state)
{
	switch (state) {
	case FACT_NOT_CAPTURED:
		return "not-captured";
	case FACT_KNOWN:
		return "known";
	case FACT_ABSENT:
		return "absent";
	case FACT_UNREADABLE:
		return "unreadable";
	case FACT_MALFORMED:
		return "malformed";
	}
	return "not-captured";
}

/* Accepts what strtoull() or strtoll() took of text when only white space follows it. */
static bool is_whole(const char *text, const char *end, size_t length)
{
	if (end == text)
		return false;
	while (isspace((unsigned char)*end))
		end++;
	return (size_t)(end - text) == length;
}

static struct fact_number parse(const struct fact_text *text, int base)
{
	struct fact_number number = {.fact = text->fact};
	char *end;

	if (!fact_known(&text->fact))
		return number;
	errno = 0;
	if (strchr(text->text, '-'))
		number.value = strtoll(text->text, &end, base);
	else
		number.value = (int64_t)strtoull(text->text, &end, base);
	if (errno || !is_whole(text->text, end, text->length)) {
		number.fact.state = FACT_MALFORMED;
		number.value = 0;
	}
	return number;
}

struct fact_number fact_parse_number(const struct fact_text *text)
{
	bool hex = fact_known(&text->fact) && strncasecmp(text->text, "0x", 2) == 0;

	return parse(text, hex ? 16 : 10);
}

struct fact_number fact_parse_hex(const struct fact_text *text)
{
	return parse(text, 16);
}
