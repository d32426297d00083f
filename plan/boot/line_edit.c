/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/boot_commands.h"
#include "plan/builder.h"

const char *plan_command_line_words(struct arena *arena, const struct plan_parameters *parameters)
{
	const char *add = lines_join(arena, parameters->add, " and ");
	const char *remove = lines_join(arena, parameters->remove, " and ");

	if (*add && *remove)
		return arena_printf(arena, "Replace %s with %s on the kernel command line", remove,
				    add);
	return *add ? arena_printf(arena, "Add %s to the kernel command line", add)
		    : arena_printf(arena, "Remove %s from the kernel command line", remove);
}

bool plan_change_command_line(struct plan_builder *builder, struct plan_step *step,
			      const struct plan_parameters *parameters)
{
	struct text_line *edits = NULL;

	if (!boot_commands_edit(builder->host, parameters->add, parameters->remove, builder->arena,
				&edits))
		return false;
	plan_run_lines(builder, &step->commands, edits);
	return true;
}

const struct text_line *plan_command_line_undo(struct plan_builder *builder,
					       const struct plan_parameters *parameters)
{
	struct text_line *undo = NULL;

	boot_commands_undo(builder->host, &builder->model->next_boot, parameters->add,
			   parameters->remove, builder->arena, &undo);
	return undo;
}

bool plan_edit_command_line(struct plan_builder *builder, struct plan_step *step,
			    const struct plan_parameters *parameters)
{
	if (!plan_change_command_line(builder, step, parameters))
		return false;
	plan_run_lines(builder, &step->undo, plan_command_line_undo(builder, parameters));
	return true;
}

const char *plan_by_hand(struct plan_builder *builder, const char *why)
{
	return arena_printf(builder->arena, "%s%sedit it by hand: %s", why ? why : "",
			    why ? "; " : "", boot_commands_by_hand(builder->host, builder->arena));
}
