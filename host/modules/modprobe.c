/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/modules/modprobe.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/boot/cmdline.h"

enum {
	LIMIT_CONFIG_FILE = 1024 * 1024,
	MOST_FILES = 1024, /* of one folder */
	MOST_STARS = 2,    /* of a pattern: more may take fnmatch(3) long */
	LONGEST_NAME = 64, /* of a module, MODULE_NAME_LEN, or a pattern of them */
	MOST_TRIED = 256,  /* softdeps, or patterns of a blacklist: a host has a few */
};

/* In the order in which a file hides others of its name. /lib is a link to usr/lib or stands for
 * it. */
static const char *const folders[] = {
	"/etc/modprobe.d",     "/run/modprobe.d", "/usr/local/lib/modprobe.d",
	"/usr/lib/modprobe.d", "/lib/modprobe.d",
};

#define REDACTED "redacted" /* what a capture keeps of a command */

/* Of a module that passcheck judges. */
static const char *const words[] = {"vfio", "iommufd", "kvm", "pci-stub", "pci_stub"};

bool modprobe_covers(const char *path)
{
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
		if (lies_below(path, folders[i]))
			return has_suffix(path + strlen(folders[i]) + 1, ".conf");
	}
	return false;
}

/* Commands whose lines count whatever they name: of several softdeps the first alone does. */
static const char *const commands[] = {"blacklist", "softdep"};

static bool begins_with_command(const char *line, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(commands); i++) {
		size_t size = strlen(commands[i]);
		if (length > size && memcmp(line, commands[i], size) == 0)
			return true;
	}
	return false;
}

static bool is_wanted(const char *line, size_t length)
{

	while (length && isspace((unsigned char)*line)) {
		line++;
		length--;
	}
	if (!length || *line == '#')
		return false;
	if (begins_with_command(line, length))
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (memmem(line, length, words[i], strlen(words[i])))
			return true;
	}
	return false;
}

/* As getline_wrapped() of libkmod/libkmod-util.c (kmod 30) joins lines: a backslash stands for what
 * is behind it, and with a newline there for nothing. */
size_t modprobe_line_length(const char *text, const char *end)
{
	const char *at = text;

	while (at < end && *at != '\n')
		at += *at == '\\' && end - at > 1 ? 2 : 1;
	return (size_t)(at - text);
}

/* Puts words one blank apart, and leaves out backslashes and the newlines that they join. */
static const char *squeeze(struct arena *arena, const char *line, size_t length)
{
	char *text = arena_copy(arena, line, length), *end = text;
	bool blank = false;

	if (arena_failed(arena))
		return "";
	for (size_t i = 0; i < length; i++) {
		if (line[i] == '\\' && ++i < length && line[i] == '\n')
			continue;
		if (i == length)
			break;
		if (isspace((unsigned char)line[i])) {
			blank = true;
			continue;
		}
		if (blank && end > text)
			*end++ = ' ';
		blank = false;
		*end++ = line[i];
	}
	*end = '\0';
	return text;
}

/* Returns the word of a squeezed line from which text goes on, and sets *ret to the next one. */
static size_t word_length(const char *text, const char **ret)
{
	size_t length = strcspn(text, " ");

	*ret = text + length + (text[length] == ' ');
	return length;
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return length == strlen(word) && memcmp(text, word, length) == 0;
}

/* Returns whether a command of an "install" line does nothing but end: true that ends a longer one
 * may do so after it has loaded the module. */
static bool is_refusal(const char *command)
{
	return !strchr(command, ' ') &&
	       (has_suffix(command, "/false") || has_suffix(command, "/true"));
}

const char *modprobe_kept(struct arena *arena, const char *line, size_t length)
{
	if (!is_wanted(line, length))
		return NULL;
	const char *text = squeeze(arena, line, length), *module, *rest;
	const char *whole = arena_copy(arena, line, length);
	size_t size = word_length(text, &module), module_size = word_length(module, &rest);

	if (is_word(text, size, "blacklist") || is_word(text, size, "softdep") ||
	    is_word(text, size, "alias"))
		return whole;
	if (is_word(text, size, "options"))
		return is_wanted(module, module_size) ? whole : NULL;
	if (!is_word(text, size, "install") && !is_word(text, size, "remove"))
		return NULL;
	return arena_printf(arena, "%.*s %s", (int)(module + module_size - text), text,
			    is_refusal(rest) ? rest : REDACTED);
}

static void append(struct arena *arena, struct modprobe *modprobe, const struct modprobe_line *line)
{
	struct modprobe_line *lines = arena_grow(arena, modprobe->lines, modprobe->count,
						 &modprobe->capacity, sizeof(*lines));

	if (!lines)
		return;
	modprobe->lines = lines;
	lines[modprobe->count++] = *line;
}

void modprobe_parse(struct arena *arena, const struct fact_text *text, struct modprobe *modprobe)
{
	const char *line = text->text, *end = text->text + text->length;

	while (line < end) {
		size_t length = modprobe_line_length(line, end);
		if (is_wanted(line, length)) {
			const struct modprobe_line item = {
				.source = text->fact.source,
				.text = squeeze(arena, line, length),
				.joined = memchr(line, '\\', length),
			};
			append(arena, modprobe, &item);
		}
		line += length + 1;
	}
}

