/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot/boot_config.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"

#define DEFAULTS        "/etc/default/grub"
#define DEFAULTS_FOLDER "/etc/default/grub.d"

/* Of GRUB's settings. The command lines come first. */
enum variable {
	VARIABLE_LINUX,
	VARIABLE_LINUX_DEFAULT,
	VARIABLE_COMMAND_LINE_COUNT,
	VARIABLE_DEFAULT = VARIABLE_COMMAND_LINE_COUNT,
	VARIABLE_BLS,
	VARIABLE_COUNT,
};

static const char *const variables[VARIABLE_COUNT] = {
	[VARIABLE_LINUX] = "GRUB_CMDLINE_LINUX",
	[VARIABLE_LINUX_DEFAULT] = "GRUB_CMDLINE_LINUX_DEFAULT",
	[VARIABLE_DEFAULT] = "GRUB_DEFAULT",
	[VARIABLE_BLS] = "GRUB_ENABLE_BLSCFG",
};

bool boot_config_covers(const char *path)
{
	return strcmp(path, DEFAULTS) == 0 ||
	       (lies_below(path, DEFAULTS_FOLDER) &&
		has_suffix(path + strlen(DEFAULTS_FOLDER) + 1, ".cfg"));
}

static const char *skip_space(const char *text, const char *end)
{
	while (text < end && isspace((unsigned char)*text))
		text++;
	return text;
}

/* Returns what follows "VARIABLE=" or "VARIABLE+=", or NULL; end is that of the line. */
static const char *value_of(const char *line, const char *end, const char *variable)
{
	static const char export[] = "export ";
	size_t length = strlen(variable);

	line = skip_space(line, end);
	if ((size_t)(end - line) > sizeof(export) && memcmp(line, export, sizeof(export) - 1) == 0)
		line = skip_space(line + sizeof(export) - 1, end);
	if ((size_t)(end - line) <= length || memcmp(line, variable, length) != 0)
		return NULL;
	line += length;
	if (*line == '+' && end - line > 1)
		line++;
	return *line == '=' ? line + 1 : NULL;
}

/* Returns the quote that ends what the one at text begins, or NULL where the line does not. */
static const char *closing_quote(const char *text, const char *end)
{
	for (const char *at = text + 1; at < end; at++) {
		if (*at == *text)
			return at;
		at += *at == '\\' && *text == '"';
	}
	return NULL;
}

/* Returns the end of a shell's word at value where a comment follows, else end. */
static const char *before_comment(const char *value, const char *end)
{
	bool quoted = value < end && (*value == '"' || *value == '\'');
	const char *quote = quoted ? closing_quote(value, end) : NULL, *at = value;

	if (quoted && !quote)
		return end;
	if (quoted)
		at = quote + 1;
	else
		while (at < end && !isspace((unsigned char)*at))
			at++;
	const char *rest = skip_space(at, end);
	return rest > at && rest < end && *rest == '#' ? at : end;
}

/* Leaves the quotes, white space and a comment around a value out. */
static const char *unquote(const char *value, const char *end, size_t *ret_length)
{
	end = before_comment(value, end);
	while (end > value && isspace((unsigned char)end[-1]))
		end--;
	if (end - value >= 2 && (*value == '"' || *value == '\'') && end[-1] == *value) {
		value++;
		end--;
	}
	*ret_length = (size_t)(end - value);
	return value;
}

const char *boot_config_grub_value(const char *line, size_t length, size_t *ret_length)
{
	for (size_t i = 0; i < VARIABLE_COMMAND_LINE_COUNT; i++) {
		const char *value = value_of(line, line + length, variables[i]);
		if (value)
			return unquote(value, line + length, ret_length);
	}
	return NULL;
}

bool boot_config_grub_keeps(const char *line, size_t length)
{
	static const char saved[] = "saved";
	const char *value = value_of(line, line + length, variables[VARIABLE_DEFAULT]);
	size_t size = 0;

	if (value)
		value = unquote(value, line + length, &size);
	return (size == sizeof(saved) - 1 && memcmp(value, saved, size) == 0) ||
	       value_of(line, line + length, variables[VARIABLE_BLS]);
}

/* Returns the end of a name of the shell's. */
static const char *skip_name(const char *name, const char *end)
{
	while (name < end && (isalnum((unsigned char)*name) || *name == '_'))
		name++;
	return name;
}

