/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/builder.h"

#include <stdarg.h>

struct plan_step *plan_add_step(struct plan_builder *builder, enum plan_stage stage, const char *id,
				const struct pci_function *function, const char *format, ...)
{
	struct plan *plan = builder->plan;
	struct plan_step *steps = arena_grow(builder->arena, plan->steps, plan->count,
					     &builder->capacity, sizeof(*steps));
	struct plan_step *step = &builder->spare;
	va_list arguments;

	if (steps) {
		plan->steps = steps;
		step = &steps[plan->count++];
	}
	va_start(arguments, format);
	*step = (struct plan_step){
		.stage = stage,
		.id = id,
		.function = function,
		.summary = arena_vprintf(builder->arena, format, arguments),
	};
	va_end(arguments);
	return step;
}

struct text_line **plan_add_alternative(struct plan_builder *builder, struct plan_step *step,
					const char *summary)
{
	struct plan_alternative **end = &step->alternatives;
	struct plan_alternative *alternative = arena_alloc(builder->arena, sizeof(*alternative));

	if (!alternative)
		return &builder->spare_alternative.commands;
	alternative->summary = summary;
	while (*end)
		end = &(*end)->next;
	*end = alternative;
	return &alternative->commands;
}

void plan_add_obstacle(struct plan_builder *builder, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	lines_append_once(builder->arena, &builder->plan->obstacles,
			  arena_vprintf(builder->arena, format, arguments));
	va_end(arguments);
}

void plan_add_unknown(struct plan_builder *builder, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	lines_append_once(builder->arena, &builder->plan->unknowns,
			  arena_vprintf(builder->arena, format, arguments));
	va_end(arguments);
}

bool plan_asks_for(const struct plan_builder *builder, const struct pci_function *function)
{
	for (size_t i = 0; i < builder->count; i++) {
		if (builder->functions[i] == function)
			return true;
	}
	return false;
}

bool plan_takes(const struct plan_builder *builder, const struct pci_function *function)
{
	for (size_t i = 0; i < builder->taken_count; i++) {
		if (builder->taken[i] == function)
			return true;
	}
	return false;
}

enum leaving plan_leaving(const struct plan_builder *builder, const struct pci_function *function)
{
	const struct assignability *assignability = &builder->model->assignability;

	if (!plan_asks_for(builder, function))
		return leaving_of(assignability, function, builder->functions, builder->count);
	return assignability_of(assignability, function)->verdict == ASSIGNABLE_NOT_A_CANDIDATE
		       ? LEAVING_BRIDGE
		       : LEAVING_TO_VFIO;
}
