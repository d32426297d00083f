/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/capture/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/access/capture_index.h"
#include "host/base/array.h"
#include "host/capture/redact.h"
#include "host/capture/redact_path.h"
#include "host/capture/tree_writer.h"
#include "host/host.h"

enum { LINK_DEPTH = 40 };

enum lookup_kind { LOOKUP_READ, LOOKUP_LINK, LOOKUP_LIST, LOOKUP_STAT };

/* One look-up that an audit made. */
struct lookup {
	enum lookup_kind kind;
	const char *path;
	struct fact_text text; /* read: what to store; link: the target */
	struct fact_list list;
	struct fact_node node;
};

struct capture {
	struct arena *arena;
	const struct capture_options *options;
	struct lookup *lookups;
	size_t count;
	size_t capacity;
};

static struct lookup *add(struct capture *capture, enum lookup_kind kind, const struct fact *fact)
{
	struct lookup *lookups = arena_grow(capture->arena, capture->lookups, capture->count,
					    &capture->capacity, sizeof(*lookups));

	if (!lookups)
		return NULL;
	capture->lookups = lookups;
	struct lookup *lookup = &lookups[capture->count++];
	const char *path = redact_path(capture->arena, fact->source, capture->options);
	*lookup = (struct lookup){
		.kind = kind,
		.path = arena_copy(capture->arena, path, strlen(path)),
	};
	return lookup;
}

/* The text outlives the host snapshot that it was read for. */
static struct fact_text copy_text(struct capture *capture, const struct fact_text *text,
				  const char *path)
{
	struct fact_text copy = *text;

	copy.fact.source = path;
	if (fact_known(&text->fact))
		fact_text_copy(&copy, capture->arena, text->text, text->length);
	return copy;
}

static void note_read(void *context, const struct fact_text *text)
{
	struct capture *capture = context;
	struct lookup *lookup = add(capture, LOOKUP_READ, &text->fact);

	if (!lookup)
		return;
	struct fact_text stored =
		fact_known(&text->fact) ? redact(capture->arena, text, capture->options) : *text;
	lookup->text = copy_text(capture, &stored, lookup->path);
}

static void note_link(void *context, const struct fact_text *target)
{
	struct capture *capture = context;
	struct lookup *lookup = add(capture, LOOKUP_LINK, &target->fact);

	if (lookup)
		lookup->text = copy_text(capture, target, lookup->path);
}

/* The name of an entry changes as its path does. */
static const char *stored_name(struct capture *capture, const struct fact_list *list,
			       const char *name)
{
	const char *path = arena_printf(capture->arena, "%s/%s", list->fact.source, name);

	if (arena_failed(capture->arena))
		return "";
	return strrchr(redact_path(capture->arena, path, capture->options), '/') + 1;
}

static void note_list(void *context, const struct fact_list *list)
{
	struct capture *capture = context;
	struct lookup *lookup = add(capture, LOOKUP_LIST, &list->fact);
	const char **names = arena_array(capture->arena, list->count + 1, sizeof(*names));

	if (!lookup || !names)
		return;
	lookup->list = (struct fact_list){.fact = list->fact, .names = names};
	for (size_t i = 0; i < list->count; i++) {
		if (redact_names(list->fact.source, list->names[i]))
			names[lookup->list.count++] = stored_name(capture, list, list->names[i]);
	}
	lookup->list.fact.source = lookup->path;
}

static void note_stat(void *context, const struct fact_node *node)
{
	struct capture *capture = context;
	struct lookup *lookup = add(capture, LOOKUP_STAT, &node->fact);

	if (!lookup)
		return;
	lookup->node = *node;
	lookup->node.fact.source = lookup->path;
}

static int compare_lookups(const void *left, const void *right)
{
	const struct lookup *a = left, *b = right;
	int order = strcmp(a->path, b->path);

	return order ? order : (int)a->kind - (int)b->kind;
}

/* Sorts by path, and leaves one of each kind of look-up of a path. */
static void sort_unique(struct capture *capture)
{
	size_t kept = 0;

	if (capture->count)
		qsort(capture->lookups, capture->count, sizeof(struct lookup), compare_lookups);
	for (size_t i = 0; i < capture->count; i++) {
		const struct lookup *lookup = &capture->lookups[i];
		if (kept && compare_lookups(&capture->lookups[kept - 1], lookup) == 0)
			continue;
		capture->lookups[kept++] = *lookup;
	}
	capture->count = kept;
}

/*
 * Looks up what passcheck takes from elsewhere and lspci does not: libpci ends the program where an
 * attribute of the first few is missing (lib/sysfs.c).
 */
static void look_up_for_lspci(struct capture *capture, struct root *root, const struct pci *pci)
{
	static const char *const names[] = {"vendor",   "device",    "class",
					    "irq",      "resource",  "subsystem_vendor",
					    "revision", "numa_node", "subsystem_device"};

	for (size_t i = 0; i < pci->count; i++) {
		const char *path = pci->functions[i].path;
		for (size_t name = 0; name < ARRAY_LENGTH(names); name++)
			root_read(root, capture->arena,
				  arena_path(capture->arena, path, names[name]), LIMIT_ATTRIBUTE);
		root_read_link(root, capture->arena,
			       arena_path(capture->arena, path, "iommu_group"));
	}
}

