/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/modules/initramfs_lists.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "host/modules/module_lists.h"
#include "host/modules/shell_assignment.h"

enum {
	LIMIT_CONFIG = 1024 * 1024,
	MOST_FILES = 1024, /* of one folder */
};

#define DRACUT            "/etc/dracut.conf"
#define DRACUT_FOLDER     "/etc/dracut.conf.d"
#define DRACUT_PACKAGED   "/usr/lib/dracut/dracut.conf.d"
#define MKINITCPIO        "/etc/mkinitcpio.conf"
#define MKINITCPIO_FOLDER "/etc/mkinitcpio.conf.d"

static const char *const variables[] = {
	[INITRAMFS_LIST_FORCE] = "force_drivers",
	[INITRAMFS_LIST_ADD] = "add_drivers",
	[INITRAMFS_LIST_OMIT] = "omit_drivers",
	[INITRAMFS_LIST_ITEMS] = "install_items",
	[INITRAMFS_LIST_OPTIONAL] = "install_optional_items",
	[INITRAMFS_LIST_HOSTONLY] = "hostonly",
	[INITRAMFS_LIST_MODULES] = "MODULES",
	[INITRAMFS_LIST_HOOKS] = "HOOKS",
	[INITRAMFS_LIST_FILES] = "FILES",
};

ASSERT_COVERS(variables, INITRAMFS_LIST_COUNT);

bool initramfs_lists_cover(const char *path)
{
	static const char *const files[] = {DRACUT, MKINITCPIO};
	static const char *const folders[] = {DRACUT_FOLDER, DRACUT_PACKAGED, MKINITCPIO_FOLDER};

	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		if (strcmp(path, files[i]) == 0)
			return true;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
		if (lies_below(path, folders[i]) &&
		    has_suffix(path + strlen(folders[i]) + 1, ".conf"))
			return true;
	}
	return false;
}

/* Returns the list that an assignment sets, INITRAMFS_LIST_COUNT for none. */
static enum initramfs_list list_of(const struct shell_assignment *assignment)
{
	const struct fact_line *name = &assignment->name;
	enum initramfs_list list = 0;

	while (list < INITRAMFS_LIST_COUNT &&
	       (strlen(variables[list]) != name->length ||
		memcmp(variables[list], name->text, name->length) != 0))
		list++;
	return list;
}

static bool names_files(enum initramfs_list list)
{
	return list == INITRAMFS_LIST_FILES || list == INITRAMFS_LIST_ITEMS ||
	       list == INITRAMFS_LIST_OPTIONAL;
}

struct fact_line initramfs_lists_next(const struct fact_text *text, struct arena *arena,
				      size_t *offset)
{
	struct shell_assignment assignment;

	while (shell_assignment_next(text, arena, offset, &assignment)) {
		const char *begin = text->text + assignment.begin;
		size_t length = assignment.end - assignment.begin;
		enum initramfs_list list = list_of(&assignment);
		if ((list != INITRAMFS_LIST_COUNT && !names_files(list)) ||
		    module_lists_want(begin, length))
			return (struct fact_line){.text = begin, .length = length, .size = length};
	}
	return (struct fact_line){.text = text->text + text->length};
}

/* The lists while files are sourced. */
struct sourcing {
	struct root *root;
	struct arena *arena;
	struct buffer lists[INITRAMFS_LIST_COUNT];
	const char *modules_file;
	bool modules_is_array;
	const char *hooks_file;
	const char *hostonly_file;
	struct fact *fact;
};

/* Remembers the first place that was neither read nor absent. */
static void note(struct sourcing *sourcing, const struct fact *fact)
{
	if (!fact_settled(fact) && fact_known(sourcing->fact))
		*sourcing->fact = *fact;
}

static void note_modules(struct sourcing *sourcing, const struct fact_text *text,
			 const struct shell_assignment *assignment)
{
	size_t begin = assignment->begin;

	sourcing->modules_file = text->fact.source;
	sourcing->modules_is_array =
		assignment->is_array && (!begin || text->text[begin - 1] == '\n');
}

