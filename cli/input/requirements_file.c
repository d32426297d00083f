/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/input/requirements_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diagnostic.h"
#include "cli/input/file.h"

/* More is no list of requirements. */
enum { LIMIT_REQUIREMENTS_FILE = 1024 * 1024 };

static enum exit_code complain_of(const char *what, int error)
{
	complain("%s: %s", what, strerror(-error));
	return EXIT_FAILED;
}

enum exit_code requirements_add_word(struct arena *arena, const char *word,
				     struct requirement_list *list)
{
	const char *why = "";
	int result = requirements_add(arena, word, list, &why);

	if (result == -EINVAL) {
		complain("--require %s: %s", word, why);
		return EXIT_USAGE;
	}
	return result < 0 ? complain_of("--require", result) : EXIT_READY;
}

enum exit_code requirements_add_file(struct arena *arena, const char *path,
				     struct requirement_list *list)
{
	const char *why = "";
	char *bytes = NULL;
	size_t length = 0;
	int result = file_read_whole(path, LIMIT_REQUIREMENTS_FILE, &bytes, &length);

	if (result == 0) {
		result = requirements_add_document(arena, bytes, length, list, &why);
		free(bytes);
	}
	if (result == -EINVAL && *why) {
		complain("--requirements %s: %s", path, why);
		return EXIT_USAGE;
	}
	return result < 0 ? complain_of(path, result) : EXIT_READY;
}
