/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/persistence/link_match.h"

#include <ctype.h>
#include <fnmatch.h>
#include <pci/header.h>
#include <stdio.h>
#include <string.h>

#include "host/base/affix.h"
#include "model/persistence/first_name.h"

/* net_condition_test_strv(): what "!" stands in front of must not match, and of the others one must
 * where there are any. */
static bool fits(const char *patterns, const char *text)
{
	bool asks = false, fits = false;

	while (*(patterns += strspn(patterns, " \t"))) {
		size_t length = strcspn(patterns, " \t");
		bool inverted = *patterns == '!';
		char pattern[LINK_LONGEST_LIST + 1];
		snprintf(pattern, sizeof(pattern), "%.*s", (int)length - inverted,
			 patterns + inverted);
		bool found = text && fnmatch(pattern, text, 0) == 0;
		if (found && inverted)
			return false;
		asks |= !inverted;
		fits |= found;
		patterns += length;
	}
	return fits || !asks;
}

/* The name is asked for while udev handles the interface's first event: link_new(),
 * src/udev/net/link-config.c. An initramfs may have renamed it by then. */
static enum boolean fits_name(const char *patterns, const char *name)
{
	bool now = fits(patterns, name);
	size_t count;
	const char *const *others = first_names(&count);

	for (size_t i = 0; !first_name_is(name) && i < count; i++) {
		if (fits(patterns, others[i]) != now)
			return BOOLEAN_UNKNOWN;
	}
	return now ? BOOLEAN_YES : BOOLEAN_NO;
}

static enum boolean fits_names(const char *patterns, const struct pci_function *function)
{
	enum boolean answer = BOOLEAN_NO;

	if (!function->netdevs.count)
		return strcmp(patterns, "*") == 0 ? BOOLEAN_YES : BOOLEAN_UNKNOWN;
	for (size_t i = 0; i < function->netdevs.count; i++) {
		enum boolean one = fits_name(patterns, function->netdevs.names[i]);
		if (one == BOOLEAN_YES)
			return one;
		answer = one == BOOLEAN_UNKNOWN ? one : answer;
	}
	return answer;
}

/* By the name that ethtool(8) shows: mlx4_en makes the interfaces of mlx4_core. */
static enum boolean fits_driver(const char *patterns, const struct pci_function *function)
{
	if (!fact_known(&function->driver.fact) || !function->netdevs.count)
		return BOOLEAN_UNKNOWN;
	const char *name =
		pci_is_on_driver(function, "mlx4_core") ? "mlx4_en" : function->driver.text;
	return fits(patterns, name) ? BOOLEAN_YES : BOOLEAN_NO;
}

static enum boolean fits_type(const char *patterns, const struct pci_function *function)
{
	if (pci_is_infiniband(function))
		return fits(patterns, "infiniband") ? BOOLEAN_YES : BOOLEAN_NO;
	if (pci_class(function) == PCI_CLASS_NETWORK_ETHERNET)
		return fits(patterns, "ether") ? BOOLEAN_YES : BOOLEAN_NO;
	return BOOLEAN_UNKNOWN;
}

static enum boolean fits_key(enum link_key key, const char *patterns,
			     const struct pci_function *function)
{
	char path[sizeof("pci-") + PCI_ADDRESS_SIZE];

	snprintf(path, sizeof(path), "pci-%s", function->name);
	switch (key) {
	case LINK_KEY_PATH: /* ID_PATH of udev's path_id */
		return fits(patterns, path) ? BOOLEAN_YES : BOOLEAN_NO;
	case LINK_KEY_DRIVER:
		return fits_driver(patterns, function);
	case LINK_KEY_TYPE:
		return fits_type(patterns, function);
	case LINK_KEY_KIND: /* of interfaces that are made by a request, as bridges are */
		return fits(patterns, NULL) ? BOOLEAN_YES : BOOLEAN_NO;
	case LINK_KEY_ORIGINAL_NAME:
		return fits_names(patterns, function);
	case LINK_KEY_OTHER:
	case LINK_KEY_COUNT:
		return BOOLEAN_UNKNOWN;
	}
	return BOOLEAN_UNKNOWN;
}

static bool has_interface(const struct pci_function *function, const char *name)
{
	return fact_list_find(&function->netdevs, name) != NULL;
}

void link_match_build(const struct host *host, struct arena *arena, struct link_match *ret)
{
	const struct sriov_config *config = &host->sriov_config;

	*ret = (struct link_match){
		.host = host,
		.named = arena_array(arena, config->link_count + 1, sizeof(*ret->named)),
	};
	for (size_t i = 0; ret->named && i < config->link_count; i++) {
		for (size_t k = 0; config->links[i].gives && k < host->pci.count; k++) {
			if (has_interface(&host->pci.functions[k], config->links[i].gives))
				ret->named[i] = &host->pci.functions[k];
		}
	}
}

/* The name that a file gives tells to whom it was applied. */
static enum boolean by_name(const struct link_match *match, const struct link_file *link,
			    const struct pci_function *function)
{
	const struct pci_function *named =
		match->named ? match->named[link - match->host->sriov_config.links] : NULL;

	if (!named)
		return BOOLEAN_UNKNOWN;
	return named == function ? BOOLEAN_YES : BOOLEAN_NO;
}

enum boolean link_match_is_for(const struct link_match *match, const struct link_file *link,
			       const struct pci_function *function)
{
	enum boolean answer = link_file_asks(link) ? BOOLEAN_YES : BOOLEAN_NO;

	if (pci_base_class(function) != PCI_BASE_CLASS_NETWORK && !function->netdevs.count)
		return BOOLEAN_NO;
	for (enum link_key key = 0; key < LINK_KEY_COUNT; key++) {
		enum boolean one = link->patterns[key]
					   ? fits_key(key, link->patterns[key], function)
					   : BOOLEAN_YES;
		if (one == BOOLEAN_NO)
			return one;
		answer = one == BOOLEAN_UNKNOWN ? one : answer;
	}
	return answer == BOOLEAN_UNKNOWN ? by_name(match, link, function) : answer;
}

static bool sorts_before(const char *path, const char *other)
{
	return strcmp(last_part(path), last_part(other)) < 0;
}

/* Returns the one of two files whose name sorts first; first may be NULL. */
static const struct link_file *earlier(const struct link_file *first, const struct link_file *link)
{
	return !first || sorts_before(link->source, first->source) ? link : first;
}

struct link_choice link_match_choose(const struct link_match *match,
				     const struct pci_function *function)
{
	const struct sriov_config *config = &match->host->sriov_config;
	struct link_choice choice = {0};

	for (size_t i = 0; i < config->link_count; i++) {
		const struct link_file *link = &config->links[i];
		enum boolean is_for = link_match_is_for(match, link, function);
		if (is_for == BOOLEAN_YES)
			choice.applied = earlier(choice.applied, link);
		else if (is_for == BOOLEAN_UNKNOWN)
			choice.doubtful = earlier(choice.doubtful, link);
	}
	return choice;
}

static bool keeps_from(const struct link_file *link, const char *source)
{
	return link && sorts_before(link->source, source);
}

const struct link_file *link_choice_shadow(const struct link_choice *choice, const char *source,
					   bool *certain)
{
	*certain = keeps_from(choice->applied, source);
	if (*certain)
		return choice->applied;
	return keeps_from(choice->doubtful, source) ? choice->doubtful : NULL;
}
