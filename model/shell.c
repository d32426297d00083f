/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/shell.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "host/base/buffer.h"

/* Stands in a command for text that cannot: a control character, which no command has. */
static const char refused[] = "\x7f";

static bool is_plain(const char *text, const char *signs)
{
	for (; *text; text++) {
		if (!isascii(*text) || (!isalnum((unsigned char)*text) && !strchr(signs, *text)))
			return false;
	}
	return true;
}

static bool has_controls(const char *text)
{
	for (; *text; text++) {
		if (iscntrl((unsigned char)*text))
			return true;
	}
	return false;
}

/* Room for every quote as '\'', and for the quotes around. */
static size_t quoted_size(const char *text)
{
	size_t size = sizeof("''");

	for (; *text; text++)
		size += *text == '\'' ? 4 : 1;
	return size;
}

const char *shell_word(struct arena *arena, const char *text)
{
	char *quoted, *out;

	if (has_controls(text))
		return refused;
	if (*text && *shell_plain(text) != *refused)
		return text;
	quoted = out = arena_text(arena, quoted_size(text));
	if (!quoted)
		return refused;
	*out++ = '\'';
	for (; *text; text++) {
		if (*text == '\'')
			out = stpcpy(out, "'\\'");
		*out++ = *text;
	}
	*out = '\'';
	return quoted;
}

const char *shell_plain(const char *text)
{
	return is_plain(text, "/._-+@:,") && *text != '-' ? text : refused;
}

bool shell_takes(const char *text)
{
	return !strpbrk(text, "'\n");
}

bool shell_takes_path(const char *path)
{
	return is_plain(path, "/._-+@:");
}

bool shell_prints(const char *command)
{
	return !has_controls(command);
}

void shell_add(struct arena *arena, struct text_line **list, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	const char *command = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	if (shell_prints(command))
		lines_add(arena, list, "%s", command);
}

const char *shell_end_line(struct arena *arena, const char *file)
{
	return arena_printf(arena, "[ -z \"$(tail -c 1 %s)\" ] || echo >> %s", file, file);
}

const char *shell_leave_line_open(struct arena *arena, const char *file)
{
	return arena_printf(arena, "[ -n \"$(tail -c 1 %s)\" ] || truncate -s -1 %s", file, file);
}

static const char *escape(struct arena *arena, const char *text, const char *signs)
{
	char *quoted = arena_text(arena, 2 * strlen(text) + 1), *out = quoted;

	if (!quoted)
		return "";
	for (; *text; text++) {
		if (strchr(signs, *text))
			*out++ = '\\';
		*out++ = *text;
	}
	return quoted;
}

const char *shell_sed_quote(struct arena *arena, const char *text)
{
	return escape(arena, text, "/.*[]^$\\&");
}

const char *shell_sed_replacement(struct arena *arena, const char *text)
{
	return escape(arena, text, "/\\&");
}

const char *shell_sed_words(struct arena *arena, const char *words)
{
	struct buffer pattern = {.arena = arena, .separator = "[[:space:]]\\+"};

	for (const char *part = words; *part; part += strspn(part, " ")) {
		size_t length = strcspn(part, " ");
		buffer_item(&pattern, "%s",
			    shell_sed_quote(arena, arena_copy(arena, part, length)));
		part += length;
	}
	return buffer_text(&pattern);
}
