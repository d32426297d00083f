/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/capture_index.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/array.h"

enum { HIGHEST_ERRNO = EHWPOISON };

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

	if (!entry)
		return;
	entry->node = *node;
	entry->node.fact.source = entry->path;
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

/* Returns the errno of that name, or 0. */
static int error_by_name(const char *name)
{
	for (int error = 1; error <= HIGHEST_ERRNO; error++) {
		const char *candidate = strerrorname_np(error);
		if (candidate && strcmp(candidate, name) == 0)
			return error;
	}
	return 0;
}

/* Returns whether name can be that of a directory's entry. */
static bool is_name(const cJSON *name)
{
	return cJSON_IsString(name) && *name->valuestring && !strchr(name->valuestring, '/') &&
	       strcmp(name->valuestring, ".") != 0 && strcmp(name->valuestring, "..") != 0;
}

/* "absent" is an object of directories, each an array of the names that were not there. */
static bool parse_absent(struct capture_index *index, const cJSON *directory)
{
	const cJSON *name;

	if (!cJSON_IsArray(directory))
		return false;
	cJSON_ArrayForEach(name, directory)
	{
		if (!is_name(name))
			return false;
		capture_index_add_absent(index, arena_printf(index->arena, "%s/%s",
							     directory->string, name->valuestring));
	}
	return true;
}

static bool parse_unreadable(struct capture_index *index, const cJSON *item)
{
	int error = cJSON_IsString(item) ? error_by_name(item->valuestring) : 0;

	if (error)
		capture_index_add_unreadable(index, item->string, error);
	return error != 0;
}

static bool has_duplicate(const char *const *sorted, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (strcmp(sorted[i - 1], sorted[i]) == 0)
			return true;
	}
	return false;
}

static bool parse_list(struct capture_index *index, const cJSON *item)
{
	size_t count = 0, size = (size_t)cJSON_GetArraySize(item);
	const char **names = arena_array(index->arena, size, sizeof(*names));
	struct entry *entry = add(index, &index->lists, item->string);
	const cJSON *name;

	if (!names || !entry)
		return true;
	if (!cJSON_IsArray(item))
		return false;
	cJSON_ArrayForEach(name, item)
	{
		if (!is_name(name))
			return false;
		names[count++] =
			arena_copy(index->arena, name->valuestring, strlen(name->valuestring));
	}
	qsort(names, count, sizeof(*names), compare_strings);
	entry->names = names;
	entry->name_count = count;
	return !has_duplicate(names, count);
}

static bool number_of(const cJSON *object, const char *key, uint32_t *ret)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	if (!cJSON_IsNumber(item) || item->valuedouble < 0 || item->valuedouble > UINT32_MAX)
		return false;
	*ret = (uint32_t)item->valuedouble;
	return *ret == item->valuedouble;
}

static bool parse_node(struct capture_index *index, const cJSON *item)
{
	struct fact_node node = {.fact = {.state = FACT_KNOWN, .source = item->string}};

	if (!number_of(item, "mode", &node.mode) || !number_of(item, "uid", &node.uid) ||
	    !number_of(item, "gid", &node.gid))
		return false;
	capture_index_add_node(index, &node);
	return true;
}

struct section {
	const char *key;
	bool (*parse)(struct capture_index *index, const cJSON *item);
};

static const struct section sections[] = {
	{"absent", parse_absent},
	{"unreadable", parse_unreadable},
	{"lists", parse_list},
	{"nodes", parse_node},
};

/* Parses the items of a section, named by paths of the host ("" is the directory of "/proc"). One
 * left out is empty. */
static bool parse_section(struct capture_index *index, const cJSON *json,
			  const struct section *section)
{
	const cJSON *items = cJSON_GetObjectItemCaseSensitive(json, section->key), *item;

	if (items && !cJSON_IsObject(items))
		return false;
	cJSON_ArrayForEach(item, items)
	{
		bool is_path = item->string[0] == '/' || item->string[0] == '\0';
		if (!is_path || !section->parse(index, item))
			return false;
	}
	return true;
}

static bool parse_sections(struct capture_index *index, const cJSON *json)
{
	uint32_t version;

	if (!number_of(json, "version", &version) || version != CAPTURE_INDEX_VERSION)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(sections); i++) {
		if (!parse_section(index, json, &sections[i]))
			return false;
	}
	return true;
}

/* Returns the JSON value that bytes consist of, but for white space behind it, or NULL. */
static cJSON *parse_whole(const char *bytes, size_t length)
{
	const char *end = NULL;
	cJSON *json = cJSON_ParseWithLengthOpts(bytes, length, &end, false);

	while (json && end < bytes + length && isspace((unsigned char)*end))
		end++;
	if (json && end < bytes + length) {
		cJSON_Delete(json);
		return NULL;
	}
	return json;
}

int capture_index_parse(struct arena *arena, const char *bytes, size_t length,
			struct capture_index **ret)
{
	struct capture_index *index = capture_index_new(arena);

	if (!index)
		return -ENOMEM;
	errno = 0; /* by which cJSON tells short memory from what is no JSON */
	cJSON *json = parse_whole(bytes, length);
	if (!json && errno == ENOMEM)
		return -ENOMEM;
	bool valid = parse_sections(index, json);
	cJSON_Delete(json);
	if (arena_failed(arena))
		return -ENOMEM;
	if (!valid)
		return -EBADMSG;
	sort(&index->paths);
	sort(&index->lists);
	sort(&index->nodes);
	*ret = index;
	return 0;
}

/* Entries arrive sorted, so that those of one directory follow each other, but for deeper ones. */
static void print_absent(cJSON *object, const struct table *paths)
{
	cJSON *names = NULL;

	for (size_t i = 0; i < paths->count; i++) {
		const char *path = paths->entries[i].path;
		const char *slash = strrchr(path, '/');
		if (!fact_absent(&paths->entries[i].fact) || !slash)
			continue;

		char *directory = strndup(path, (size_t)(slash - path));
		if (!directory)
			return;
		if (!names || strcmp(names->string, directory) != 0)
			names = cJSON_GetObjectItemCaseSensitive(object, directory);
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
