/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_SUPPORT_TREE_H
#define PASSCHECK_TESTS_SUPPORT_TREE_H

#include "host/host.h"

/* A host made of files in a temporary folder, and an arena to read it into. */
struct tree {
	char path[80]; /* short enough for a socket below it */
	struct root *root;
	struct arena *arena;
	struct host *host; /* NULL, or what tree_host() read */
};

/* For cmocka: makes a tree that has /proc and /sys, and removes it. */
int tree_setup(void **state);
int tree_teardown(void **state);

/* Each makes the folders above path, which is absolute in the tree. */
void tree_directory(const struct tree *tree, const char *path);
void tree_file(const struct tree *tree, const char *path, const char *text);
void tree_bytes(const struct tree *tree, const char *path, const void *bytes, size_t length);
void tree_link(const struct tree *tree, const char *path, const char *target);

/* Returns where path lies outside of the tree, in memory of its arena. */
const char *tree_outside(const struct tree *tree, const char *path);

/* Opens the tree as a root, once it is complete; it is closed with the tree. */
struct root *tree_open(struct tree *tree);

/* Fails for a file that is read and that no rule of host/capture/redact.c has. */
extern const struct root_observer tree_observer;

/* Opens the tree and reads it as an audit reads a live host; it is freed with the tree. */
struct host *tree_host(struct tree *tree);

#endif
