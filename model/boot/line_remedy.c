/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/line_remedy.h"

/* Returns the parameter as it stands without one word of its list; NULL where nothing is left. */
static const char *without_word(struct arena *arena, const struct cmdline_parameter *parameter,
				const char *word)
{
	if (!word || !parameter->value)
		return NULL;
	const char *rest = cmdline_list_without(arena, parameter->value, word);
	return *rest ? arena_printf(arena, "%s=%s", parameter->name, rest) : NULL;
}

const struct cmdline_parameter *line_effect_target(const struct line_effect *effect)
{
	return effect->winner_goes ? effect->winner : effect->parameter;
}

static const char *target_word(const struct line_effect *effect)
{
	return effect->winner_goes ? effect->winner_word : effect->word;
}

const char *line_effect_remedy(const struct line_effect *effect, const struct line_place *place,
			       struct arena *arena)
{
	const struct cmdline_parameter *target = line_effect_target(effect);
	const char *whole = cmdline_spell(arena, target), *word = target_word(effect);

	if (effect->advice)
		return effect->advice;
	if (effect->instead)
		return arena_printf(arena, "Write %s instead of %s %s %s", effect->instead,
				    effect->spelt, place->preposition, place->name);
	if (without_word(arena, target, word))
		return arena_printf(arena, "Take %s out of %s %s %s", word, whole,
				    place->preposition, place->name);
	return arena_printf(arena, "Remove %s from %s", whole, place->name);
}

bool line_effect_edit(const struct line_effect *effect, struct arena *arena, struct text_line **add,
		      struct text_line **remove)
{
	const struct cmdline_parameter *target = line_effect_target(effect);
	const char *rest = without_word(arena, target, target_word(effect));

	if (effect->advice)
		return false;
	lines_append_once(arena, remove, cmdline_spell(arena, target));
	if (rest)
		lines_append_once(arena, add, rest);
	if (effect->instead)
		lines_append_once(arena, add, effect->instead);
	return true;
}

/* An effect that breaks something has no advice, and its own parameter is what goes. */
void line_effects_mend(const struct line_effects *effects,
		       const struct cmdline_parameter *parameter, struct arena *arena,
		       struct text_line **add, struct text_line **remove)
{
	const char *rest = parameter->value;

	for (const struct line_effect *it = line_effects_of(effects, parameter); it;
	     it = it->next_of) {
		if (it->outcome != OUTCOME_BREAKS)
			continue;
		rest = rest && it->word ? cmdline_list_without(arena, rest, it->word) : NULL;
		if (it->instead)
			lines_append_once(arena, add, it->instead);
	}
	lines_append_once(arena, remove, cmdline_spell(arena, parameter));
	if (rest && *rest)
		lines_append_once(arena, add, arena_printf(arena, "%s=%s", parameter->name, rest));
}
