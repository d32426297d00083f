/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_CAPTURE_TREE_WRITER_H
#define PASSCHECK_HOST_CAPTURE_TREE_WRITER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes a tree of files and links: into a tar archive where its path ends in ".tar", ".tar.gz",
 * ".tgz", ".tar.zst" or ".tar.xz", as a tar to standard output where it is "-", into a new folder
 * otherwise. It is written under a temporary name and gets its own when it is whole; on standard
 * output a tar that failed lacks its end, by which its readers know it.
 *
 * Each function returns 0 or a negative errno.
 */
struct tree_writer;

/* Returns whether path stands for standard output. */
bool tree_writer_is_standard_output(const char *path);

/* Returns whether path names an archive in a file. */
bool tree_writer_makes_archive(const char *path);

int tree_writer_open(const char *path, struct tree_writer **ret);

/* path is absolute in the tree. */
int tree_writer_add_file(struct tree_writer *writer, const char *path, const char *bytes,
			 size_t length);
int tree_writer_add_link(struct tree_writer *writer, const char *path, const char *target);

/*
 * Ends the tree and frees the writer. With result 0 the tree gets its name: -EEXIST where that is a
 * folder with something in it, or a file where a folder was to be. With another result, or on
 * failure, it is removed and the result returned.
 */
int tree_writer_finish(struct tree_writer *writer, int result);

#endif
