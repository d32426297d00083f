/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot_commands.h"
#include "model/plan_builder.h"

static const char *summary(struct arena *arena, const struct plan_parameters *parameters)
{
	const char *add = plan_join(arena, parameters->add, " and ");
	const char *remove = plan_join(arena, parameters->remove, " and ");

	if (*add && *remove)
		return arena_printf(arena, "Replace %s by %s on the kernel command line", remove,
				    add);
	return *add ? arena_printf(arena, "Add %s to the kernel command line", add)
		    : arena_printf(arena, "Remove %s from the kernel command line", remove);
}

void plan_command_line(struct plan_builder *builder)
{
	const struct plan_parameters *parameters = &builder->parameters;
	const struct host *host = builder->host;
	struct plan_step *step;

	if (!parameters->add && !parameters->remove)
		return;
	step = plan_add_step(builder, PLAN_BOOT, "kernel-parameters", NULL, "%s%s",
			     summary(builder->arena, parameters), boot_commands_loader(host));
	if (!boot_commands_edit(host, parameters->add, parameters->remove, builder->arena,
				&step->commands))
		step->why = boot_commands_by_hand(host);
}
