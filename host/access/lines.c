/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/lines.h"

#include <stdarg.h>
#include <string.h>

static void append(struct arena *arena, struct text_line **list, const char *text)
{
	struct text_line *line = arena_alloc(arena, sizeof(*line));

	if (!line)
		return;
	line->text = text;
	if (!*list) {
		*list = line;
		return;
	}
	struct text_line *end = (*list)->last ? (*list)->last : *list;
	while (end->next)
		end = end->next;
	end->next = line;
	(*list)->last = line;
}

void lines_add(struct arena *arena, struct text_line **list, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	append(arena, list, arena_vprintf(arena, format, arguments));
	va_end(arguments);
}

void lines_append_once(struct arena *arena, struct text_line **list, const char *text)
{
	for (const struct text_line *line = *list; line; line = line->next) {
		if (strcmp(line->text, text) == 0)
			return;
	}
	append(arena, list, text);
}

static size_t joined_size(const struct text_line *lines, size_t separator)
{
	size_t size = 1;

	for (; lines; lines = lines->next)
		size += strlen(lines->text) + separator;
	return size;
}

const char *lines_join(struct arena *arena, const struct text_line *lines, const char *separator)
{
	char *text = arena_alloc(arena, joined_size(lines, strlen(separator))), *end = text;

	if (!text)
		return "";
	*end = '\0';
	for (; lines; lines = lines->next) {
		end = stpcpy(end, lines->text);
		if (lines->next)
			end = stpcpy(end, separator);
	}
	return text;
}
