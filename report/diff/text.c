/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/base/array.h"
#include "report/diff/diff.h"
#include "report/diff/render.h"
#include "report/write/text.h"

/* How each effect looks in front of a change. */
struct effect_look {
	const char *mark;
	enum text_color color;
};

static const struct effect_look looks[] = {
	[CHANGE_NONE] = {"", TEXT_GREEN},
	[CHANGE_BETTER] = {"better", TEXT_GREEN},
	[CHANGE_UNKNOWN] = {"?", TEXT_MAGENTA},
	[CHANGE_WORSE] = {"worse", TEXT_RED},
};

ASSERT_COVERS(looks, CHANGE_COUNT);

enum { MARK_WIDTH = 8 };

static void write_change(struct text *text, const struct change *change)
{
	const struct effect_look *look = &looks[change->effect];

	fprintf(text->out, "%s%-*s%s", text_color(text, look->color), MARK_WIDTH, look->mark,
		text_color(text, look->color)[0] ? "\033[0m" : "");
	text_continue(text, MARK_WIDTH, "%s: %s", change->subject, change->summary);
}

int diff_render_text(const void *document, const struct render_options *options, FILE *out)
{
	const struct diff *diff = document;
	struct text text = {.options = options, .arena = diff->arena, .out = out};

	text_paragraph(&text, 0, looks[diff->effect].color, "%s", diff_headline(diff->effect));
	if (diff->machines_differ)
		text_paragraph(&text, 0, TEXT_YELLOW,
			       "These may be two different machines: %s. diff is for one machine "
			       "at two times",
			       diff->machines_differ);
	if (diff->count)
		fputc('\n', out);
	for (size_t i = 0; i < diff->count; i++) {
		if (!options->quiet || diff->changes[i].effect >= CHANGE_UNKNOWN)
			write_change(&text, &diff->changes[i]);
	}
	return arena_failed(diff->arena) ? -ENOMEM : 0;
}
