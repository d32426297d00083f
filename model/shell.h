/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_SHELL_H
#define PASSCHECK_MODEL_SHELL_H

#include <stdbool.h>

#include "host/access/arena.h"

/* Return whether text can stand between single quotes of a POSIX shell, and path without any. */
bool shell_takes(const char *text);
bool shell_takes_path(const char *path);

/* Escapes what a basic regular expression and the delimiter of sed's s command take otherwise. */
const char *shell_sed_quote(struct arena *arena, const char *text);

#endif
