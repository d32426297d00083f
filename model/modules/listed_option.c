/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/modules/listed_option.h"

#include <string.h>

#define LIST   "/etc/initramfs-tools/modules"
#define BLANKS " \t"

bool listed_option_loads(const struct module_list_line *line, const char *module)
{
	size_t length = strcspn(line->text, BLANKS), i = 0;

	if (strcmp(line->source, LIST) != 0 || length != strlen(module))
		return false;
	while (i < length &&
	       (line->text[i] == module[i] || (line->text[i] == '-' && module[i] == '_')))
		i++;
	return i == length;
}

struct listed_option listed_option_of(struct arena *arena, const struct module_list_line *line,
				      const char *module, const char *name)
{
	struct listed_option option = {.line = NULL};
	const char *at = line->text;
	size_t size = strlen(name);

	if (!listed_option_loads(line, module))
		return option;
	/* Of an option that stands there twice the last counts. */
	while (*(at += strcspn(at, BLANKS))) {
		at += strspn(at, BLANKS);
		if (strncmp(at, name, size) != 0 || at[size] != '=')
			continue;
		option.line = line;
		option.word = arena_copy(arena, at, strcspn(at, BLANKS));
		option.value = option.word + size + 1;
	}
	return option;
}

struct listed_option listed_option_find(const struct host *host, struct arena *arena,
					const char *module, const char *name)
{
	const struct module_lists *lists = &host->module_lists;

	if (initramfs_tool_of(&host->boot_tools) != INITRAMFS_TOOLS ||
	    modules_built_in(&host->modules, module))
		return (struct listed_option){.line = NULL};
	for (size_t i = 0; i < lists->count; i++) {
		if (listed_option_loads(&lists->lines[i], module))
			return listed_option_of(arena, &lists->lines[i], module, name);
	}
	return (struct listed_option){.line = NULL};
}
