/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_ACCESS_DESCRIPTOR_H
#define PASSCHECK_HOST_ACCESS_DESCRIPTOR_H

#include "host/access/fact.h"
#include "host/base/arena.h"

/*
 * What an open descriptor holds. host/access/root.c opens them, and keeps them; path is what the
 * fact names as its source.
 */

/* Reads a file of at most limit bytes to its end; more makes the fact malformed with EFBIG. */
struct fact_text descriptor_read(struct arena *arena, int fd, const char *path, size_t limit);

/*
 * Reads a device that gives a record with each read(2), as /dev/kmsg does
 * (Documentation/ABI/testing/dev-kmsg), until it has no more for now. What was overwritten
 * meanwhile is passed over; beyond limit bytes nothing is read.
 */
struct fact_text descriptor_read_records(struct arena *arena, int fd, const char *path,
					 size_t limit);

/* Reads at most length bytes from offset on, fewer where the file ends before: zeros are in their
 * place. */
struct fact_text descriptor_read_piece(struct arena *arena, int fd, const char *path,
				       uint64_t offset, size_t length);

/* A file that is dear to read, in blocks: BLOCK_COUNT of BLOCK_SIZE bytes, a bit each. */
enum { BLOCK_SIZE = 64, BLOCK_COUNT = 64, BLOCKS_SIZE = BLOCK_SIZE * BLOCK_COUNT };

/* Returns the blocks of bytes that are needed next, where the unread ones hold zeros; 0 for none.
 */
typedef uint64_t descriptor_wanted(const uint8_t *bytes, size_t length, uint64_t unread);

/*
 * Reads of a file of at most BLOCKS_SIZE bytes the blocks that wanted asks for, until it asks for
 * no more. The text has the length of the file, and zeros where *ret_unread tells of unread blocks.
 */
struct fact_text descriptor_read_blocks(struct arena *arena, int fd, const char *path,
					descriptor_wanted *wanted, uint64_t *ret_unread);

/*
 * Returns whether a reply of getdents64(2) from a folder of kernfs, which sysfs is made of, says
 * that nothing follows: the kernel then puts the position of its last entry at INT_MAX, which is no
 * entry's own (kernfs_fop_readdir() and kernfs_name_hash(), fs/kernfs/dir.c). A reply that had no
 * room for another entry, or that a signal ended early, does not say so. Of other file systems that
 * position means something else.
 */
bool descriptor_listed_all(const char *entries, size_t length);

/* Lists a directory of at most limit entries; more makes the fact malformed with EFBIG. Of a kernfs
 * the reply that says that it is the last one is. */
struct fact_list descriptor_list(struct arena *arena, int fd, const char *path, size_t limit,
				 bool kernfs);

#endif
