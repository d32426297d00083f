/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/number_set.h"

#include <ctype.h>
#include <string.h>

enum { WORD_COUNT = NUMBER_SET_SIZE / 64 };

static void set_range(struct number_set *set, size_t first, size_t last, bool value)
{
	for (size_t number = first; number <= last; number++) {
		uint64_t bit = UINT64_C(1) << number % 64;
		if (value)
			set->words[number / 64] |= bit;
		else
			set->words[number / 64] &= ~bit;
	}
}

/* Reads decimal digits and moves *text behind them. */
static bool take_number(const char **text, size_t *ret)
{
	size_t number = 0;

	if (!isdigit((unsigned char)**text))
		return false;
	for (; isdigit((unsigned char)**text); ++*text) {
		number = number * 10 + (size_t)(**text - '0');
		if (number >= NUMBER_SET_SIZE)
			return false;
	}
	*ret = number;
	return true;
}

/* Reads "8", "0-3" or "^5". */
static bool take_item(const char **text, struct number_set *set)
{
	bool excluded = **text == '^';
	size_t first, last;

	*text += excluded;
	if (!take_number(text, &first))
		return false;
	last = first;
	if (**text == '-' && !excluded) {
		++*text;
		if (!take_number(text, &last) || last < first)
			return false;
	}
	set_range(set, first, last, !excluded);
	return true;
}

bool number_set_parse(const char *text, struct number_set *ret)
{
	struct number_set set = {0};

	text += strspn(text, " \t\n");
	while (*text) {
		if (!take_item(&text, &set))
			return false;
		text += strspn(text, " \t\n");
		if (*text != ',')
			break;
		text += 1 + strspn(text + 1, " \t\n");
		if (!*text)
			return false;
	}
	if (*text)
		return false;
	*ret = set;
	return true;
}

bool number_set_has(const struct number_set *set, size_t number)
{
	return number < NUMBER_SET_SIZE && set->words[number / 64] >> number % 64 & 1;
}

size_t number_set_count(const struct number_set *set)
{
	size_t count = 0;

	for (size_t i = 0; i < NUMBER_SET_SIZE / 64; i++)
		count += (size_t)__builtin_popcountll(set->words[i]);
	return count;
}

bool number_set_is_empty(const struct number_set *set)
{
	return !number_set_overlaps(set, set);
}

bool number_set_overlaps(const struct number_set *a, const struct number_set *b)
{
	for (size_t i = 0; i < WORD_COUNT; i++) {
		if (a->words[i] & b->words[i])
			return true;
	}
	return false;
}

void number_set_unite(struct number_set *set, const struct number_set *other)
{
	for (size_t i = 0; i < WORD_COUNT; i++)
		set->words[i] |= other->words[i];
}

void number_set_add(struct number_set *set, size_t number)
{
	if (number < NUMBER_SET_SIZE)
		set_range(set, number, number, true);
}