/* Returns whether a value has "$VARIABLE" or "${VARIABLE". */
static bool refers_to(const char *value, const char *end, const char *variable)
{
	size_t length = strlen(variable);

	for (const char *at = value; at < end; at++) {
		const char *name = at + 1 + (at + 1 < end && at[1] == '{');
		if (*at == '$' && (size_t)(skip_name(name, end) - name) == length &&
		    memcmp(name, variable, length) == 0)
			return true;
	}
	return false;
}

/* A value that names its own variable, and "+=", add to what was there. */
static bool adds(const char *line, const char *value, const char *end, const char *variable)
{
	const char *equals = memchr(line, '=', (size_t)(value - line));

	return (equals && equals[-1] == '+') ||
	       refers_to(value, before_comment(value, end), variable);
}

/*
 * Returns the name of a variable in a value whose words the settings alone do not tell: one of the
 * shell's, a command, or the variable itself where its value goes on in the next line. NULL: all
 * words are there.
 */
static const char *find_open(struct arena *arena, const char *raw, const char *end,
			     const char *variable)
{
	static const char own[] = "GRUB_CMDLINE_LINUX";

	if (raw < end && (*raw == '"' || *raw == '\'') && !closing_quote(raw, end))
		return variable;
	for (const char *at = raw; at < end && *raw != '\''; at++) {
		if (*at != '$' && *at != '`')
			continue;
		const char *name = at + 1 + (at + 1 < end && at[1] == '{');
		const char *stop = skip_name(name, end);
		if ((size_t)(stop - name) < sizeof(own) - 1 ||
		    memcmp(name, own, sizeof(own) - 1) != 0)
			return stop > name && *at == '$'
				       ? arena_copy(arena, name, (size_t)(stop - name))
				       : "(command)";
	}
	return NULL;
}

/* What the settings of GRUB come to, line by line. */
struct settings {
	struct arena *arena;
	struct buffer command_lines[VARIABLE_COMMAND_LINE_COUNT];
	bool is_set[VARIABLE_COMMAND_LINE_COUNT]; /* by a value that does not add */
	const char *values[VARIABLE_COUNT];       /* of the other variables */
	const char *open;
};

static void apply_line(struct settings *settings, const char *line, size_t length)
{
	struct arena *arena = settings->arena;

	for (size_t i = 0; i < VARIABLE_COUNT; i++) {
		const char *raw = value_of(line, line + length, variables[i]);
		size_t size;
		if (!raw)
			continue;
		const char *value = unquote(raw, line + length, &size);
		if (i >= VARIABLE_COMMAND_LINE_COUNT) {
			settings->values[i] = arena_copy(arena, value, size);
			continue;
		}
		if (!adds(line, raw, line + length, variables[i])) {
			settings->command_lines[i].length = 0;
			settings->is_set[i] = true;
		}
		const char *open =
			find_open(arena, raw, before_comment(raw, line + length), variables[i]);
		if (open)
			settings->open = open;
		buffer_add(&settings->command_lines[i], " ", 1);
		buffer_add(&settings->command_lines[i], value, size);
	}
}

static void apply_text(struct settings *settings, const struct fact_text *text)
{
	struct fact_line line;
	size_t offset = 0;

	while (fact_next_line(text, &offset, &line))
		apply_line(settings, line.text, line.length);
}

/* Says whether the text has a line that begins with "GRUB_CMDLINE_LINUX=". */
static struct fact find_grub_line(struct arena *arena, const struct fact_text *text)
{
	struct fact fact = text->fact;

	if (fact_known(&fact) && !strstr(arena_printf(arena, "\n%s", text->text),
					 arena_printf(arena, "\n%s=", variables[VARIABLE_LINUX])))
		fact.state = FACT_ABSENT;
	return fact;
}

static enum grub_form form_of(const char *value, const char *end)
{
	bool quoted = value < end && (*value == '"' || *value == '\'');
	const char *quote = quoted ? closing_quote(value, end) : NULL;

	if (quoted && !quote)
		return GRUB_ODD;
	if (quoted) {
		const char *rest = skip_space(quote + 1, end);
		return rest == end || (rest > quote + 1 && *rest == '#') ? GRUB_QUOTED : GRUB_ODD;
	}
	while (value < end && !isspace((unsigned char)*value) && !strchr("\"'\\", *value))
		value++;
	return skip_space(value, end) == end ? GRUB_BARE : GRUB_ODD;
}

static struct grub_value find_value(const struct fact_text *text, const char *variable,
				    struct buffer *comments)
{
	struct grub_value found = {.form = GRUB_QUOTED};
	struct fact_line line;
	size_t offset = 0;

