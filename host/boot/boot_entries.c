/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot/boot_entries.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/boot/boot_image.h"
#include "host/boot/loader_variable.h"

enum {
	MOST_ENTRIES = 64,             /* of one folder */
	MOST_ADDONS = 16,              /* of one image */
	LIMIT_VARIABLE_NAME = 64,      /* in options */
	LIMIT_OPTIONS = LIMIT_CMDLINE, /* with variables expanded */
};

static const char *const places[BOOT_PLACE_COUNT] = {
	[BOOT_PLACE_BOOT] = "/boot",
	[BOOT_PLACE_EFI] = "/efi",
	[BOOT_PLACE_ESP] = "/boot/efi",
};

/* The second is GRUB's own choice where distributions do not rename it. */
static const char *const environments[] = {"/boot/grub2/grubenv", "/boot/grub/grubenv"};

/* Calls back for each line; line has length bytes, and no newline. */
static void each_line(const struct fact_text *text,
		      void (*take)(void *context, const char *line, size_t length), void *context)
{
	struct fact_line line;
	size_t offset = 0;

	while (fact_next_line(text, &offset, &line))
		take(context, line.text, line.length);
}

/* Returns where the value begins of a line "KEY VALUE" with that key, or NULL. */
static const char *value_of(const char *line, size_t length, const char *key, size_t *ret_length)
{
	const char *end = line + length;
	size_t size = strlen(key);

	while (line < end && isblank((unsigned char)*line))
		line++;
	if ((size_t)(end - line) <= size || memcmp(line, key, size) != 0 ||
	    !isblank((unsigned char)line[size]))
		return NULL;
	line += size;
	while (line < end && isblank((unsigned char)*line))
		line++;
	while (end > line && isspace((unsigned char)end[-1]))
		end--;
	*ret_length = (size_t)(end - line);
	return line;
}

struct environment_parser {
	struct arena *arena;
	struct boot_environment *environment;
	size_t capacity;
};

static void take_variable(void *context, const char *line, size_t length)
{
	struct environment_parser *parser = context;
	struct boot_environment *environment = parser->environment;
	const char *equals = memchr(line, '=', length);

	if (!equals || *line == '#')
		return;
	struct boot_variable *variables =
		arena_grow(parser->arena, environment->variables, environment->count,
			   &parser->capacity, sizeof(*variables));
	if (!variables)
		return;
	environment->variables = variables;
	variables[environment->count++] = (struct boot_variable){
		.name = arena_copy(parser->arena, line, (size_t)(equals - line)),
		.value =
			arena_copy(parser->arena, equals + 1, (size_t)(line + length - equals - 1)),
	};
}

static void load_environment(struct root *root, struct arena *arena, struct boot_environment *ret)
{
	struct environment_parser parser = {.arena = arena, .environment = ret};

	for (size_t i = 0; i < ARRAY_LENGTH(environments); i++) {
		struct fact_text text = root_read(root, arena, environments[i], LIMIT_ATTRIBUTE);
		if (i > 0 && fact_absent(&text.fact))
			return;
		*ret = (struct boot_environment){.fact = text.fact};
		if (fact_absent(&text.fact))
			continue;
		if (fact_known(&text.fact))
			each_line(&text, take_variable, &parser);
		return;
	}
}

const char *boot_environment_find(const struct boot_environment *environment, const char *name)
{
	for (size_t i = 0; i < environment->count; i++) {
		if (strcmp(environment->variables[i].name, name) == 0)
			return environment->variables[i].value;
	}
	return NULL;
}

/*
 * Returns what GRUB puts in a variable's place, or NULL where that is not known: grub.cfg may set
 * those that the environment block lacks, but for TuneD's, which are only there.
 */
static const char *value_in(const struct boot_environment *environment, const char *name)
{
	const char *value = boot_environment_find(environment, name);

	if (value || !fact_settled(&environment->fact))
		return value;
	return strcmp(name, "tuned_params") == 0 ? "" : NULL;
}

struct entry_parser {
	struct arena *arena;
	const struct boot_environment *environment;
	struct boot_entry *entry;
	char *options; /* of LIMIT_OPTIONS bytes */
	size_t length;
	bool is_linux;
	bool names_image;
	bool overflows;
};

static void append_options(struct entry_parser *parser, const char *text, size_t length)
{
	if (length > LIMIT_OPTIONS - parser->length) {
		parser->overflows = true;
		return;
	}
	memcpy(parser->options + parser->length, text, length);
	parser->length += length;
}

