/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/persistence/link_settings.h"

#include <string.h>

#include "host/base/affix.h"
#include "host/sriov/sriov_word.h"

/* What the files of one .link file say of VFs, of which the last counts. */
struct decision {
	struct sriov_setting *total; /* that says how many; NULL: none does */
	struct sriov_setting *last;  /* of the VFs that are configured; NULL: none is */
	int64_t count;               /* VFs up to that one */
};

static bool is_of_links(const struct sriov_setting *setting)
{
	return setting->owner == SRIOV_OWNER_LINK;
}

static void take_setting(struct decision *decision, struct sriov_setting *setting)
{
	int64_t count;
	size_t digits;
	bool counted = sriov_line_count(setting->line, &count, &digits);

	if (begins_with(setting->line, SRIOV_WORD_LINK_VF)) {
		if (!counted || (decision->last && count <= decision->count))
			return;
		decision->last = setting;
		decision->count = count;
		return;
	}
	/* An empty value takes back what was said. */
	decision->total = ends_with(setting->line, "=") ? NULL : setting;
}

static void take_file(struct decision *decision, struct sriov_config *config, const char *source)
{
	for (size_t i = 0; i < config->count; i++) {
		struct sriov_setting *setting = &config->settings[i];
		if (is_of_links(setting) && strcmp(setting->source, source) == 0)
			take_setting(decision, setting);
	}
}

/* Returns the drop-in of a file whose name comes next behind that one (NULL: the first); of those
 * of one name the one whose folder was read first. */
static const struct link_file *next_dropin(const struct sriov_config *config,
					   const struct link_file *link, const char *after)
{
	const struct link_file *next = NULL;

	for (size_t i = 0; i < config->link_count; i++) {
		const struct link_file *it = &config->links[i];
		const char *name = last_part(it->source);
		if (!link_file_is_dropin(it->source) || !link_file_has(link, it->source) ||
		    (after && strcmp(name, after) <= 0) ||
		    (next && strcmp(name, last_part(next->source)) >= 0))
			continue;
		next = it;
	}
	return next;
}

static void settle(struct arena *arena, struct sriov_config *config, struct link_file *link)
{
	struct decision decision = {.count = 0};
	const char *name = NULL;
	const struct link_file *dropin;

	take_file(&decision, config, link->source);
	while ((dropin = next_dropin(config, link, name))) {
		name = last_part(dropin->source);
		link_file_add(arena, link, dropin);
		take_file(&decision, config, dropin->source);
	}
	struct sriov_setting *setting = decision.total ? decision.total : decision.last;
	if (setting && (link_file_asks(link) || !link->sectioned))
		setting->effect = SRIOV_EFFECT_MAKES;
}

/* A file that was not read may have the drop-ins that were. */
static bool may_count(const struct sriov_config *config, const struct sriov_setting *setting)
{
	return !fact_known(&config->owners[SRIOV_OWNER_LINK]) &&
	       link_file_is_dropin(setting->source);
}

static void drop_dropins(struct sriov_config *config)
{
	size_t kept = 0;

	for (size_t i = 0; i < config->link_count; i++) {
		if (!link_file_is_dropin(config->links[i].source))
			config->links[kept++] = config->links[i];
	}
	config->link_count = kept;
}

void link_settings_settle(struct arena *arena, struct sriov_config *config)
{
	for (size_t i = 0; i < config->count; i++) {
		struct sriov_setting *setting = &config->settings[i];
		if (is_of_links(setting) && !may_count(config, setting))
			setting->effect = SRIOV_EFFECT_OTHER;
	}
	for (size_t i = 0; i < config->link_count; i++) {
		struct link_file *link = &config->links[i];
		if (!link_file_is_dropin(link->source) && !link->empty)
			settle(arena, config, link);
	}
	drop_dropins(config);
}
