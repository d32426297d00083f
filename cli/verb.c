/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/verb.h"

#include <string.h>

#include "cli/similar.h"

const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; i < verb_registry_count; i++) {
		if (strcmp(verb_registry[i]->name, name) == 0)
			return verb_registry[i];
	}
	return NULL;
}

const struct verb *verb_only_taker(uint64_t option)
{
	const struct verb *only = NULL;

	for (size_t i = 0; i < verb_registry_count; i++) {
		if (!(verb_registry[i]->accepts & option))
			continue;
		if (only)
			return NULL;
		only = verb_registry[i];
	}
	return only;
}

const char *verb_similar(const char *typed)
{
	struct similar similar = similar_begin(typed);

	for (size_t i = 0; i < verb_registry_count; i++)
		similar_consider(&similar, verb_registry[i]->name);
	return similar.best;
}
