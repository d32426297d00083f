/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/text.h"

#include <stdarg.h>
#include <string.h>

#include "host/base/array.h"
#include "report/write/words.h"
#include "report/write/wrap.h"

/* ECMA-48 SGR sequences. */
static const char *const color_sequences[] = {
	[TEXT_PLAIN] = "",           [TEXT_BOLD] = "\033[1m",     [TEXT_DIM] = "\033[2m",
	[TEXT_RED] = "\033[1;31m",   [TEXT_GREEN] = "\033[1;32m", [TEXT_YELLOW] = "\033[1;33m",
	[TEXT_MAGENTA] = "\033[35m",
};

ASSERT_COVERS(color_sequences, TEXT_COLOR_COUNT);

const char *text_color(const struct text *text, enum text_color color)
{
	return text->options->color ? color_sequences[color] : "";
}

static const char *color_end(const struct text *text, enum text_color color)
{
	return text->options->color && color != TEXT_PLAIN ? "\033[0m" : "";
}

/* Makes of UTF-8 what an ASCII terminal shows: a "?" for each other character. */
static const char *to_ascii(struct arena *arena, const char *utf8)
{
	char *ascii = arena_copy(arena, utf8, strlen(utf8));
	char *out = ascii;

	for (const char *in = utf8; *in && *ascii; in++) {
		if ((unsigned char)*in < 0x80)
			*out++ = *in;
		else if (((unsigned char)*in & 0xc0) == 0xc0)
			*out++ = '?';
	}
	if (*ascii)
		*out = '\0';
	return ascii;
}

const char *text_showable(struct text *text, const char *message)
{
	const char *printable = words_printable(text->arena, message);

	return text->options->utf8 ? printable : to_ascii(text->arena, printable);
}

void text_paragraph(struct text *text, unsigned indent, enum text_color color, const char *format,
		    ...)
{
	va_list arguments;

	va_start(arguments, format);
	const char *message = arena_vprintf(text->arena, format, arguments);
	va_end(arguments);
	fprintf(text->out, "%*s%s", (int)indent, "", text_color(text, color));
	wrap_text(text->out, text_showable(text, message), indent, indent, text->options->width);
	fprintf(text->out, "%s\n", color_end(text, color));
}

void text_continue(struct text *text, unsigned indent, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	const char *message = arena_vprintf(text->arena, format, arguments);
	va_end(arguments);
	wrap_text(text->out, text_showable(text, message), indent, indent, text->options->width);
	fputc('\n', text->out);
}

void text_evidence(struct text *text, unsigned indent, const char *source, const char *value)
{
	const char *path = text_showable(text, source);
	const char *line =
		value ? arena_printf(text->arena, "%s: %s", path, text_showable(text, value))
		      : path;

	fprintf(text->out, "%*s%s", (int)indent, "", text_color(text, TEXT_DIM));
	wrap_behind(text->out, line, strlen(path) + (value ? 1 : 0), indent, indent + 2,
		    text->options->width);
	fprintf(text->out, "%s\n", color_end(text, TEXT_DIM));
}

void text_remedy(struct text *text, unsigned indent, const char *remedy)
{
	const char *arrow = text->options->utf8 ? "\u2192" : "->";
	unsigned column = indent + (text->options->utf8 ? 2 : 3);

	fprintf(text->out, "%*s%s ", (int)indent, "", arrow);
	wrap_text(text->out, text_showable(text, remedy), column, column, text->options->width);
	fputc('\n', text->out);
}

void text_command(struct text *text, unsigned indent, const char *command)
{
	fprintf(text->out, "%*s%s%s%s\n", (int)indent, "", text_color(text, TEXT_BOLD),
		text_showable(text, command), color_end(text, TEXT_BOLD));
}

void text_heading(struct text *text, const char *heading)
{
	fputc('\n', text->out);
	text_paragraph(text, 0, TEXT_BOLD, "%s", heading);
}
