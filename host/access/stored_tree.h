/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_ACCESS_STORED_TREE_H
#define PASSCHECK_HOST_ACCESS_STORED_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "host/access/fact.h"
#include "host/base/arena.h"

/*
 * A host's tree that is not laid out in a file system, as an archive holds it: its names and links
 * are in memory, and the bytes of all its files are in one file, one behind the other. Paths are
 * resolved as openat2(RESOLVE_IN_ROOT) does. Adding and finding take time linear in the path,
 * whatever the names are.
 */
struct stored_tree;

/* An entry of a tree, by number; those of a tree are 0, its top, and the ones behind. */
typedef uint32_t stored_entry;

enum { STORED_TOP = 0 };

/*
 * Makes an empty tree. content is an empty file, open for reading and writing, which the tree
 * closes, also where it fails. Returns 0 and the tree, to be freed with stored_tree_free(); or
 * -ENOMEM.
 */
int stored_tree_new(int content, struct stored_tree **ret);
void stored_tree_free(struct stored_tree *tree);

/* Returns how many entries were added, folders that were made for them counted. */
size_t stored_tree_count(const struct stored_tree *tree);

/*
 * Add an entry at a path below the top, with the folders above it. A folder may be added again.
 * Return 0, or -EEXIST, -ELOOP where the path leads through a link, -ENOTDIR through a file,
 * -EXDEV where it climbs, -EINVAL where it names no entry, -ENAMETOOLONG, -EFBIG, -ENOMEM.
 */
int stored_tree_add_folder(struct stored_tree *tree, const char *path);
int stored_tree_add_link(struct stored_tree *tree, const char *path, const char *target);
int stored_tree_add_file(struct stored_tree *tree, const char *path);

/* Writes length bytes at offset into the file that was added last. What lies between them and those
 * before is zeros. Returns 0 or a negative errno. */
int stored_tree_write(struct stored_tree *tree, const void *bytes, size_t length, uint64_t offset);

/* Lengthens the file that was added last to size bytes, with zeros. Returns 0 or -EFBIG. */
int stored_tree_lengthen(struct stored_tree *tree, uint64_t size);

/* Writes what waits in memory. Nothing is added any more. Returns 0 or a negative errno. */
int stored_tree_end(struct stored_tree *tree);

/*
 * Finds what a path from top on leads to; follow says whether a link at its end is followed. Links
 * and dots do not climb above top. Returns 0, or -ENOENT, -ENOTDIR, -ELOOP, -ENAMETOOLONG.
 */
int stored_tree_find(const struct stored_tree *tree, stored_entry top, const char *path,
		     bool follow, stored_entry *ret);

/* Returns the type of an entry: S_IFDIR, S_IFREG or S_IFLNK. */
mode_t stored_tree_type(const struct stored_tree *tree, stored_entry entry);

/* Returns the size of a file. */
uint64_t stored_tree_size(const struct stored_tree *tree, stored_entry file);

/* Returns where a link points to. It lives as long as the tree. */
const char *stored_tree_target(const struct stored_tree *tree, stored_entry link);

/* Reads at most length bytes of a file from offset on, fewer where it ends before, as a fact of
 * path. */
struct fact_text stored_tree_read(const struct stored_tree *tree, struct arena *arena,
				  stored_entry file, const char *path, uint64_t offset,
				  size_t length);

/* Lists a folder of at most limit entries, as a fact of path; more makes it malformed with EFBIG.
 */
struct fact_list stored_tree_list(const struct stored_tree *tree, struct arena *arena,
				  stored_entry folder, const char *path, size_t limit);

#endif
