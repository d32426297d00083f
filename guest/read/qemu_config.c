/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "guest/read/qemu_command.h"
#include "guest/read/readers.h"
#include "host/base/affix.h"
#include "host/base/array.h"

enum { MOST_GROUP = 32 };

/* One '[GROUP "ID"]' with its lines 'KEY = "VALUE"' (qemu_config_foreach() of QEMU), in the form
 * that its option has on the command line. */
struct section {
	char group[MOST_GROUP];
	unsigned line;
	char *text; /* "id=ID,KEY=VALUE,…", commas doubled */
	char *end;
	bool has_driver;
	bool has_source; /* names something of the host */
};

/* A section is closed where the next begins. */
struct config {
	struct qemu_command command;
	struct section section;
	bool overrides;
};

static void write_value(struct section *section, const char *value, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		*section->end++ = value[i];
		if (value[i] == ',')
			*section->end++ = ',';
	}
	*section->end++ = ',';
}

static void write_pair(struct section *section, const char *key, size_t key_length,
		       const char *value, size_t length)
{
	memcpy(section->end, key, key_length);
	section->end += key_length;
	*section->end++ = '=';
	write_value(section, value, length);
}

static void close_section(struct config *config)
{
	struct section *section = &config->section;
	bool own =
		section->has_driver || section->has_source || strcmp(section->group, "device") != 0;

	if (section->end > section->text && (own || !config->overrides)) {
		section->end[-1] = '\0';
		if (qemu_command_knows(section->group))
			qemu_command_take(&config->command, section->group, section->text,
					  section->line);
	}
	section->text = section->end;
	section->has_driver = section->has_source = false;
	section->group[0] = '\0';
}

/* Returns what stands in quotes in the first bytes of a text; *ret_length is 0 where nothing does.
 */
static const char *quoted(const char *text, size_t length, size_t *ret_length)
{
	const char *start = memchr(text, '"', length);
	const char *end =
		start ? memchr(start + 1, '"', length - (size_t)(start + 1 - text)) : NULL;

	*ret_length = end ? (size_t)(end - start - 1) : 0;
	return end ? start + 1 : text;
}

static void open_section(struct config *config, const char *line, size_t length, unsigned number)
{
	struct section *section = &config->section;
	size_t group = strcspn(line + 1, " ]\n"), id_length;
	const char *id = quoted(line, length, &id_length);

	close_section(config);
	section->line = number;
	if (group >= MOST_GROUP)
		return;
	memcpy(section->group, line + 1, group);
	section->group[group] = '\0';
	if (id_length)
		write_pair(section, "id", 2, id, id_length);
}

static bool key_is(const char *key, size_t length, const char *word)
{
	return strlen(word) == length && strncmp(key, word, length) == 0;
}

static void take_line(struct config *config, const char *line, size_t length, unsigned number)
{
	struct section *section = &config->section;
	size_t space = strspn(line, " \t"), value_length;

	if (space >= length || line[space] == '#')
		return;
	line += space;
	length -= space;
	if (*line == '[') {
		open_section(config, line, length, number);
		return;
	}
	size_t key = strcspn(line, " \t=\n");
	const char *equals = memchr(line, '=', length);
	if (!section->group[0] || !equals || !key)
		return;
	const char *value = quoted(equals, length - (size_t)(equals - line), &value_length);
	section->has_driver |= key_is(line, key, "driver");
	section->has_source |= key_is(line, key, "host") || key_is(line, key, "sysfsdev");
	write_pair(section, line, key, value, value_length);
}

/* Groups that this reads, and that no section of a snapshot of Proxmox VE has. */
bool qemu_config_is(const char *text)
{
	static const char *const groups[] = {"[device \"", "[drive \"", "[machine]\n"};

	for (const char *line = text; line; line = next_line(line)) {
		for (size_t i = 0; i < ARRAY_LENGTH(groups); i++) {
			if (begins_with(line, groups[i]))
				return true;
		}
	}
	return false;
}

void qemu_config_add(struct device_list *list, const char *text, unsigned line, bool overrides)
{
	struct config config = {.command = {.list = list}, .overrides = overrides};

	/* What a line becomes is at most twice as long, and its end. */
	config.section.text = arena_alloc(list->arena, 2 * strlen(text) + sizeof("id=,"));
	config.section.end = config.section.text;
	if (!config.section.text)
		return;
	for (; text && !list->error; text = next_line(text), line++)
		take_line(&config, text, strcspn(text, "\n"), line);
	close_section(&config);
}

void qemu_config_read(struct guest_list *guests, const char *text)
{
	struct domain domain = {.name = "guest", .other_stack = true, .memory = QEMU_USUAL_MEMORY};
	struct device_list list = {.arena = guests->arena, .domain = &domain};

	qemu_config_add(&list, text, 1, false);
	guest_list_add_domain(guests, DOMAIN_DOCUMENT_DOMAIN, &list);
}