/* Remembers the first place that was neither read nor absent. */
static void note(struct modprobe *modprobe, const struct fact *fact)
{
	if (!fact_settled(fact) && fact_known(&modprobe->fact))
		modprobe->fact = *fact;
}

struct file {
	const char *name;
	size_t folder;
};

static int compare_files(const void *left, const void *right)
{
	const struct file *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	if (order)
		return order;
	return (a->folder > b->folder) - (a->folder < b->folder);
}

static size_t list_files(struct root *root, struct arena *arena, struct modprobe *modprobe,
			 struct file **ret)
{
	struct file *files = NULL;
	size_t count = 0, capacity = 0;

	for (size_t folder = 0; folder < ARRAY_LENGTH(folders); folder++) {
		struct fact_list list = root_list(root, arena, folders[folder]);
		note(modprobe, &list.fact);
		for (size_t i = 0; i < list.count && i < MOST_FILES; i++) {
			if (!has_suffix(list.names[i], ".conf"))
				continue;
			struct file *larger =
				arena_grow(arena, files, count, &capacity, sizeof(*files));
			if (!larger)
				break;
			files = larger;
			files[count++] = (struct file){.name = list.names[i], .folder = folder};
		}
	}
	if (count)
		qsort(files, count, sizeof(*files), compare_files);
	*ret = files;
	return count;
}

void modprobe_load(struct root *root, struct arena *arena, struct modprobe *ret)
{
	struct file *files;

	*ret = (struct modprobe){.fact = {.state = FACT_KNOWN, .source = folders[0]}};
	size_t count = list_files(root, arena, ret, &files);
	for (size_t i = 0; i < count; i++) {
		if (i && strcmp(files[i].name, files[i - 1].name) == 0)
			continue;
		struct fact_text text = root_read(
			root, arena, arena_path(arena, folders[files[i].folder], files[i].name),
			LIMIT_CONFIG_FILE);
		/* A link to /dev/null, which hides a file, is no regular file. */
		if (fact_known(&text.fact))
			modprobe_parse(arena, &text, ret);
		else if (text.fact.state != FACT_MALFORMED || text.fact.error == EFBIG)
			note(ret, &text.fact);
	}
}

/* Compares the length bytes of word with a module's name. */
static bool is_module(const char *word, size_t length, const char *module)
{
	for (size_t i = 0; i < length; i++) {
		char a = word[i] == '-' ? '_' : word[i], b = module[i] == '-' ? '_' : module[i];
		if (a != b || !b)
			return false;
	}
	return module[length] == '\0';
}

/* Returns what follows "COMMAND MODULE" on the line, or NULL where it is of another. */
static const char *arguments_of(const struct modprobe_line *line, const char *command,
				const char *module)
{
	size_t length = strlen(command);

	if (strncmp(line->text, command, length) != 0 || line->text[length] != ' ')
		return NULL;
	const char *word = line->text + length + 1;
	length = strcspn(word, " ");
	if (!is_module(word, length, module))
		return NULL;
	return word[length] ? word + length + 1 : word + length;
}

static void append_option(struct arena *arena, struct modprobe_options *options,
			  const struct modprobe_option *option)
{
	struct modprobe_option *larger = arena_grow(arena, options->options, options->count,
						    &options->capacity, sizeof(*larger));

	if (!larger)
		return;
	options->options = larger;
	larger[options->count++] = *option;
}

/* modprobe hands the words to the kernel as they stand, which splits them as its command line. */
static void find_in_line(const struct modprobe_line *line, const char *list, struct arena *arena,
			 const char *name, struct modprobe_options *ret)
{
	char *copy = arena_printf(arena, "%s", list), *rest = copy;

	while (*rest) {
		struct cmdline_parameter parameter;
		const char *word = list + (rest - copy);
		rest = cmdline_take_argument(rest, &parameter);
		size_t length = (size_t)(list + (rest - copy) - word);
		if (!cmdline_same_name(parameter.name, name))
			continue;
		const struct modprobe_option option = {
			.line = line,
			.word = arena_copy(arena, word, length - (word[length - 1] == ' ')),
			.value = parameter.value,
		};
		append_option(arena, ret, &option);
	}
}

struct modprobe_options modprobe_find_options(const struct modprobe *modprobe, struct arena *arena,
					      const char *module, const char *name)
{
	struct modprobe_options options = {0};

	for (size_t i = 0; i < modprobe->count && !arena_failed(arena); i++) {
		const char *list = arguments_of(&modprobe->lines[i], "options", module);
		if (list)
			find_in_line(&modprobe->lines[i], list, arena, name, &options);
	}
	return options;
}

struct modprobe_option modprobe_find_option(const struct modprobe *modprobe, struct arena *arena,
					    const char *module, const char *name)
{
	const struct modprobe_options found = modprobe_find_options(modprobe, arena, module, name);

	return found.count ? found.options[found.count - 1] : (struct modprobe_option){0};
}

