/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_BASE_AFFIX_H
#define PASSCHECK_HOST_BASE_AFFIX_H

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Returns whether text begins with prefix, which may be all of it. */
static inline bool begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Returns whether text ends with suffix, which may be all of it. */
static inline bool ends_with(const char *text, const char *suffix)
{
	size_t length = strlen(text), size = strlen(suffix);

	return length >= size && strcmp(text + length - size, suffix) == 0;
}

/* Returns whether name is of a file: what is in front of suffix is not empty. */
static inline bool has_suffix(const char *name, const char *suffix)
{
	return strlen(name) > strlen(suffix) && ends_with(name, suffix);
}

/* Returns whether text begins as form says, in which an x stands for any hexadecimal digit. */
static inline bool begins_with_form(const char *text, const char *form)
{
	size_t i = 0;

	while (form[i] && (form[i] == 'x' ? isxdigit((unsigned char)text[i]) : text[i] == form[i]))
		i++;
	return !form[i];
}

/* Returns whether path lies below folder, which has no slash at its end. */
static inline bool lies_below(const char *path, const char *folder)
{
	return begins_with(path, folder) && path[strlen(folder)] == '/';
}

/* Returns what stands behind the last slash of path, or all of it: the name of a driver or a device
 * by its folder. */
static inline const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Returns what stands behind key in the first part that begins with it of a list with commas
 * between its parts, "rw,addr=10.0.0.1", and its length; NULL where none does. */
static inline const char *value_in_list(const char *list, const char *key, size_t *ret_length)
{
	while (!begins_with(list, key)) {
		list += strcspn(list, ",");
		if (!*list++)
			return NULL;
	}
	*ret_length = strcspn(list + strlen(key), ",");
	return list + strlen(key);
}

#endif
