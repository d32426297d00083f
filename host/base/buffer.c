/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_SIZE = 64 };

/* Makes room for length more bytes and a NUL. */
static bool reserve(struct buffer *buffer, size_t length)
{
	size_t needed;

	if (__builtin_add_overflow(buffer->length, length, &needed) || needed > SIZE_MAX / 4)
		needed = SIZE_MAX; /* which arena_text() refuses */
	else if (++needed <= buffer->capacity)
		return true;
	size_t doubled = buffer->capacity ? buffer->capacity * 2 : FIRST_SIZE;
	size_t capacity = needed > doubled ? needed : doubled;
	char *text = arena_text(buffer->arena, capacity);
	if (!text)
		return false;
	if (buffer->length)
		memcpy(text, buffer->text, buffer->length);
	buffer->text = text;
	buffer->capacity = capacity;
	return true;
}

void buffer_add(struct buffer *buffer, const char *bytes, size_t length)
{
	if (!length || !reserve(buffer, length))
		return;
	memcpy(buffer->text + buffer->length, bytes, length);
	buffer->length += length;
	buffer->text[buffer->length] = '\0';
}

void buffer_add_line(struct buffer *buffer, const char *bytes, size_t length)
{
	buffer_add(buffer, bytes, length);
	buffer_add(buffer, "\n", 1);
}

void buffer_item(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;

	if (buffer->count++ >= buffer->most && buffer->most)
		return;
	if (buffer->length && buffer->separator)
		buffer_add(buffer, buffer->separator, strlen(buffer->separator));
	buffer->last = buffer->length;
	va_start(arguments, format);
	int length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length <= 0 || !reserve(buffer, (size_t)length))
		return;
	va_start(arguments, format);
	vsnprintf(buffer->text + buffer->length, (size_t)length + 1, format, arguments);
	va_end(arguments);
	buffer->length += (size_t)length;
}

const char *buffer_list(const struct buffer *buffer)
{
	if (!buffer->most || buffer->count <= buffer->most)
		return buffer_text(buffer);
	return arena_printf(buffer->arena, "%s and %zu more", buffer_text(buffer),
			    buffer->count - buffer->most);
}

const char *buffer_choice(const struct buffer *buffer)
{
	const char *text = buffer_text(buffer);

	if (buffer->count < 2)
		return text;
	return arena_printf(buffer->arena, "%.*s or %s",
			    (int)(buffer->last - strlen(buffer->separator)), text,
			    text + buffer->last);
}

const char *buffer_text(const struct buffer *buffer)
{
	return buffer->text ? buffer->text : "";
}

const char *counted(struct arena *arena, size_t count, const char *one)
{
	return arena_printf(arena, "%zu %s%s", count, one, count == 1 ? "" : "s");
}

const char *counted_as(struct arena *arena, size_t count, const char *one, const char *many)
{
	return arena_printf(arena, "%zu %s", count, count == 1 ? one : many);
}
