/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "model/boot/boot_commands.h"
#include "model/boot/line_remedy.h"
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

/* Returns the commands that take the change back; NULL: none. */
static const struct text_line *undo_of(struct plan_builder *builder,
				       const struct plan_parameters *parameters)
{
	struct text_line *undo = NULL;

	boot_commands_undo(builder->host, parameters->add, parameters->remove, builder->arena,
			   &undo);
	return undo;
}

/* Returns false where it is done by hand. */
static bool edit(struct plan_builder *builder, struct plan_step *step,
		 const struct plan_parameters *parameters)
{
	struct text_line *edits = NULL;

	if (!boot_commands_edit(builder->host, parameters->add, parameters->remove, builder->arena,
				&edits))
		return false;
	plan_run_lines(builder, &step->commands, edits);
	return true;
}

bool plan_edit_command_line(struct plan_builder *builder, struct plan_step *step,
			    const struct plan_parameters *parameters)
{
	if (!edit(builder, step, parameters))
		return false;
	plan_run_lines(builder, &step->undo, undo_of(builder, parameters));
	return true;
}

/* What the next boot would break, although the running kernel does not. */
struct coming {
	struct plan_parameters edit;  /* that keeps it from coming */
	struct text_line *statements; /* "iommu=off turns DMA remapping off" */
};

/* of_all: only words that all lines of the next boot have. Which line it takes is unknown. */
static void judge_line(struct plan_builder *builder, const struct cmdline *cmdline,
		       const struct next_boot *of_all, struct coming *ret)
{
	const struct line_effects *running = &builder->model->line_effects;
	struct line_effects effects;

	line_effects_build(builder->host, &builder->model->platform, cmdline, builder->arena,
			   &effects);
	for (const struct line_effect *it = effects.first; it; it = it->next) {
		if (!line_effect_breaks_anew(it, running) ||
		    (of_all && next_boot_find(of_all, it->parameter) != IN_ALL_LINES))
			continue;
		line_effects_mend(&effects, it->parameter, builder->arena, &ret->edit.add,
				  &ret->edit.remove);
		lines_append_once(builder->arena, &ret->statements, it->statement);
	}
}

/* Of a kernel whose words were not read nothing is new. */
static struct coming judge_next(struct plan_builder *builder, const struct next_boot *next)
{
	struct coming coming = {0};

	if (builder->wish->undo || next->unknown_why || !fact_known(&builder->host->cmdline.fact))
		return coming;
	for (size_t i = 0; i < next->count; i++)
		judge_line(builder, next->lines[i].cmdline, next, &coming);
	for (size_t i = 0; i < next->source_count; i++)
		judge_line(builder, next->sources[i], NULL, &coming);
	return coming;
}

static void append_all(struct arena *arena, struct text_line **list, const struct text_line *lines)
{
	for (; lines; lines = lines->next)
		lines_append_once(arena, list, lines->text);
}

/* undo takes back what the plan asked for: words that were to break the next boot stay away. */
static void add_edit_step(struct plan_builder *builder, enum plan_stage stage,
			  const struct plan_parameters *parameters, const struct coming *coming,
			  const struct text_line *undo)
{
	struct arena *arena = builder->arena;
	struct plan_step *step =
		plan_add_step(builder, stage, "kernel-parameters", NULL, "%s%s",
			      summary(arena, parameters), boot_commands_loader(builder->host));

	if (coming->statements)
		step->why = arena_printf(arena, "at the next boot %s",
					 lines_join(arena, coming->statements, "; "));
	if (edit(builder, step, parameters)) {
		plan_run_lines(builder, &step->undo, undo);
		return;
	}
	const char *by_hand = boot_commands_by_hand(builder->host);
	step->why = step->why ? arena_printf(arena, "%s; edit it by hand: %s", step->why, by_hand)
			      : by_hand;
}

/* A plan that reboots needs them gone before. Others are to outlast a reboot, but for one that
 * holds until then. */
static void keep_from_coming(struct plan_builder *builder, const struct coming *coming)
{
	struct plan_parameters *parameters = &builder->parameters;

	if (!coming->edit.remove)
		return;
	if (plan_reboots(builder)) {
		append_all(builder->arena, &parameters->add, coming->edit.add);
		append_all(builder->arena, &parameters->remove, coming->edit.remove);
	} else if (builder->wish->how != PLAN_HOW_NOW) {
		add_edit_step(builder, PLAN_PERSIST, &coming->edit, coming, NULL);
	}
}

void plan_command_line(struct plan_builder *builder)
{
	const struct plan_parameters *parameters = &builder->parameters;
	const struct text_line *undo = NULL;
	struct next_boot next;

	if (parameters->add || parameters->remove)
		undo = undo_of(builder, parameters);
	next_boot_build(builder->host, builder->arena, &next);
	const struct coming coming = judge_next(builder, &next);
	keep_from_coming(builder, &coming);
	if (!parameters->add && !parameters->remove)
		return;
	if (is_configured(builder, &next))
		apply(builder, &next);
	else
		add_edit_step(builder, PLAN_BOOT, parameters, &coming, undo);
}
