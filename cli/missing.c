/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/missing.h"

#include <inttypes.h>
#include <string.h>

#include "cli/diagnostic.h"
#include "cli/options/options.h"
#include "cli/options/table.h"
#include "cli/similar.h"
#include "host/base/buffer.h"
#include "host/host.h"
#include "model/class_word.h"

enum { MOST_INTERFACES = 8 };

/* Whether the word stands where a verb would. */
static bool is_in_front(const struct options *options, const char *word)
{
	return !options->names_verb && options->operands.words[0] == word;
}

/* The verb that takes the option of that name, NULL where there is no such option, or several
 * verbs take it. */
static const struct verb *verb_with_option(const char *name)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (strcmp(option_rows[i].name, name) == 0)
			return verb_only_taker(OPTION_BIT(i));
	}
	return NULL;
}

/* Complains of a word in front that is meant for a verb. Returns false where it is not. */
static bool complain_of_verb(const char *word)
{
	const char *verb = verb_similar(word);
	const struct verb *takes = verb_with_option(word);

	if (!verb && !takes)
		return false;
	complain("%s: no such verb", word);
	if (verb)
		complain("did you mean `passcheck %s`?", verb);
	else
		complain("did you mean `passcheck %s --%s`?", takes->name, word);
	return true;
}

/* Adds "nic (2), nvme (1)": the classes of the host's functions that people look for. */
static void add_classes(struct buffer *list, const struct host *host)
{
	size_t counts[WORD_COUNT] = {0};
	struct buffer classes = {.arena = list->arena, .separator = ", "};

	for (size_t i = 0; i < host->pci.count; i++)
		counts[class_word_of(&host->pci.functions[i])]++;
	for (size_t i = 0; i < WORD_COUNT; i++) {
		if (counts[i] && i != WORD_UNKNOWN && i != WORD_BRIDGE && i != WORD_OTHER)
			buffer_item(&classes, "%s (%zu)", class_word_name((enum class_word)i),
				    counts[i]);
	}
	if (classes.count)
		buffer_item(list, "%s", buffer_text(&classes));
}

static void add_interfaces(struct buffer *list, const struct host *host)
{
	struct buffer names = {.arena = list->arena, .separator = ", ", .most = MOST_INTERFACES};

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct fact_list *netdevs = &host->pci.functions[i].netdevs;
		for (size_t k = 0; k < netdevs->count; k++)
			buffer_item(&names, "%s", netdevs->names[k]);
	}
	if (names.count)
		buffer_item(list, "network interface%s %s", names.count > 1 ? "s" : "",
			    buffer_list(&names));
}

/* The kernel numbers groups from 0; some may be gone since. */
static void add_groups(struct buffer *list, const struct host *host)
{
	const struct iommu_groups *groups = &host->groups;

	if (groups->count > 1)
		buffer_item(list, "IOMMU groups %" PRIu32 " to %" PRIu32, groups->groups[0].id,
			    groups->groups[groups->count - 1].id);
	else if (groups->count)
		buffer_item(list, "IOMMU group %" PRIu32, groups->groups[0].id);
}

/* "; it has nic (2), nvme (1); network interface eth0; IOMMU groups 0 to 9", or "". */
static const char *what_there_is(struct arena *arena, const struct host *host)
{
	struct buffer list = {.arena = arena, .separator = "; "};

	add_classes(&list, host);
	add_interfaces(&list, host);
	add_groups(&list, host);
	return list.count ? arena_printf(arena, "; it has %s", buffer_text(&list)) : "";
}

static bool is_letters(const char *word)
{
	return strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") ==
	       strlen(word);
}

static const char *similar_class(const char *word)
{
	struct similar similar = similar_begin(word);

	for (size_t i = 0; class_word_at(i); i++)
		similar_consider(&similar, class_word_at(i));
	return similar.best;
}

static void complain_of_function(const struct options *options, const struct host *host,
				 const char *word)
{
	bool verb = is_in_front(options, word) && is_letters(word);
	const char *class = similar_class(word);

	complain("%s: %s on this host%s", word,
		 verb ? "neither a verb nor a function" : "no such function",
		 what_there_is(options->arena, host));
	if (class)
		complain("did you mean %s?", class);
	else
		complain("`passcheck help %s` shows how a FUNCTION is named", options->verb->name);
}

enum exit_code missing_function(const struct options *options, const struct host *host,
				const char *word)
{
	if (class_word_known(word))
		complain("this host has no %s%s", word, what_there_is(options->arena, host));
	else if (!is_in_front(options, word) || !complain_of_verb(word))
		complain_of_function(options, host, word);
	return EXIT_USAGE;
}
