/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/capture_index.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { HIGHEST_ERRNO = 4095 };

struct entry {
	const char *path;
	struct fact fact;         /* absent or unreadable */
	const char *const *names; /* of a list */
	size_t name_count;
	struct fact_node node;
};

/* One kind of look-up, sorted by path when it is searched. */
struct table {
	struct entry *entries;
	size_t count;
	size_t capacity;
};

struct capture_index {
	struct arena *arena;
	struct table paths; /* absent or unreadable */
	struct table lists;
	struct table nodes;
};

static int compare_entries(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	return strcmp(a->path, b->path);
}

static int compare_names(const void *left, const void *right)
{
	const char *const *a = left, *const *b = right;

	return strcmp(*a, *b);
}

static void sort(struct table *table)
{
	if (table->count)
		qsort(table->entries, table->count, sizeof(struct entry), compare_entries);
}

static const struct entry *find(const struct table *table, const char *path)
{
	struct entry key = {.path = path};

	if (!table->count)
		return NULL;
	return bsearch(&key, table->entries, table->count, sizeof(key), compare_entries);
}

static struct entry *add(struct capture_index *index, struct table *table, const char *path)
{
	struct entry *entries = arena_grow(index->arena, table->entries, table->count,
					   &table->capacity, sizeof(struct entry));

	if (!entries)
		return NULL;
	table->entries = entries;
	struct entry *entry = &entries[table->count++];
	*entry = (struct entry){.path = arena_copy(index->arena, path, strlen(path))};
	return entry;
}

struct capture_index *capture_index_new(struct arena *arena)
{
	struct capture_index *index = arena_alloc(arena, sizeof(*index));

	if (index)
		index->arena = arena;
	return index;
}

void capture_index_add_absent(struct capture_index *index, const char *path)
{
	struct entry *entry = add(index, &index->paths, path);

	if (entry)
		entry->fact = (struct fact){.state = FACT_ABSENT};
}

void capture_index_add_unreadable(struct capture_index *index, const char *path, int error)
{
	struct entry *entry = add(index, &index->paths, path);

	if (entry)
		entry->fact = (struct fact){.state = FACT_UNREADABLE, .error = error};
}

void capture_index_add_list(struct capture_index *index, const struct fact_list *list)
{
	struct entry *entry = add(index, &index->lists, list->fact.source);
	const char **names = arena_array(index->arena, list->count, sizeof(*names));

	if (!entry || !names)
		return;
	for (size_t i = 0; i < list->count; i++)
		names[i] = arena_copy(index->arena, list->names[i], strlen(list->names[i]));
	entry->names = names;
	entry->name_count = list->count;
}

void capture_index_add_node(struct capture_index *index, const struct fact_node *node)
{
	struct entry *entry = add(index, &index->nodes, node->fact.source);

	if (entry)
		entry->node = *node;
}

struct fact capture_index_find(const struct capture_index *index, const char *path)
{
	const struct entry *entry = find(&index->paths, path);

	return entry ? entry->fact : (struct fact){.state = FACT_NOT_CAPTURED};
}

struct fact_list capture_index_list(const struct capture_index *index, const char *path)
{
	const struct entry *entry = find(&index->lists, path);

	if (!entry)
		return (struct fact_list){.fact.state = FACT_NOT_CAPTURED};
	return (struct fact_list){
		.fact.state = FACT_KNOWN, .names = entry->names, .count = entry->name_count};
}

struct fact_node capture_index_node(const struct capture_index *index, const char *path)
{
	const struct entry *entry = find(&index->nodes, path);

	return entry ? entry->node : (struct fact_node){.fact.state = FACT_NOT_CAPTURED};
}

static int error_by_name(const char *name)
{
	for (int error = 1; error <= HIGHEST_ERRNO; error++) {
		const char *candidate = strerrorname_np(error);
		if (candidate && strcmp(candidate, name) == 0)
			return error;
	}
	return EIO;
}

/* "absent" is an object of directories, each an array of the names that were not there. */
static void parse_absent(struct capture_index *index, const cJSON *absent)
{
	const cJSON *directory, *name;

	cJSON_ArrayForEach(directory, absent)
	{
		cJSON_ArrayForEach(name, directory)
		{
			if (cJSON_IsString(name))
				capture_index_add_absent(index, arena_printf(index->arena, "%s/%s",
									     directory->string,
									     name->valuestring));
		}
	}
}

static void parse_unreadable(struct capture_index *index, const cJSON *unreadable)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, unreadable)
	{
		if (cJSON_IsString(item))
			capture_index_add_unreadable(index, item->string,
						     error_by_name(item->valuestring));
	}
}

