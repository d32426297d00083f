/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/line_effect.h"

#include "host/base/array.h"

/* Far beyond what fits in a kernel's command line, which is of 4 KiB at most. */
enum { MOST_EFFECTS = 4096 };

static const enum line_outcome outcomes[] = {
	[EFFECT_IOMMU_OFF] = OUTCOME_BREAKS,
	[EFFECT_PCI_OFF] = OUTCOME_BREAKS,
	[EFFECT_INTERRUPT_REMAPPING_OFF] = OUTCOME_BREAKS,
	[EFFECT_SOURCE_ID_OFF] = OUTCOME_WEAKENS,
	[EFFECT_MSI_OFF] = OUTCOME_BREAKS,
	[EFFECT_EXTENDED_CONFIG_OFF] = OUTCOME_BREAKS,
	[EFFECT_ARI_OFF] = OUTCOME_BREAKS,
	[EFFECT_ACS_OVERRIDE] = OUTCOME_WEAKENS,
	[EFFECT_ACS_LOWERED] = OUTCOME_WEAKENS,
	[EFFECT_MODULE_REFUSED] = OUTCOME_BREAKS,
	[EFFECT_UNSAFE] = OUTCOME_WEAKENS,
	[EFFECT_OVERRULED] = OUTCOME_NOTHING,
	[EFFECT_NONE] = OUTCOME_NOTHING,
	[EFFECT_FOREIGN] = OUTCOME_NOTHING,
	[EFFECT_INEXACT] = OUTCOME_AS_MEANT,
	[EFFECT_MISSPELT] = OUTCOME_NOTHING,
};

ASSERT_COVERS(outcomes, LINE_EFFECT_COUNT);

bool line_is_x86(const struct line_builder *builder)
{
	return builder->platform != PLATFORM_OTHER || !builder->host->cpu.architecture ||
	       cpu_is_x86(&builder->host->cpu);
}

const char *line_spell(const struct line_builder *builder,
		       const struct cmdline_parameter *parameter, const char *word)
{
	return word ? arena_printf(builder->arena, "%s=%s", parameter->name, word)
		    : cmdline_spell(builder->arena, parameter);
}

static void note_parameter(struct line_builder *builder, struct line_effect *item)
{
	size_t index = (size_t)(item->parameter - builder->cmdline->parameters);

	if (builder->last[index])
		builder->last[index]->next_of = item;
	else
		builder->out->of[index] = item;
	builder->last[index] = item;
}

void line_add(struct line_builder *builder, const struct line_effect *effect, const char *does)
{
	struct line_effect *item = NULL;

	if (builder->count++ < MOST_EFFECTS)
		item = arena_alloc(builder->arena, sizeof(*item));
	if (!item)
		return;
	*item = *effect;
	item->outcome = outcomes[effect->kind];
	if (!item->spelt)
		item->spelt = line_spell(builder, item->parameter, item->word);
	if (!item->statement)
		item->statement = arena_printf(builder->arena, "%s %s", item->spelt, does);
	*builder->end = item;
	builder->end = &item->next;
	note_parameter(builder, item);
}

bool line_is_named(const struct cmdline_parameter *parameter, const char *name)
{
	return cmdline_same_name(parameter->name, name);
}
