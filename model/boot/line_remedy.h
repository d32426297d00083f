/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_BOOT_LINE_REMEDY_H
#define PASSCHECK_MODEL_BOOT_LINE_REMEDY_H

#include "host/base/lines.h"
#include "model/boot/line_effects.h"

/* Returns the parameter that line_effect_remedy() edits. */
const struct cmdline_parameter *line_effect_target(const struct line_effect *effect);

/* Where a line is edited: "on" "the kernel command line". */
struct line_place {
	const char *preposition;
	const char *name;
};

/* Returns what to do about an effect: "Remove iommu=off from the kernel command line". */
const char *line_effect_remedy(const struct line_effect *effect, const struct line_place *place,
			       struct arena *arena);

/* Appends the words that line_effect_remedy() takes off the line, and those that it adds, where
 * that is an edit of the line. Returns whether it is. */
bool line_effect_edit(const struct line_effect *effect, struct arena *arena, struct text_line **add,
		      struct text_line **remove);

/* Appends the edit that mends, at once, all that a parameter of the line breaks: it goes. The rest
 * of its list comes back where only words of that break something, and so does what to write
 * instead. */
void line_effects_mend(const struct line_effects *effects,
		       const struct cmdline_parameter *parameter, struct arena *arena,
		       struct text_line **add, struct text_line **remove);

#endif
