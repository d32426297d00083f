/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/shell.h"

#include <ctype.h>
#include <string.h>

bool shell_takes(const char *text)
{
	return !strpbrk(text, "'\n");
}

bool shell_takes_path(const char *path)
{
	for (; *path; path++) {
		if (!isalnum((unsigned char)*path) && !strchr("/._-+@:", *path))
			return false;
	}
	return true;
}

const char *shell_sed_quote(struct arena *arena, const char *text)
{
	char *quoted = arena_alloc(arena, 2 * strlen(text) + 1), *out = quoted;

	if (!quoted)
		return "";
	for (; *text; text++) {
		if (strchr("/.*[]^$\\&", *text))
			*out++ = '\\';
		*out++ = *text;
	}
	return quoted;
}
