/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "model/boot/boot_commands.h"
#include "model/boot/next_boot.h"
#include "plan/builder.h"

static const char *summary(struct arena *arena, const struct plan_parameters *parameters)
{
	const char *add = lines_join(arena, parameters->add, " and ");
	const char *remove = lines_join(arena, parameters->remove, " and ");

	if (*add && *remove)
		return arena_printf(arena, "Replace %s with %s on the kernel command line", remove,
				    add);
	return *add ? arena_printf(arena, "Add %s to the kernel command line", add)
		    : arena_printf(arena, "Remove %s from the kernel command line", remove);
}

static bool is_changed(struct arena *arena, const struct cmdline *cmdline,
		       const struct plan_parameters *parameters)
{
	const struct text_line *line;

	if (!fact_known(&cmdline->fact))
		return false;
	for (line = parameters->add; line; line = line->next) {
		if (!cmdline_has_word(arena, cmdline, line->text))
			return false;
	}
	for (line = parameters->remove; line; line = line->next) {
		if (cmdline_has_word(arena, cmdline, line->text))
			return false;
	}
	return true;
}

/* Returns whether every line that the next boot may have, and what they are made of, is as wanted.
 */
static bool is_configured(const struct plan_builder *builder, const struct next_boot *next)
{
	if (next->unread || !next->count)
		return false;
	for (size_t i = 0; i < next->count; i++) {
		if (next->lines[i].variable ||
		    !is_changed(builder->arena, next->lines[i].cmdline, &builder->parameters))
			return false;
	}
	for (size_t i = 0; i < next->source_count; i++) {
		if (!is_changed(builder->arena, next->sources[i], &builder->parameters))
			return false;
	}
	return true;
}

/* A loader that reads the lines themselves needs nothing more. */
static void apply(struct plan_builder *builder, const struct next_boot *next)
{
	const char *update = next->generated ? NULL : boot_commands_update(builder->host);
	struct plan_step *step;

	if (!update)
		return;
	step = plan_add_step(builder, PLAN_BOOT, "kernel-parameters", NULL,
			     "Apply the kernel command line%s, which is configured already",
			     boot_commands_loader(builder->host));
	plan_run(builder, &step->commands, "%s", update);
}

bool plan_edit_command_line(struct plan_builder *builder, struct plan_step *step,
			    const struct plan_parameters *parameters)
{
	struct arena *arena = builder->arena;
	struct text_line *edits = NULL, *undo = NULL;

	if (!boot_commands_edit(builder->host, parameters->add, parameters->remove, arena, &edits))
		return false;
	boot_commands_undo(builder->host, parameters->add, parameters->remove, arena, &undo);
	plan_run_lines(builder, &step->commands, edits);
	plan_run_lines(builder, &step->undo, undo);
	return true;
}

void plan_command_line(struct plan_builder *builder)
{
	const struct plan_parameters *parameters = &builder->parameters;
	const struct host *host = builder->host;
	struct next_boot next;
	struct plan_step *step;

	if (!parameters->add && !parameters->remove)
		return;
	next_boot_build(host, builder->arena, &next);
	if (is_configured(builder, &next)) {
		apply(builder, &next);
		return;
	}
	step = plan_add_step(builder, PLAN_BOOT, "kernel-parameters", NULL, "%s%s",
			     summary(builder->arena, parameters), boot_commands_loader(host));
	if (!plan_edit_command_line(builder, step, parameters))
		step->why = boot_commands_by_hand(host);
}