static int collect(struct capture *capture, struct root *root)
{
	const struct root_observer observer = {
		.read = note_read,
		.link = note_link,
		.list = note_list,
		.stat = note_stat,
		.context = capture,
	};
	const struct host_options options = {.identity = capture->options->identity,
					     .logs = capture->options->keep_log != NULL};
	struct host *host;

	root_observe(root, &observer);
	int result = host_load(root, &options, &host);
	if (result == 0) {
		look_up_for_lspci(capture, root, &host->pci);
		host_free(host);
	}
	root_observe(root, NULL);
	if (result < 0)
		return result;
	sort_unique(capture);
	return arena_failed(capture->arena) ? -ENOMEM : 0;
}

static const struct fact *lookup_fact(const struct lookup *lookup)
{
	switch (lookup->kind) {
	case LOOKUP_READ:
	case LOOKUP_LINK:
		return &lookup->text.fact;
	case LOOKUP_LIST:
		return &lookup->list.fact;
	case LOOKUP_STAT:
		return &lookup->node.fact;
	}
	return NULL;
}

/* Notes what leaves no file behind. What is malformed cannot be taken along, and is unreadable. */
static void index_lookup(struct capture_index *index, const struct lookup *lookup)
{
	const struct fact *fact = lookup_fact(lookup);

	if (fact_absent(fact))
		capture_index_add_absent(index, lookup->path);
	else if (fact->state == FACT_UNREADABLE || fact->state == FACT_MALFORMED)
		capture_index_add_unreadable(index, lookup->path, fact->error ? fact->error : EIO);
	else if (fact_known(fact) && lookup->kind == LOOKUP_LIST)
		capture_index_add_list(index, &lookup->list);
	else if (fact_known(fact) && lookup->kind == LOOKUP_STAT)
		capture_index_add_node(index, &lookup->node);
}

static int print_index(const struct capture *capture, char **ret)
{
	struct capture_index *index = capture_index_new(capture->arena);

	if (!index)
		return -ENOMEM;
	for (size_t i = 0; i < capture->count; i++)
		index_lookup(index, &capture->lookups[i]);
	*ret = capture_index_print(index, capture->options->tool_version,
				   capture->options->identity);
	return *ret && !arena_failed(capture->arena) ? 0 : -ENOMEM;
}

/* Returns the link captured at exactly the first length bytes of path, or NULL. */
static const struct lookup *find_link(const struct capture *capture, const char *path,
				      size_t length)
{
	struct lookup key = {.kind = LOOKUP_LINK, .path = arena_copy(capture->arena, path, length)};
	const struct lookup *found =
		bsearch(&key, capture->lookups, capture->count, sizeof(key), compare_lookups);

	return found && fact_known(&found->text.fact) ? found : NULL;
}

/* Resolves the first link on the way to path. Returns path itself where none is captured. */
static const char *resolve_once(const struct capture *capture, const char *path)
{
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		size_t length = (size_t)(slash - path);
		const struct lookup *link = find_link(capture, path, length);
		if (!link)
			continue;
		char *parent = arena_copy(capture->arena, path, length);
		*strrchr(parent, '/') = '\0';
		return arena_printf(capture->arena, "%s%s",
				    root_join(capture->arena, parent, link->text.text), slash);
	}
	return path;
}

/* A file that was read through a link is stored where the link leads, as on its host. */
static const char *stored_path(const struct capture *capture, const char *path)
{
	for (int depth = 0; depth < LINK_DEPTH; depth++) {
		const char *resolved = resolve_once(capture, path);
		if (resolved == path)
			break;
		path = resolved;
	}
	return path;
}

static int write_lookup(const struct capture *capture, struct tree_writer *writer,
			const struct lookup *lookup)
{
	if (!fact_known(lookup_fact(lookup)))
		return 0;
	const char *path = stored_path(capture, lookup->path);
	if (lookup->kind == LOOKUP_LINK)
		return tree_writer_add_link(writer, path, lookup->text.text);
	if (lookup->kind == LOOKUP_READ)
		return tree_writer_add_file(writer, path, lookup->text.text, lookup->text.length);
	return 0;
}

static int write_tree(const struct capture *capture, struct tree_writer *writer)
{
	char *index = NULL;
	int result = print_index(capture, &index);

	if (result == 0)
		result = tree_writer_add_file(writer, CAPTURE_INDEX_PATH, index, strlen(index));
	free(index);
	for (size_t i = 0; result == 0 && i < capture->count; i++)
		result = write_lookup(capture, writer, &capture->lookups[i]);
	return arena_failed(capture->arena) ? -ENOMEM : result;
}

int capture_write(struct root *root, const char *path, const struct capture_options *options)
{
	struct capture_options known = *options;
	struct capture capture = {.arena = arena_new(), .options = &known};
	struct tree_writer *writer;

	if (!capture.arena)
		return -ENOMEM;
	known.routes = usage_routes_load(root, capture.arena);
	int result = collect(&capture, root);
	if (result == 0)
		result = tree_writer_open(path, &writer);
	if (result == 0)
		result = tree_writer_finish(writer, write_tree(&capture, writer));
	arena_free(capture.arena);
	return result;
}
