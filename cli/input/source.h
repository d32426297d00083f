/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_INPUT_SOURCE_H
#define PASSCHECK_CLI_INPUT_SOURCE_H

#include "host/access/root.h"

struct stored_tree;

/* What --root names: a folder, or an archive. */
struct source {
	struct root *root;
	struct stored_tree *archive; /* NULL: root is a folder */
};

/* Opens path. Returns 0, or a negative errno after complaining. */
int source_open(const char *path, struct source *ret);
void source_close(struct source *source);

#endif
