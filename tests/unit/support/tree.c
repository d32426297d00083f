/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/capture/redact.h"
#include "tests/unit/support/cmocka.h"

int tree_setup(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	if (!tree || !(tree->arena = arena_new()))
		return -1;
	const char *folder = getenv("TMPDIR") ?: "/tmp";
	if (snprintf(tree->path, sizeof(tree->path), "%s/passcheck-tree.XXXXXX", folder) >=
	    (int)sizeof(tree->path))
		return -1;
	/* Tests read it as other users, too. */
	if (!mkdtemp(tree->path) || chmod(tree->path, 0755))
		return -1;
	tree_directory(tree, "/proc");
	tree_directory(tree, "/sys");
	*state = tree;
	return 0;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status, (void)type, (void)walk;
	return remove(path);
}

int tree_teardown(void **state)
{
	struct tree *tree = *state;

	host_free(tree->host);
	root_close(tree->root);
	arena_free(tree->arena);
	int result = nftw(tree->path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	free(tree);
	return result;
}

const char *tree_outside(const struct tree *tree, const char *path)
{
	return arena_printf(tree->arena, "%s%s", tree->path, path);
}

static void make_directories(const struct tree *tree, const char *path, size_t length)
{
	for (size_t end = 1; end <= length; end++) {
		if (path[end] != '/' && end != length)
			continue;
		const char *folder = arena_copy(tree->arena, path, end);
		if (mkdir(tree_outside(tree, folder), 0755))
			assert_int_equal(errno, EEXIST);
	}
}

void tree_directory(const struct tree *tree, const char *path)
{
	make_directories(tree, path, strlen(path));
}

static void make_parents(const struct tree *tree, const char *path)
{
	make_directories(tree, path, (size_t)(strrchr(path, '/') - path));
}

void tree_file(const struct tree *tree, const char *path, const char *text)
{
	tree_bytes(tree, path, text, strlen(text));
}

void tree_bytes(const struct tree *tree, const char *path, const void *bytes, size_t length)
{
	make_parents(tree, path);
	int fd = open(tree_outside(tree, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	close(fd);
}

void tree_link(const struct tree *tree, const char *path, const char *target)
{
	make_parents(tree, path);
	assert_int_equal(symlink(target, tree_outside(tree, path)), 0);
}

struct root *tree_open(struct tree *tree)
{
	assert_null(tree->root);
	assert_int_equal(root_open(tree->path, &tree->root), 0);
	return tree->root;
}

/* A reader of a new path is to say what a capture keeps of it. */
static void expect_rule(void *context, const struct fact_text *text)
{
	(void)context;
	if (!redact_knows(text->fact.source))
		fail_msg("no row of host/capture/redact.c says what is kept of %s",
			 text->fact.source);
}

static void ignore_text(void *context, const struct fact_text *target)
{
	(void)context, (void)target;
}

static void ignore_list(void *context, const struct fact_list *list)
{
	(void)context, (void)list;
}

static void ignore_node(void *context, const struct fact_node *node)
{
	(void)context, (void)node;
}

const struct root_observer tree_observer = {
	.read = expect_rule, .link = ignore_text, .list = ignore_list, .stat = ignore_node};

struct host *tree_host(struct tree *tree)
{
	static const struct host_options options;

	root_observe(tree_open(tree), &tree_observer);
	assert_int_equal(host_load(tree->root, &options, &tree->host), 0);
	root_observe(tree->root, NULL);
	tree->host->captured = false;
	return tree->host;
}
