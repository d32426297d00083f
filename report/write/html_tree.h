/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_HTML_TREE_H
#define PASSCHECK_REPORT_WRITE_HTML_TREE_H

#include "report/children.h"
#include "report/write/html.h"

/* A tree on its way onto a page: lists within lists. */
struct html_tree {
	struct html *html;
	const struct children *children;
	size_t most_depth; /* what is deeper is not written */
	/* Begins the <li> of an item; false: it is left out, with what is below it. */
	bool (*begin)(void *context, size_t item);
	void *context;
};

/* Writes an item with all that is below it. */
void html_tree_item(const struct html_tree *tree, size_t item);

/* Writes the items of parent, each with all that is below it. */
void html_tree_items(const struct html_tree *tree, size_t parent);

#endif
