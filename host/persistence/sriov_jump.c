/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/persistence/sriov_jump.h"

#include <string.h>

#include "host/base/array.h"
#include "host/persistence/udev_key.h"

/* Returns whether one of the words of a value, which have "|" between them, is among those. */
static bool has_one_of(const struct fact_line *value, const char *const *words, size_t count)
{
	for (size_t begin = 0, end; begin < value->length; begin = end + 1) {
		for (end = begin; end < value->length && value->text[end] != '|';)
			end++;
		for (size_t i = 0; i < count; i++) {
			if (end - begin == strlen(words[i]) &&
			    memcmp(value->text + begin, words[i], end - begin) == 0)
				return true;
		}
	}
	return false;
}

static bool is_pattern(const struct fact_line *value)
{
	for (size_t i = 0; i < value->length; i++) {
		if (strchr("*?[", value->text[i]))
			return true;
	}
	return false;
}

/* Returns whether a GOTO is for events alone that no device has as it arrives. */
static bool is_for_other_events(const struct fact_line *jump, const struct fact_line *rule)
{
	static const char *const arrivals[] = {"add", "bind", "move"};
	static const char *const add[] = {"add"};
	const struct fact_line only = udev_rule_value(jump, "ACTION", UDEV_IS),
			       others = udev_rule_value(jump, "ACTION", UDEV_IS_NOT),
			       asked = udev_rule_value(rule, "ACTION", UDEV_IS);

	if (only.text)
		return !is_pattern(&only) && !has_one_of(&only, arrivals, ARRAY_LENGTH(arrivals));
	return others.text && has_one_of(&others, add, ARRAY_LENGTH(add)) &&
	       (!asked.text || has_one_of(&asked, add, ARRAY_LENGTH(add)));
}

/* Returns whether a GOTO is for devices alone that are not of the rule's subsystem. */
static bool is_for_other_subsystems(const struct fact_line *jump, const struct fact_line *rule)
{
	const struct fact_line others = udev_rule_value(jump, "SUBSYSTEM", UDEV_IS_NOT),
			       asked = udev_rule_value(rule, "SUBSYSTEM", UDEV_IS);

	return others.text && asked.text && others.length == asked.length &&
	       memcmp(others.text, asked.text, asked.length) == 0;
}

/* All keys of a rule must match for its GOTO to be followed, so one that does not keeps it. */
static bool may_skip(const struct fact_line *jump, const char *setting)
{
	const struct fact_line rule = {.text = setting, .length = strlen(setting)};

	return !is_for_other_events(jump, &rule) && !is_for_other_subsystems(jump, &rule);
}

static void land(const struct sriov_jump *jump, struct sriov_config *config)
{
	for (size_t i = jump->first; i < config->count; i++) {
		struct sriov_setting *setting = &config->settings[i];
		setting->skipped |= may_skip(&jump->rule, setting->line);
	}
}

void sriov_jumps_land(struct sriov_jumps *jumps, const struct fact_line *rule,
		      struct sriov_config *config)
{
	const struct fact_line label = udev_rule_value(rule, "LABEL", UDEV_SETS);
	size_t kept = 0;

	if (!label.text)
		return;
	for (size_t i = 0; i < jumps->count; i++) {
		const struct sriov_jump *jump = &jumps->open[i];
		if (jump->label.length == label.length &&
		    memcmp(jump->label.text, label.text, label.length) == 0)
			land(jump, config);
		else
			jumps->open[kept++] = *jump;
	}
	jumps->count = kept;
}

void sriov_jumps_start(struct sriov_jumps *jumps, const struct fact_line *rule,
		       const struct sriov_config *config)
{
	const struct fact_line label = udev_rule_value(rule, "GOTO", UDEV_SETS);

	if (!label.text || jumps->crowded)
		return;
	if (jumps->count == SRIOV_MOST_JUMPS) {
		jumps->crowded = true;
		jumps->first = config->count;
		return;
	}
	jumps->open[jumps->count++] =
		(struct sriov_jump){.rule = *rule, .label = label, .first = config->count};
}

void sriov_jumps_finish(const struct sriov_jumps *jumps, struct sriov_config *config)
{
	for (size_t i = jumps->first; jumps->crowded && i < config->count; i++)
		config->settings[i].skipped = true;
}