	while (fact_known(&text->fact) && fact_next_line(text, &offset, &line)) {
		const char *end = line.text + line.length;
		const char *raw = value_of(line.text, end, variable);
		if (!raw)
			continue;
		enum grub_form form = form_of(raw, end);
		const char *behind = before_comment(raw, end);
		if (form > found.form)
			found.form = form;
		found.lines++;
		found.adds = raw[-2] == '+';
		buffer_add_line(comments, behind, (size_t)(end - behind));
	}
	return found;
}

static size_t count_words(struct arena *arena, const char *words)
{
	struct fact_text text = {.fact.state = FACT_KNOWN, .text = words, .length = strlen(words)};
	struct cmdline cmdline = {0};

	if (text.length)
		cmdline_parse(arena, &text, &cmdline);
	return cmdline.count;
}

/* Splits the words that were applied so far, and says where those of the second line begin. */
static void split_words(const struct settings *settings, const struct fact *fact,
			struct cmdline *ret, size_t *ret_first_default)
{
	const char *first = buffer_text(&settings->command_lines[VARIABLE_LINUX]);
	const char *words =
		arena_printf(settings->arena, "%s%s\n", first,
			     buffer_text(&settings->command_lines[VARIABLE_LINUX_DEFAULT]));
	struct fact_text line = {.fact = *fact, .text = words, .length = strlen(words)};

	if (fact_known(fact) && line.length > LIMIT_CMDLINE) {
		line.fact.state = FACT_MALFORMED;
		line.fact.error = EFBIG;
	}
	cmdline_parse(settings->arena, &line, ret);
	*ret_first_default = count_words(settings->arena, first);
}

static bool is_indented(const struct fact_text *text)
{
	struct fact_line line;
	size_t offset = 0;

	while (fact_known(&text->fact) && fact_next_line(text, &offset, &line)) {
		size_t length;
		if (*line.text != *variables[VARIABLE_LINUX] &&
		    boot_config_grub_value(line.text, line.length, &length))
			return true;
	}
	return false;
}

static struct settings no_settings(struct arena *arena)
{
	return (struct settings){
		.arena = arena,
		.command_lines = {[VARIABLE_LINUX] = {.arena = arena},
				  [VARIABLE_LINUX_DEFAULT] = {.arena = arena}},
	};
}

/* Appends a file to those of GRUB's settings, and applies its lines to them all. */
static void add_grub_file(struct settings *all, const struct fact_text *text, const char *path,
			  struct boot_config *config)
{
	struct settings own = no_settings(all->arena);
	struct buffer comments = {.arena = all->arena};
	size_t index = config->grub_file_count++;
	struct grub_file *file = &config->grub_files[index];

	file->path = path;
	file->line = find_grub_line(all->arena, text);
	file->value = find_value(text, variables[VARIABLE_LINUX], &comments);
	file->default_value = find_value(text, variables[VARIABLE_LINUX_DEFAULT], &comments);
	file->comments = buffer_text(&comments);
	file->is_indented = is_indented(text);
	file->is_unended = fact_text_is_unended(text);
	if (fact_known(&text->fact)) {
		apply_text(&own, text);
		apply_text(all, text);
	}
	split_words(&own, &text->fact, &file->words, &file->first_default);
	if (own.is_set[VARIABLE_LINUX])
		config->grub_base = index;
	if (own.is_set[VARIABLE_LINUX_DEFAULT])
		config->grub_default_base = index;
}

/* Where distributions have grub-mkconfig: it is a shell script. */
static const char *const mkconfigs[] = {
	"/usr/sbin/grub-mkconfig",
	"/usr/sbin/grub2-mkconfig",
	"/usr/bin/grub-mkconfig",
};

bool boot_config_covers_script(const char *path)
{
	for (size_t i = 0; i < ARRAY_LENGTH(mkconfigs); i++) {
		if (strcmp(path, mkconfigs[i]) == 0)
			return true;
	}
	return false;
}

static bool has_text(const char *line, size_t length, const char *text)
{
	return memmem(line, length, text, strlen(text));
}

bool boot_config_wants_of_script(const char *line, size_t length)
{
	return has_text(line, length, "default/grub");
}

/* Debian's grub-mkconfig sources the folder (default-grub-d.patch), and so do those of GRUB and
 * distributions that took that over; those of Fedora and RHEL do not. The script says which it is.
 */