static void parse_lists(struct capture_index *index, const cJSON *lists)
{
	const cJSON *item, *name;

	cJSON_ArrayForEach(item, lists)
	{
		size_t count = 0, size = (size_t)cJSON_GetArraySize(item);
		const char **names = arena_array(index->arena, size, sizeof(*names));
		struct entry *entry = add(index, &index->lists, item->string);

		if (!names || !entry)
			return;
		cJSON_ArrayForEach(name, item)
		{
			if (cJSON_IsString(name))
				names[count++] = arena_copy(index->arena, name->valuestring,
							    strlen(name->valuestring));
		}
		qsort(names, count, sizeof(*names), compare_names);
		entry->names = names;
		entry->name_count = count;
	}
}

static uint32_t number_of(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	if (!cJSON_IsNumber(item) || item->valuedouble < 0 || item->valuedouble > UINT32_MAX)
		return 0;
	return (uint32_t)item->valuedouble;
}

static void parse_nodes(struct capture_index *index, const cJSON *nodes)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, nodes)
	{
		struct entry *entry = add(index, &index->nodes, item->string);

		if (!entry)
			return;
		entry->node = (struct fact_node){.fact.state = FACT_KNOWN,
						 .mode = number_of(item, "mode"),
						 .uid = number_of(item, "uid"),
						 .gid = number_of(item, "gid")};
	}
}

int capture_index_parse(struct arena *arena, const char *bytes, size_t length,
			struct capture_index **ret)
{
	cJSON *json = cJSON_ParseWithLength(bytes, length);
	struct capture_index *index = capture_index_new(arena);

	if (!json || number_of(json, "version") != CAPTURE_INDEX_VERSION) {
		cJSON_Delete(json);
		return -EBADMSG;
	}
	if (index) {
		parse_absent(index, cJSON_GetObjectItemCaseSensitive(json, "absent"));
		parse_unreadable(index, cJSON_GetObjectItemCaseSensitive(json, "unreadable"));
		parse_lists(index, cJSON_GetObjectItemCaseSensitive(json, "lists"));
		parse_nodes(index, cJSON_GetObjectItemCaseSensitive(json, "nodes"));
		sort(&index->paths);
		sort(&index->lists);
		sort(&index->nodes);
	}
	cJSON_Delete(json);
	if (!index || arena_failed(arena))
		return -ENOMEM;
	*ret = index;
	return 0;
}

/* Entries arrive sorted, so that those of one directory follow each other, but for deeper ones. */
static void print_absent(cJSON *object, const struct table *paths)
{
	for (size_t i = 0; i < paths->count; i++) {
		const char *path = paths->entries[i].path;
		const char *slash = strrchr(path, '/');
		if (!fact_absent(&paths->entries[i].fact) || !slash)
			continue;

		char *directory = strndup(path, (size_t)(slash - path));
		if (!directory)
			return;
		cJSON *names = cJSON_GetObjectItemCaseSensitive(object, directory);
		if (!names)
			names = cJSON_AddArrayToObject(object, directory);
		cJSON_AddItemToArray(names, cJSON_CreateString(slash + 1));
		free(directory);
	}
}

static void print_unreadable(cJSON *object, const struct table *paths)
{
	for (size_t i = 0; i < paths->count; i++) {
		const struct entry *entry = &paths->entries[i];
		const char *name = strerrorname_np(entry->fact.error);
		if (entry->fact.state == FACT_UNREADABLE)
			cJSON_AddStringToObject(object, entry->path, name ? name : "EIO");
	}
}

static void print_lists(cJSON *object, const struct table *lists)
{
	for (size_t i = 0; i < lists->count; i++) {
		const struct entry *entry = &lists->entries[i];
		cJSON *names = cJSON_AddArrayToObject(object, entry->path);
		for (size_t j = 0; j < entry->name_count; j++)
			cJSON_AddItemToArray(names, cJSON_CreateString(entry->names[j]));
	}
}

static void print_nodes(cJSON *object, const struct table *nodes)
{
	for (size_t i = 0; i < nodes->count; i++) {
		const struct entry *entry = &nodes->entries[i];
		cJSON *node = cJSON_AddObjectToObject(object, entry->path);
		cJSON_AddNumberToObject(node, "mode", entry->node.mode);
		cJSON_AddNumberToObject(node, "uid", entry->node.uid);
		cJSON_AddNumberToObject(node, "gid", entry->node.gid);
	}
}

char *capture_index_print(struct capture_index *index, const char *tool_version, bool identity)
{
	cJSON *json = cJSON_CreateObject();

	sort(&index->paths);
	sort(&index->lists);
	sort(&index->nodes);
	cJSON_AddNumberToObject(json, "version", CAPTURE_INDEX_VERSION);
	cJSON_AddStringToObject(json, "tool", tool_version);
	cJSON_AddBoolToObject(json, "identity", identity);
	print_unreadable(cJSON_AddObjectToObject(json, "unreadable"), &index->paths);
	print_absent(cJSON_AddObjectToObject(json, "absent"), &index->paths);
	print_lists(cJSON_AddObjectToObject(json, "lists"), &index->lists);
	print_nodes(cJSON_AddObjectToObject(json, "nodes"), &index->nodes);
	char *text = cJSON_Print(json);
	cJSON_Delete(json);
	return text;
}