/* Reads "$name" or "${name}" at text. Returns its length, 0 where it is neither. */
static size_t read_name(const char *text, size_t length, char name[LIMIT_VARIABLE_NAME])
{
	size_t at = 1, size = 0;
	bool braces = length > 1 && text[1] == '{';

	at += braces;
	while (at < length && (isalnum((unsigned char)text[at]) || text[at] == '_') &&
	       size + 1 < LIMIT_VARIABLE_NAME)
		name[size++] = text[at++];
	name[size] = '\0';
	if (!size || (braces && (at == length || text[at] != '}')))
		return 0;
	return at + braces;
}

static void expand_options(struct entry_parser *parser, const char *text, size_t length)
{
	char name[LIMIT_VARIABLE_NAME];

	append_options(parser, " ", 1);
	while (length) {
		const char *dollar = memchr(text, '$', length);
		size_t plain = dollar ? (size_t)(dollar - text) : length;

		append_options(parser, text, plain);
		text += plain;
		length -= plain;
		if (!length)
			return;
		size_t size = read_name(text, length, name);
		const char *value = size ? value_in(parser->environment, name) : "$";
		if (value)
			append_options(parser, value, strlen(value));
		else
			parser->entry->variable = arena_copy(parser->arena, name, strlen(name));
		size += !size;
		text += size;
		length -= size;
	}
}

static void take_entry_line(void *context, const char *line, size_t length)
{
	struct entry_parser *parser = context;
	size_t size;
	const char *value = value_of(line, length, "options", &size);

	if (value)
		expand_options(parser, value, size);
	value = value_of(line, length, "version", &size);
	if (value)
		parser->entry->release = arena_copy(parser->arena, value, size);
	parser->is_linux |= value_of(line, length, "linux", &size) != NULL;
	parser->names_image |= value_of(line, length, "uki", &size) != NULL;
}

void boot_entry_parse(struct arena *arena, const struct fact_text *text,
		      const struct boot_environment *environment, struct boot_entry *ret)
{
	char options[LIMIT_OPTIONS + 1];
	struct entry_parser parser = {
		.arena = arena, .environment = environment, .entry = ret, .options = options};

	ret->cmdline.fact = text->fact;
	if (!fact_known(&text->fact))
		return;
	each_line(text, take_entry_line, &parser);
	ret->is_rescue = ret->release && begins_with(ret->release, "0-rescue");
	if (!parser.is_linux || parser.names_image) {
		ret->cmdline.fact.state = FACT_ABSENT;
		return;
	}
	if (parser.overflows) {
		ret->cmdline.fact.state = FACT_MALFORMED;
		ret->cmdline.fact.error = EFBIG;
		return;
	}
	append_options(&parser, "\n", 1);
	struct fact_text line = {.fact = text->fact, .text = options, .length = parser.length};
	cmdline_parse(arena, &line, &ret->cmdline);
}

/* Of "NAME+3-1.conf", where +3-1 counts attempts at booting it (systemd's
 * AUTOMATIC_BOOT_ASSESSMENT), it is NAME, and NAME.efi of "NAME+3-1.efi". */
static const char *id_of(struct arena *arena, const char *name)
{
	const char *suffix = strrchr(name, '.');
	size_t length = suffix ? (size_t)(suffix - name) : strlen(name);
	size_t at = length;

	while (at && (isdigit((unsigned char)name[at - 1]) || name[at - 1] == '-'))
		at--;
	if (at && at < length && name[at - 1] == '+')
		length = at - 1;
	return arena_printf(arena, "%.*s%s", (int)length, name,
			    suffix && strcmp(suffix, ".conf") != 0 ? suffix : "");
}

struct folder_loader {
	struct root *root;
	struct arena *arena;
	const char *place;
	struct boot_folder *folder;
	size_t capacity;
};

static void append(struct folder_loader *loader, const struct boot_entry *entry)
{
	struct boot_folder *folder = loader->folder;
	struct boot_entry *entries = arena_grow(loader->arena, folder->entries, folder->count,
						&loader->capacity, sizeof(*entries));

	if (!entries)
		return;
	folder->entries = entries;
	entries[folder->count++] = *entry;
}

/* Entries of other systems, and those that only name an image, have no words for a kernel. */
static void load_entry(struct folder_loader *loader, const char *path, const char *name,
		       const struct boot_environment *environment)
{
	struct boot_entry entry = {.path = path, .id = id_of(loader->arena, name)};
	struct fact_text text = root_read(loader->root, loader->arena, path, LIMIT_ATTRIBUTE);

	boot_entry_parse(loader->arena, &text, environment, &entry);
	if (!fact_absent(&entry.cmdline.fact))
		append(loader, &entry);
}

