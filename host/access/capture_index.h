/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_ACCESS_CAPTURE_INDEX_H
#define PASSCHECK_HOST_ACCESS_CAPTURE_INDEX_H

#include "host/access/fact.h"
#include "host/base/arena.h"

/* Where a capture keeps its index, as a path of the captured host. */
#define CAPTURE_INDEX_PATH "/.passcheck/capture.json"

enum { CAPTURE_INDEX_VERSION = 1 };

/*
 * What a capture says of the look-ups that left no file behind: which paths were absent, which
 * could not be read and why, what directories held, and of what kind device nodes were. A path
 * that neither stands here nor lies in the tree was not captured.
 */
struct capture_index;

/*
 * Parses the bytes of an index. Returns 0 and the index, allocated from arena; -EBADMSG where it is
 * no index of a version that we know; -ENOMEM.
 */
int capture_index_parse(struct arena *arena, const char *bytes, size_t length,
			struct capture_index **ret);

/* Returns an empty index to be filled, or NULL when memory is short. */
struct capture_index *capture_index_new(struct arena *arena);

/* Each notes one look-up. Strings and names are copied; short memory marks the arena. */
void capture_index_add_absent(struct capture_index *index, const char *path);
void capture_index_add_unreadable(struct capture_index *index, const char *path, int error);
void capture_index_add_list(struct capture_index *index, const struct fact_list *list);
void capture_index_add_node(struct capture_index *index, const struct fact_node *node);

/* Returns the index as JSON in memory that the caller frees with free(), or NULL. */
char *capture_index_print(struct capture_index *index, const char *tool_version, bool identity);

/*
 * Returns what the index says of path: absent, or unreadable with its errno; not captured where it
 * says nothing, and the tree decides.
 */
struct fact capture_index_find(const struct capture_index *index, const char *path);

/* Returns the names captured of a directory, not captured where it was not listed. */
struct fact_list capture_index_list(const struct capture_index *index, const char *path);

/* Returns the kind of a node, not captured where it was not looked at. */
struct fact_node capture_index_node(const struct capture_index *index, const char *path);

#endif
