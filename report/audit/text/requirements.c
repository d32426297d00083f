/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/array.h"
#include "report/audit/text/parts.h"

enum { LABEL_WIDTH = 6 };

struct label {
	const char *text;
	enum text_color color;
};

static const struct label labels[] = {
	[REQUIREMENT_MET] = {"MET", TEXT_GREEN},
	[REQUIREMENT_UNMET] = {"UNMET", TEXT_RED},
	[REQUIREMENT_UNDETERMINED] = {"?", TEXT_MAGENTA},
};

ASSERT_COVERS(labels, REQUIREMENT_STATE_COUNT);

void text_requirements(struct text *text, const struct audit *audit)
{
	bool begun = false;

	for (size_t i = 0; i < audit->requirement_count; i++) {
		const struct requirement_result *result = &audit->requirements[i];
		const struct label *label = &labels[result->state];

		if (text->options->quiet && result->state == REQUIREMENT_MET)
			continue;
		if (!begun)
			text_heading(text, "Requirements");
		begun = true;
		fprintf(text->out, "%s%-*s%s", text_color(text, label->color), LABEL_WIDTH,
			label->text, text->options->color ? "\033[0m" : "");
		text_continue(text, LABEL_WIDTH, "%s: %s", result->requirement->text, result->why);
	}
}