/* Returns what a list says, that it is too long where it has more than most names. */
static struct fact limited(const struct fact_list *list, size_t most)
{
	if (list->count <= most)
		return list->fact;
	return (struct fact){.state = FACT_MALFORMED, .error = EFBIG, .source = list->fact.source};
}

/* Adds the words of an addon to those of its image; what cannot be read leaves all unknown. */
static void add_addon(struct folder_loader *loader, const char *path, struct fact_text *cmdline)
{
	struct boot_image addon;

	boot_image_load(loader->root, loader->arena, path, &addon);
	if (fact_absent(&addon.cmdline.fact))
		return;
	if (!fact_known(&addon.cmdline.fact)) {
		cmdline->fact = addon.cmdline.fact;
		return;
	}
	const char *both =
		arena_printf(loader->arena, "%.*s %.*s", (int)cmdline->length, cmdline->text,
			     (int)addon.cmdline.length, addon.cmdline.text);
	fact_text_copy(cmdline, loader->arena, both, strlen(both));
}

/* Adds those of all addons in a folder (systemd-stub(7)). */
static void add_addons(struct folder_loader *loader, const char *folder, struct fact_text *cmdline)
{
	struct fact_list list = root_list(loader->root, loader->arena, folder);
	struct fact fact = limited(&list, MOST_ADDONS);

	if (!fact_settled(&fact) && fact_known(&cmdline->fact))
		cmdline->fact = fact;
	for (size_t i = 0; i < list.count && fact_known(&cmdline->fact); i++) {
		if (has_suffix(list.names[i], ".addon.efi"))
			add_addon(loader,
				  arena_printf(loader->arena, "%s/%s", folder, list.names[i]),
				  cmdline);
	}
}

static void load_image(struct folder_loader *loader, const char *path, const char *name)
{
	struct boot_entry entry = {
		.path = path, .id = id_of(loader->arena, name), .is_image = true};
	struct boot_image image;

	boot_image_load(loader->root, loader->arena, path, &image);
	if (fact_known(&image.release.fact))
		entry.release = image.release.text;
	struct fact_text line = image.cmdline;
	if (fact_known(&line.fact)) {
		add_addons(loader, arena_printf(loader->arena, "%s.extra.d", path), &line);
		add_addons(loader, arena_printf(loader->arena, "%s/loader/addons", loader->place),
			   &line);
	}
	if (fact_known(&line.fact)) {
		line.text = arena_printf(loader->arena, "%.*s\n", (int)line.length, line.text);
		line.length = strlen(line.text);
	}
	cmdline_parse(loader->arena, &line, &entry.cmdline);
	append(loader, &entry);
}

static void load_folder(struct folder_loader *loader, const struct boot_environment *environment)
{
	struct arena *arena = loader->arena;
	const char *folder = arena_printf(arena, "%s/loader/entries", loader->place);
	struct fact_list list = root_list(loader->root, arena, folder);

	loader->folder->entries_fact = limited(&list, MOST_ENTRIES);
	for (size_t i = 0; i < list.count && i < MOST_ENTRIES; i++) {
		if (has_suffix(list.names[i], ".conf"))
			load_entry(loader, arena_printf(arena, "%s/%s", folder, list.names[i]),
				   list.names[i], environment);
	}
	folder = arena_printf(arena, "%s/EFI/Linux", loader->place);
	list = root_list(loader->root, arena, folder);
	loader->folder->images_fact = limited(&list, MOST_ENTRIES);
	for (size_t i = 0; i < list.count && i < MOST_ENTRIES; i++) {
		if (boot_image_covers(list.names[i]))
			load_image(loader, arena_printf(arena, "%s/%s", folder, list.names[i]),
				   list.names[i]);
	}
}

struct pattern_parser {
	struct arena *arena;
	struct fact_text *pattern;
	bool preferred; /* goes before the default where an entry has it (systemd 258) */
};

static void take_loader_line(void *context, const char *line, size_t length)
{
	struct pattern_parser *parser = context;
	size_t size;
	const char *value = value_of(line, length, "default", &size);

	if (value)
		fact_text_copy(parser->pattern, parser->arena, value, size);
	parser->preferred |= value_of(line, length, "preferred", &size) != NULL;
}

static struct fact_text load_pattern(struct root *root, struct arena *arena, const char *place)
{
	struct fact_text text = root_read(
		root, arena, arena_printf(arena, "%s/loader/loader.conf", place), LIMIT_ATTRIBUTE);
	struct fact_text pattern = {.fact = text.fact};
	struct pattern_parser parser = {.arena = arena, .pattern = &pattern};

