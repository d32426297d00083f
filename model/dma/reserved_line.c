/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/dma/reserved_line.h"

#include <ctype.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"

/* Takes an address as the kernel prints it, "0x" and its digits, with a blank behind them. */
static bool take_address(const char **text, uint64_t *ret)
{
	enum { MOST_DIGITS = 16 };
	const char *digits = *text + strlen("0x");
	size_t count = 0;

	if (!begins_with(*text, "0x"))
		return false;
	for (*ret = 0; count < MOST_DIGITS && isxdigit((unsigned char)digits[count]); count++) {
		char c = digits[count];
		*ret = *ret << 4 |
		       (uint64_t)(isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	if (!count || digits[count] != ' ')
		return false;
	*text = digits + count + 1;
	return true;
}

/* Parses a line as iommu_group_show_resv_regions() prints it (drivers/iommu/iommu.c). */
static bool parse_line(const char *text, size_t length, struct reserved_line *ret)
{
	const char *end = text + length;

	if (!take_address(&text, &ret->start) || !take_address(&text, &ret->end))
		return false;
	size_t rest = (size_t)(end - text);
	if (!rest || rest >= sizeof(ret->type))
		return false;
	memcpy(ret->type, text, rest);
	ret->type[rest] = '\0';
	return true;
}

enum line_state { LINE_NONE, LINE_READ, LINE_DAMAGED };

static enum line_state take_line(const char **text, struct reserved_line *ret)
{
	const char *line = *text;
	size_t length = strcspn(line, "\n");

	if (!*line)
		return LINE_NONE;
	*text = line + length + (line[length] == '\n');
	return parse_line(line, length, ret) ? LINE_READ : LINE_DAMAGED;
}

bool reserved_line_next(const char **text, struct reserved_line *ret)
{
	enum line_state state;

	do
		state = take_line(text, ret);
	while (state == LINE_DAMAGED);
	return state == LINE_READ;
}

/* Returns whether the word is a type that the kernel writes: iommu_group_resv_type_string. One
 * that is cut off is not. */
static bool is_type(const char *word)
{
	static const char *const types[] = {"direct", "direct-relaxable", "reserved", "msi"};

	for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
		if (strcmp(word, types[i]) == 0)
			return true;
	}
	return false;
}

bool reserved_lines_are_sound(const char *text)
{
	struct reserved_line line;
	size_t count = 0;
	enum line_state state;

	while ((state = take_line(&text, &line)) == LINE_READ) {
		if (!is_type(line.type) || ++count > RESERVED_LINES_OF_A_GROUP)
			return false;
	}
	return state == LINE_NONE;
}
