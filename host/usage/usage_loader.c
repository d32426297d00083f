/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/usage_loader.h"

#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"

enum {
	MOST_LAYERS = 12, /* of devices upon devices */
	MOST_VISITS = 16 * 1024,
};

void usage_add(struct usage_loader *loader, const struct usage_entry *entry)
{
	struct usage *usage = loader->usage;
	struct usage_entry *entries = arena_grow(loader->arena, usage->entries, usage->count,
						 &loader->capacity, sizeof(*entries));

	if (!entries)
		return;
	usage->entries = entries;
	entries[usage->count++] = *entry;
}

void usage_add_gap(struct usage_loader *loader, const struct usage_entry *entry, const char *why)
{
	struct usage *usage = loader->usage;
	struct usage_gap *gaps = arena_grow(loader->arena, usage->gaps, usage->gap_count,
					    &loader->gap_capacity, sizeof(*gaps));

	if (!gaps)
		return;
	usage->gaps = gaps;
	gaps[usage->gap_count++] = (struct usage_gap){entry->kind, entry->what, why, entry->source};
}

void usage_note_unread(struct usage_loader *loader, struct usage_link **links, size_t *count,
		       size_t *capacity, const struct pci_function *function,
		       const struct fact *fact)
{
	struct usage_link *grown =
		arena_grow(loader->arena, *links, *count, capacity, sizeof(*grown));

	if (!grown)
		return;
	*links = grown;
	grown[(*count)++] = (struct usage_link){function, *fact};
}

static int compare_links(const void *left, const void *right)
{
	const struct usage_link *a = left, *b = right;

	return (a->function > b->function) - (a->function < b->function);
}

void usage_sort_links(struct usage_link *links, size_t count)
{
	if (count)
		qsort(links, count, sizeof(*links), compare_links);
}

struct fact_list usage_followed(const struct usage_loader *loader)
{
	const struct usage *usage = loader->usage;
	const char **names = arena_array(loader->arena, usage->count + 1, sizeof(*names));
	struct fact_list followed = {.names = names};

	for (size_t i = 0; names && i < usage->count; i++) {
		if (usage->entries[i].through)
			names[followed.count++] = usage->entries[i].through;
	}
	if (followed.count)
		qsort(names, followed.count, sizeof(*names), compare_strings);
	return followed;
}

bool usage_visit(struct usage_loader *loader, unsigned layers)
{
	return layers <= MOST_LAYERS && ++loader->visits <= MOST_VISITS;
}

const char *usage_path_of(const struct usage_loader *loader, const char *folder, const char *name)
{
	struct fact_text target = root_read_link(loader->root, loader->arena,
						 arena_path(loader->arena, folder, name));

	const char *path =
		fact_known(&target.fact) ? root_join(loader->arena, folder, target.text) : NULL;
	return path && begins_with(path, "/sys/devices/") ? path : NULL;
}

const char *usage_resolve(struct usage_loader *loader, const struct usage_entry *entry,
			  const char *folder, const char *name)
{
	const char *path = usage_path_of(loader, folder, name);

	if (!path)
		usage_add_gap(
			loader, entry,
			arena_printf(loader->arena, "%s/%s could not be followed", folder, name));
	return path;
}
