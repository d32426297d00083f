/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot_config.h"

#include <ctype.h>
#include <string.h>

#define DEFAULTS        "/etc/default/grub"
#define DEFAULTS_FOLDER "/etc/default/grub.d"

/* Of GRUB's settings. The command lines come first. */
enum variable {
	VARIABLE_LINUX,
	VARIABLE_LINUX_DEFAULT,
	VARIABLE_COMMAND_LINES,
	VARIABLE_DEFAULT = VARIABLE_COMMAND_LINES,
	VARIABLE_BLS,
	VARIABLE_COUNT,
};

static const char *const variables[VARIABLE_COUNT] = {
	[VARIABLE_LINUX] = "GRUB_CMDLINE_LINUX",
	[VARIABLE_LINUX_DEFAULT] = "GRUB_CMDLINE_LINUX_DEFAULT",
	[VARIABLE_DEFAULT] = "GRUB_DEFAULT",
	[VARIABLE_BLS] = "GRUB_ENABLE_BLSCFG",
};

static bool is_settings_name(const char *name)
{
	size_t length = strlen(name);

	return length > 4 && strcmp(name + length - 4, ".cfg") == 0;
}

bool boot_config_covers(const char *path)
{
	static const char folder[] = DEFAULTS_FOLDER "/";

	return strcmp(path, DEFAULTS) == 0 || (strncmp(path, folder, sizeof(folder) - 1) == 0 &&
					       is_settings_name(path + sizeof(folder) - 1));
}

/* Returns what follows "VARIABLE=" or "VARIABLE+=", or NULL; end is that of the line. */
static const char *value_of(const char *line, const char *end, const char *variable)
{
	size_t length = strlen(variable);

	while (line < end && isspace((unsigned char)*line))
		line++;
	if ((size_t)(end - line) <= length || memcmp(line, variable, length) != 0)
		return NULL;
	line += length;
	if (*line == '+' && end - line > 1)
		line++;
	return *line == '=' ? line + 1 : NULL;
}

/* Leaves the quotes and white space around a value out. */
static const char *unquote(const char *value, const char *end, size_t *ret_length)
{
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
	for (size_t i = 0; i < VARIABLE_COMMAND_LINES; i++) {
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

/* A value that names its own variable, and "+=", add to what was there. */
static bool adds(const char *line, const char *value, size_t length, const char *variable)
{
	const char *equals = memchr(line, '=', (size_t)(value - line));

	return (equals && equals[-1] == '+') ||
	       memmem(value, length, variable, strlen(variable)) != NULL;
}

static void apply_line(struct arena *arena, const char *line, size_t length,
		       const char *values[VARIABLE_COUNT])
{
	for (size_t i = 0; i < VARIABLE_COUNT; i++) {
		const char *raw = value_of(line, line + length, variables[i]);
		size_t size;
		if (!raw)
			continue;
		const char *value = unquote(raw, line + length, &size);
		if (i >= VARIABLE_COMMAND_LINES) {
			values[i] = arena_copy(arena, value, size);
			continue;
		}
		bool added = adds(line, raw, (size_t)(line + length - raw), variables[i]);
		values[i] =
			arena_printf(arena, "%s %.*s", added ? values[i] : "", (int)size, value);
	}
}

static void apply_text(struct arena *arena, const struct fact_text *text,
		       const char *values[VARIABLE_COUNT])
{
	const char *line = text->text, *end = text->text + text->length;

	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t length = (size_t)((newline ? newline : end) - line);

		apply_line(arena, line, length, values);
		line += length + 1;
	}
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

static void load_grub(struct root *root, struct arena *arena, struct boot_config *ret)
{
	const char *values[VARIABLE_COUNT] = {[VARIABLE_LINUX] = "", [VARIABLE_LINUX_DEFAULT] = ""};
	struct fact_text text = root_read(root, arena, DEFAULTS, LIMIT_ATTRIBUTE);
	struct fact_list list = root_list(root, arena, DEFAULTS_FOLDER);
	struct fact fact = text.fact;

	ret->grub_line = find_grub_line(arena, &text);
	if (fact_known(&text.fact))
		apply_text(arena, &text, values);
	for (size_t i = 0; i < list.count; i++) {
		if (!is_settings_name(list.names[i]))
			continue;
		text = root_read(root, arena,
				 arena_printf(arena, DEFAULTS_FOLDER "/%s", list.names[i]),
				 LIMIT_ATTRIBUTE);
		if (fact_known(&text.fact))
			apply_text(arena, &text, values);
		else if (fact_known(&fact))
			fact = text.fact;
	}
	const char *words = arena_printf(arena, "%s%s\n", values[VARIABLE_LINUX],
					 values[VARIABLE_LINUX_DEFAULT]);
	struct fact_text line = {.fact = fact, .text = words, .length = strlen(words)};
	cmdline_parse(arena, &line, &ret->grub);
	ret->grub_default = values[VARIABLE_DEFAULT];
	ret->grub_bls = values[VARIABLE_BLS];
}

void boot_config_load(struct root *root, struct arena *arena, struct boot_config *ret)
{
	struct fact_text kernel = root_read(root, arena, "/etc/kernel/cmdline", LIMIT_ATTRIBUTE);

	load_grub(root, arena, ret);
	cmdline_parse(arena, &kernel, &ret->kernel);
	boot_entries_load(root, arena, &ret->entries);
}