	if (!fact_known(&text.fact))
		return pattern;
	each_line(&text, take_loader_line, &parser);
	if (!pattern.text || parser.preferred)
		return (struct fact_text){
			.fact = {.state = FACT_ABSENT, .source = text.fact.source}};
	return pattern;
}

void boot_entries_load(struct root *root, struct arena *arena, struct boot_entries *ret)
{
	load_environment(root, arena, &ret->environment);
	for (size_t i = 0; i < BOOT_PLACE_COUNT; i++) {
		struct folder_loader loader = {.root = root,
					       .arena = arena,
					       .place = places[i],
					       .folder = &ret->folders[i]};
		load_folder(&loader, &ret->environment);
		ret->folders[i].pattern = load_pattern(root, arena, places[i]);
	}
	ret->entry_once = loader_variable_read(root, arena, "LoaderEntryOneShot");
	ret->entry_default = loader_variable_read(root, arena, "LoaderEntryDefault");
	ret->staged = root_stat(root, "/run/ostree/staged-deployment");
}

/* Returns what follows one of the places in path, or NULL. */
static const char *below_place(const char *path)
{
	for (size_t i = BOOT_PLACE_COUNT; i > 0; i--) {
		if (lies_below(path, places[i - 1]))
			return path + strlen(places[i - 1]);
	}
	return NULL;
}

enum boot_file boot_file_of(const char *path)
{
	const char *below = below_place(path);

	for (size_t i = 0; i < ARRAY_LENGTH(environments); i++) {
		if (strcmp(path, environments[i]) == 0)
			return BOOT_FILE_ENVIRONMENT;
	}
	if (below && strcmp(below, "/loader/loader.conf") == 0)
		return BOOT_FILE_LOADER;
	if (below && begins_with(below, "/loader/entries/") && has_suffix(below, ".conf"))
		return BOOT_FILE_ENTRY;
	return BOOT_FILE_OTHER;
}

bool boot_entries_cover(const char *path)
{
	const char *below = below_place(path);

	return boot_file_of(path) != BOOT_FILE_OTHER ||
	       begins_with(path, EFI_VARIABLES "LoaderEntry") ||
	       (below && (begins_with(below, "/loader/") || begins_with(below, "/EFI/Linux")));
}

/* A key of a file's lines, and what is kept of those. */
struct kept_key {
	enum boot_file file;
	const char *key;
	enum boot_line line;
};

static const struct kept_key kept_keys[] = {
	{.file = BOOT_FILE_ENTRY, .key = "version", .line = BOOT_LINE_WHOLE},
	{.file = BOOT_FILE_ENTRY, .key = "linux", .line = BOOT_LINE_WHOLE},
	{.file = BOOT_FILE_ENTRY, .key = "uki", .line = BOOT_LINE_WHOLE},
	{.file = BOOT_FILE_ENTRY, .key = "options", .line = BOOT_LINE_COMMAND},
	{.file = BOOT_FILE_LOADER, .key = "default", .line = BOOT_LINE_WHOLE},
	{.file = BOOT_FILE_LOADER, .key = "preferred", .line = BOOT_LINE_WHOLE},
	{.file = BOOT_FILE_ENVIRONMENT, .key = "saved_entry=", .line = BOOT_LINE_WHOLE},
	{.file = BOOT_FILE_ENVIRONMENT, .key = "next_entry=", .line = BOOT_LINE_WHOLE},
	{.file = BOOT_FILE_ENVIRONMENT, .key = "kernelopts=", .line = BOOT_LINE_COMMAND},
	{.file = BOOT_FILE_ENVIRONMENT, .key = "tuned_params=", .line = BOOT_LINE_COMMAND},
};

/* Returns where what follows the key begins, or NULL where the line has another. */
static const char *find_value(const struct kept_key *key, const char *line, size_t length)
{
	size_t size = strlen(key->key);

	if (key->file != BOOT_FILE_ENVIRONMENT)
		return value_of(line, length, key->key, &size);
	return length >= size && memcmp(line, key->key, size) == 0 ? line + size : NULL;
}

enum boot_line boot_file_line(enum boot_file file, const char *line, size_t length,
			      size_t *ret_value)
{
	for (size_t i = 0; i < ARRAY_LENGTH(kept_keys); i++) {
		if (kept_keys[i].file != file)
			continue;
		const char *value = find_value(&kept_keys[i], line, length);
		if (!value)
			continue;
		*ret_value = (size_t)(value - line);
		return kept_keys[i].line;
	}
	return BOOT_LINE_NONE;
}
