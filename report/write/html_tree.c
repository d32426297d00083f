/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/html_tree.h"

static void write_items(const struct html_tree *tree, size_t parent, size_t depth);

static void write_item(const struct html_tree *tree, size_t item, size_t depth)
{
	if (!tree->begin(tree->context, item))
		return;
	if (tree->children->first[item] != NO_CHILD && depth < tree->most_depth) {
		html_start(tree->html, "ul", NULL);
		write_items(tree, item, depth + 1);
		html_end(tree->html);
	}
	html_end(tree->html);
	html_newline(tree->html);
}

static void write_items(const struct html_tree *tree, size_t parent, size_t depth)
{
	for (size_t i = tree->children->first[parent]; i != NO_CHILD; i = tree->children->next[i])
		write_item(tree, i, depth);
}

void html_tree_item(const struct html_tree *tree, size_t item)
{
	write_item(tree, item, 0);
}

void html_tree_items(const struct html_tree *tree, size_t parent)
{
	write_items(tree, parent, 0);
}