static bool loads_before(struct arena *arena, const char *arguments, const char *before)
{
	char *save = NULL, *list = arena_printf(arena, "%s", arguments);
	bool pre = false;

	for (char *word = strtok_r(list, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (word[strlen(word) - 1] == ':')
			pre = strcmp(word, "pre:") == 0;
		else if (pre && is_module(word, strlen(word), before))
			return true;
	}
	return false;
}

const char *modprobe_refused(struct arena *arena, const struct modprobe_line *line)
{
	const char *name, *command;
	size_t length = word_length(line->text, &name);

	if (!is_word(line->text, length, "install"))
		return NULL;
	length = word_length(name, &command);
	return is_refusal(command) ? arena_copy(arena, name, length) : NULL;
}

/* underscores() of libkmod turns "-" to "_" but between brackets. */
static void underscore(char *text)
{
	bool bracket = false;

	for (char *c = text; *c; c++) {
		bracket = *c == '[' || (bracket && *c != ']');
		if (*c == '-' && !bracket)
			*c = '_';
	}
}

static bool is_pattern(const char *word, size_t length)
{
	size_t stars = 0, signs = 0;

	for (size_t i = 0; i < length; i++) {
		stars += word[i] == '*';
		signs += strchr("*?[\\", word[i]) != NULL;
	}
	return signs && stars <= MOST_STARS && length < LONGEST_NAME;
}

/* Returns whether the module's name fits a pattern, as kmod_module_get_softdeps() calls fnmatch().
 */
static bool fits(const char *word, size_t length, const char *module)
{
	char pattern[LONGEST_NAME] = "", name[LONGEST_NAME] = "";

	if (strlen(module) >= LONGEST_NAME)
		return false;
	memcpy(pattern, word, length);
	memcpy(name, module, strlen(module));
	underscore(pattern);
	underscore(name);
	return fnmatch(pattern, name, 0) == 0;
}

/* A line "COMMAND NAME ARGUMENTS", while lines of that command are walked. */
struct command_line {
	const struct modprobe_line *line;
	const char *name;
	size_t length; /* of the name */
	const char *arguments;
};

/* Finds the next line of that command from *at, which moves on behind it. Lines of others are told
 * by how they begin: this is asked of each function. */
static bool next_of(const struct modprobe *modprobe, const char *command, size_t *at,
		    struct command_line *ret)
{
	for (; *at < modprobe->count; (*at)++) {
		const char *text = modprobe->lines[*at].text, *name;
		if (!begins_with(text, command) ||
		    !is_word(text, word_length(text, &name), command))
			continue;
		*ret = (struct command_line){.line = &modprobe->lines[(*at)++], .name = name};
		ret->length = word_length(name, &ret->arguments);
		return true;
	}
	return false;
}

const struct modprobe_line *modprobe_find_vain_blacklist(const struct modprobe *modprobe,
							 const char *module)
{
	struct command_line it;
	size_t at = 0, tried = 0;

	while (tried < MOST_TRIED && next_of(modprobe, "blacklist", &at, &it)) {
		if (!is_pattern(it.name, it.length))
			continue;
		tried++;
		if (fits(it.name, it.length, module))
			return it.line;
	}
	return NULL;
}

/* Returns whether the name of a softdep, which may be a pattern, is one of the modules. */
static bool names_one_of(const struct command_line *it, const char *const *modules, size_t count)
{
	bool pattern = is_pattern(it->name, it->length);

	for (size_t i = 0; i < count; i++) {
		if (pattern ? fits(it->name, it->length, modules[i])
			    : is_module(it->name, it->length, modules[i]))
			return true;
	}
	return false;
}

const struct modprobe_line *modprobe_find_softdep(const struct modprobe *modprobe,
						  struct arena *arena, const char *const *modules,
						  size_t count, const char *before)
{
	struct command_line it;
	size_t at = 0;

	for (size_t i = 0; i < MOST_TRIED && next_of(modprobe, "softdep", &at, &it); i++) {
		if (names_one_of(&it, modules, count) && loads_before(arena, it.arguments, before))
			return it.line;
	}
	return NULL;
}

const struct modprobe_line *modprobe_find_first_softdep(const struct modprobe *modprobe,
							struct arena *arena, const char *module,
							const char *before)
{
	struct command_line it;
	size_t at = 0;

	for (size_t i = 0; i < MOST_TRIED && next_of(modprobe, "softdep", &at, &it); i++) {
		if (names_one_of(&it, &module, 1))
			return loads_before(arena, it.arguments, before) ? NULL : it.line;
	}
	return NULL;
}

bool modprobe_runs(const struct modprobe *modprobe, const char *module, const char *program)
{
	for (size_t i = 0; i < modprobe->count; i++) {
		const char *command = arguments_of(&modprobe->lines[i], "install", module);
		if (command && (strstr(command, program) || strcmp(command, REDACTED) == 0))
			return true;
	}
	return false;
}
