/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_INPUT_REQUIREMENTS_FILE_H
#define PASSCHECK_CLI_INPUT_REQUIREMENTS_FILE_H

#include "cli/exit_code.h"
#include "report/audit/requirements.h"

/*
 * Append what --require and --requirements gave to list, in memory of arena. Return EXIT_READY; or,
 * after complaining, EXIT_USAGE where a requirement is wrong, and EXIT_FAILED where a file could
 * not be read.
 */
enum exit_code requirements_add_word(struct arena *arena, const char *word,
				     struct requirement_list *list);
enum exit_code requirements_add_file(struct arena *arena, const char *path,
				     struct requirement_list *list);

#endif