static bool reads_folder(struct root *root, struct arena *arena)
{
	bool tells = false;

	for (size_t i = 0; i < ARRAY_LENGTH(mkconfigs); i++) {
		struct fact_text text = root_read(root, arena, mkconfigs[i], LIMIT_ATTRIBUTE);
		if (!fact_known(&text.fact))
			continue;
		if (has_text(text.text, text.length, "default/grub.d"))
			return true;
		tells |= has_text(text.text, text.length, "default/grub");
	}
	return !tells;
}

static void load_grub(struct root *root, struct arena *arena, struct boot_config *ret)
{
	struct settings settings = no_settings(arena);
	struct fact_text text = root_read(root, arena, DEFAULTS, LIMIT_ATTRIBUTE);
	struct fact_list list = root_list(root, arena, DEFAULTS_FOLDER);
	struct fact fact = text.fact;

	ret->grub_files = arena_array(arena, list.count + 1, sizeof(*ret->grub_files));
	if (!ret->grub_files)
		return;
	add_grub_file(&settings, &text, DEFAULTS, ret);
	if (list.count && !reads_folder(root, arena))
		list.count = 0;
	for (size_t i = 0; i < list.count; i++) {
		if (!has_suffix(list.names[i], ".cfg"))
			continue;
		const char *path = arena_printf(arena, DEFAULTS_FOLDER "/%s", list.names[i]);
		text = root_read(root, arena, path, LIMIT_ATTRIBUTE);
		add_grub_file(&settings, &text, path, ret);
		if (fact_known(&fact) && !fact_known(&text.fact))
			fact = text.fact;
	}
	if (fact_known(&fact))
		fact.source = ret->grub_files[ret->grub_base].path;
	split_words(&settings, &fact, &ret->grub, &ret->grub_first_default);
	ret->grub_open = settings.open;
	ret->grub_default = settings.values[VARIABLE_DEFAULT];
	ret->grub_bls = settings.values[VARIABLE_BLS];
}

/* Returns whether a file's own words of one variable have the parameter. */
static bool has_own(const struct grub_file *file, bool is_default,
		    const struct cmdline_parameter *parameter)
{
	size_t from = is_default ? file->first_default : 0;
	size_t end = is_default ? file->words.count : file->first_default;

	for (size_t i = from; i < end; i++) {
		if (cmdline_same_parameter(&file->words.parameters[i], parameter))
			return true;
	}
	return false;
}

const char *boot_config_grub_place(const struct boot_config *config, struct arena *arena,
				   const struct cmdline_parameter *parameter)
{
	bool is_default =
		(size_t)(parameter - config->grub.parameters) >= config->grub_first_default;
	size_t base = is_default ? config->grub_default_base : config->grub_base;
	const char *path = config->grub.fact.source;

	for (size_t i = base; i < config->grub_file_count; i++) {
		if (has_own(&config->grub_files[i], is_default, parameter))
			path = config->grub_files[i].path;
	}
	return arena_printf(arena, "%s of %s",
			    variables[is_default ? VARIABLE_LINUX_DEFAULT : VARIABLE_LINUX], path);
}

struct fact_text boot_config_kernel_words(struct arena *arena, const struct fact_text *text)
{
	struct fact_text words = *text;
	struct buffer kept = {.arena = arena};
	struct fact_line line;
	size_t offset = 0;

	if (!fact_known(&text->fact) || !memchr(text->text, '#', text->length))
		return words;
	while (fact_next_line(text, &offset, &line)) {
		if (*skip_space(line.text, line.text + line.length) != '#')
			buffer_add_line(&kept, line.text, line.length);
	}
	fact_text_copy(&words, arena, buffer_text(&kept), kept.length);
	return words;
}

/* Counts the words of the first line that has some. */
static size_t count_first(struct arena *arena, const struct fact_text *words)
{
	struct fact_line line;
	size_t offset = 0, count = 0;

	while (!count && fact_known(&words->fact) && fact_next_line(words, &offset, &line))
		count = count_words(arena, arena_copy(arena, line.text, line.length));
	return count;
}

void boot_config_load(struct root *root, struct arena *arena, struct boot_config *ret)
{
	struct fact_text text = root_read(root, arena, "/etc/kernel/cmdline", LIMIT_CMDLINE);
	struct fact_text kernel = boot_config_kernel_words(arena, &text);

	load_grub(root, arena, ret);
	cmdline_parse(arena, &kernel, &ret->kernel);
	ret->kernel_first = count_first(arena, &kernel);
	boot_entries_load(root, arena, &ret->entries);
}
