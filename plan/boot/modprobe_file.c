/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/boot/modprobe_file.h"

#include <string.h>

#include "host/base/affix.h"
#include "host/base/buffer.h"
#include "model/assign/vfio_access.h"

enum { MOST_REFUSALS = 16 };

bool plan_modprobe_is_in_place(const struct modprobe_line *line)
{
	return begins_with(line->source, "/etc/") || !strchr(line->source, '/');
}

const char *plan_modprobe_file(struct arena *arena, const struct modprobe_line *line)
{
	return plan_modprobe_is_in_place(line)
		       ? line->source
		       : arena_printf(arena, "/etc/modprobe.d%s", strrchr(line->source, '/'));
}

void plan_modprobe_copy(struct plan_builder *builder, const struct modprobe_line *line,
			struct plan_command **commands, struct plan_command **undo)
{
	const char *copy = plan_modprobe_file(builder->arena, line);

	if (plan_modprobe_is_in_place(line))
		return;
	plan_run(builder, commands, "[ -e %s ] || cp %s %s", copy, line->source, copy);
	if (undo)
		plan_run(builder, undo, "rm -f %s", copy);
}

const char *plan_modprobe_by_hand(struct arena *arena, const struct modprobe_line *line)
{
	const char *file = plan_modprobe_file(arena, line);

	return plan_modprobe_is_in_place(line)
		       ? arena_printf(arena, "edit %s by hand", file)
		       : arena_printf(arena, "edit %s by hand, a copy of %s that hides it", file,
				      line->source);
}

/* Lines that refuse modules of VFIO, each once: one command takes all that are the same. */
struct refusals {
	const struct modprobe_line *lines[MOST_REFUSALS];
	size_t count;
};

static bool is_among(const struct refusals *refusals, const struct modprobe_line *line)
{
	for (size_t i = 0; i < refusals->count; i++) {
		if (strcmp(refusals->lines[i]->source, line->source) == 0 &&
		    strcmp(refusals->lines[i]->text, line->text) == 0)
			return true;
	}
	return false;
}

/* Makes a comment of a line, so that it comes back as it was, and where it was. */
#define MARK "#passcheck: "

static void drop_refusal(struct plan_builder *builder, const struct modprobe_line *line,
			 const char *module)
{
	struct arena *arena = builder->arena;
	const char *file = plan_modprobe_file(arena, line);
	const char *words = shell_sed_words(arena, line->text);
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "module-refusal", NULL,
			      "Comment the line \"%s\" out in %s", line->text, line->source);

	step->unread = true;
	if (plan_is_declared(builder, step, file,
			     arena_printf(arena, "take \"%s\" out", line->text)))
		return;
	step->why = arena_printf(arena, "while it stands, modprobe does not load %s", module);
	if (line->joined || !shell_takes(line->text) || !shell_prints(line->text) ||
	    !shell_takes_path(line->source)) {
		step->why = arena_printf(arena, "while it stands, modprobe does not load %s: %s",
					 module, plan_modprobe_by_hand(arena, line));
		return;
	}
	plan_modprobe_copy(builder, line, &step->commands, &step->undo);
	plan_run(builder, &step->commands, "sed -i 's/^[[:space:]]*%s[[:space:]]*$/" MARK "&/' %s",
		 words, file);
	if (plan_modprobe_is_in_place(line))
		plan_run(builder, &step->undo,
			 "sed -i 's/^" MARK "\\([[:space:]]*%s[[:space:]]*\\)$/\\1/' %s", words,
			 file);
}

void plan_drop_refusals(struct plan_builder *builder)
{
	const struct host *host = builder->host;
	struct refusals refusals = {.count = 0};

	for (size_t i = 0; i < host->modprobe.count; i++) {
		const struct modprobe_line *line = &host->modprobe.lines[i];
		const char *module = modprobe_refused(builder->arena, line);

		if (!module || !vfio_needs_module(host, module) ||
		    modules_built_in(&host->modules, module) || is_among(&refusals, line))
			continue;
		if (refusals.count == MOST_REFUSALS) {
			plan_add_unknown(builder,
					 "cannot tell all that keeps modprobe from modules of "
					 "VFIO: modprobe.d has more than %d lines that do",
					 MOST_REFUSALS);
			return;
		}
		refusals.lines[refusals.count++] = line;
		drop_refusal(builder, line, module);
	}
}
