/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/lines.h"

#include <stdarg.h>
#include <stdlib.h>
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

bool lines_have(const struct text_line *lines, const char *text)
{
	while (lines && strcmp(lines->text, text) != 0)
		lines = lines->next;
	return lines != NULL;
}

void lines_append_once(struct arena *arena, struct text_line **list, const char *text)
{
	if (!lines_have(*list, text))
		append(arena, list, text);
}

/* A line, and where it stood in its list. */
struct placed_line {
	const char *text;
	size_t place;
};

static int compare_texts(const void *left, const void *right)
{
	const struct placed_line *a = left, *b = right;
	int order = strcmp(a->text, b->text);

	return order ? order : (a->place > b->place) - (a->place < b->place);
}

static int compare_places(const void *left, const void *right)
{
	const struct placed_line *a = left, *b = right;

	return (a->place > b->place) - (a->place < b->place);
}

void lines_unique(struct arena *arena, struct text_line **list)
{
	size_t count = 0, kept = 0;

	for (const struct text_line *line = *list; line; line = line->next)
		count++;
	struct placed_line *lines = arena_array(arena, count + 1, sizeof(*lines));
	if (!lines || count < 2)
		return;
	count = 0;
	for (const struct text_line *line = *list; line; line = line->next) {
		lines[count] = (struct placed_line){.text = line->text, .place = count};
		count++;
	}
	qsort(lines, count, sizeof(*lines), compare_texts);
	for (size_t i = 0; i < count; i++) {
		if (!kept || strcmp(lines[kept - 1].text, lines[i].text) != 0)
			lines[kept++] = lines[i];
	}
	qsort(lines, kept, sizeof(*lines), compare_places);
	*list = NULL;
	for (size_t i = 0; i < kept; i++)
		append(arena, list, lines[i].text);
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
	char *text = arena_text(arena, joined_size(lines, strlen(separator))), *end = text;

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