static void apply(struct sourcing *sourcing, const struct fact_text *text)
{
	struct shell_assignment it;
	size_t offset = 0;

	while (shell_assignment_next(text, sourcing->arena, &offset, &it)) {
		enum initramfs_list list = list_of(&it);
		if (list == INITRAMFS_LIST_COUNT)
			continue;
		struct buffer *value = &sourcing->lists[list];
		if (!it.appends)
			*value = (struct buffer){.arena = sourcing->arena};
		if (!it.appends && list == INITRAMFS_LIST_MODULES)
			note_modules(sourcing, text, &it);
		if (!it.appends && list == INITRAMFS_LIST_HOOKS)
			sourcing->hooks_file = text->fact.source;
		if (!it.appends && list == INITRAMFS_LIST_HOSTONLY)
			sourcing->hostonly_file = text->fact.source;
		buffer_add(value, it.value, strlen(it.value));
	}
}

/* What is no file is not sourced. */
static void source(struct sourcing *sourcing, const char *path)
{
	struct fact_text text = root_read(sourcing->root, sourcing->arena, path, LIMIT_CONFIG);

	if (fact_known(&text.fact))
		apply(sourcing, &text);
	else if (text.fact.state != FACT_MALFORMED || text.fact.error == EFBIG)
		note(sourcing, &text.fact);
}

/* As "sort -V" has them. */
static int compare_names(const void *a, const void *b)
{
	return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sources the files of a folder, and those of another, which may be empty, by whose names the first
 * has none. */
static void source_folders(struct sourcing *sourcing, const char *folder,
			   const struct fact_list *first, const char *packaged,
			   const struct fact_list *second)
{
	size_t count = 0;
	const char **names =
		arena_array(sourcing->arena, first->count + second->count + 1, sizeof(*names));

	for (size_t i = 0; names && i < first->count; i++)
		names[count++] = first->names[i];
	for (size_t i = 0; names && i < second->count; i++) {
		if (!fact_list_find(first, second->names[i]))
			names[count++] = second->names[i];
	}
	if (!names)
		return;
	qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 0; i < count && i < MOST_FILES; i++) {
		bool own = fact_list_find(first, names[i]);
		if (has_suffix(names[i], ".conf"))
			source(sourcing,
			       arena_path(sourcing->arena, own ? folder : packaged, names[i]));
	}
}

/* The packaged files are a distribution's: where a capture lacks their folder, it takes nothing
 * from what the host's own say. */
static void source_dracut(struct sourcing *sourcing)
{
	const struct fact_list own = root_list(sourcing->root, sourcing->arena, DRACUT_FOLDER);
	const struct fact_list packaged =
		root_list(sourcing->root, sourcing->arena, DRACUT_PACKAGED);

	source(sourcing, DRACUT);
	note(sourcing, &own.fact);
	if (packaged.fact.state != FACT_NOT_CAPTURED)
		note(sourcing, &packaged.fact);
	source_folders(sourcing, DRACUT_FOLDER, &own, DRACUT_PACKAGED, &packaged);
}

static void source_mkinitcpio(struct sourcing *sourcing)
{
	const struct fact_list own = root_list(sourcing->root, sourcing->arena, MKINITCPIO_FOLDER);
	const struct fact_list none = {.count = 0};

	source(sourcing, MKINITCPIO);
	note(sourcing, &own.fact);
	source_folders(sourcing, MKINITCPIO_FOLDER, &own, NULL, &none);
}

void initramfs_lists_load(struct root *root, struct arena *arena, struct initramfs_lists *ret)
{
	struct sourcing sourcing = {.root = root, .arena = arena};

	*ret = (struct initramfs_lists){
		.dracut = {.state = FACT_KNOWN, .source = DRACUT},
		.mkinitcpio = {.state = FACT_KNOWN, .source = MKINITCPIO},
	};
	for (size_t i = 0; i < INITRAMFS_LIST_COUNT; i++)
		sourcing.lists[i].arena = arena;
	sourcing.fact = &ret->dracut;
	source_dracut(&sourcing);
	sourcing.fact = &ret->mkinitcpio;
	source_mkinitcpio(&sourcing);
	for (size_t i = 0; i < INITRAMFS_LIST_COUNT; i++)
		ret->lists[i] = buffer_text(&sourcing.lists[i]);
	ret->modules_file = sourcing.modules_file;
	ret->modules_is_array = sourcing.modules_is_array;
	ret->hooks_file = sourcing.hooks_file;
	ret->hostonly_file = sourcing.hostonly_file;
}
