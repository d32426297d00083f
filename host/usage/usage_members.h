/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_USAGE_USAGE_MEMBERS_H
#define PASSCHECK_HOST_USAGE_USAGE_MEMBERS_H

#include "host/usage/usage_loader.h"

/*
 * Follows a mount without a block device of its own, as the kernel names it in mountinfo, to each
 * device that it lies on; what is not found is a gap. Btrfs shows one device there, and all of them
 * in /sys/fs/btrfs; bcachefs shows all of them; ZFS shows its pool, whose members udev's database
 * names (blkid's ID_FS_TYPE and ID_FS_LABEL). virtiofs and 9p show the tag of a virtio device: a
 * folder of the machine that this host is a guest of.
 */
void usage_follow_source(struct usage_loader *loader, const struct usage_entry *entry,
			 const char *type, const char *source);

/* Returns whether a file system of that type is one that a machine shares with this guest. */
bool usage_is_share(const char *type);

/* Adds the devices of each pool of ZFS that is imported, and of which nothing is mounted: guests
 * may have its volumes. */
void usage_load_pools(struct usage_loader *loader);

/* Returns the length of the pool's name in a data set's, as "rpool" of "rpool/ROOT/pve-1". */
int usage_pool_length(const char *set);

/* Returns whether two data sets are of one pool. */
bool usage_same_pool(const char *a, const char *b);

/* Returns whether path is a file of which usage_members_trim() keeps what is read here. */
bool usage_members_cover(const char *path);

/* Of a block device in udev's database, keeps only of which pool of ZFS it is, in memory of
 * arena. */
const char *usage_members_trim(struct arena *arena, const struct fact_text *text);

#endif
