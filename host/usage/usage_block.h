/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_USAGE_USAGE_BLOCK_H
#define PASSCHECK_HOST_USAGE_USAGE_BLOCK_H

#include "host/usage/usage_loader.h"

/*
 * Each follows a block device down to hardware and adds an entry, made after the one given, for
 * each piece of it, or a gap: by its number ("8:2"), by its node ("/dev/mapper/root"), by its
 * folder.
 */
void usage_follow_number(struct usage_loader *loader, const struct usage_entry *entry,
			 const char *number);
void usage_follow_node(struct usage_loader *loader, const struct usage_entry *entry,
		       const char *node);
void usage_follow_folder(struct usage_loader *loader, const struct usage_entry *entry,
			 const char *path);
void usage_follow_link(struct usage_loader *loader, const struct usage_entry *entry,
		       const char *folder, const char *name); /* an entry of a folder of links */

/* Returns the kernel's name of the block device at a node ("dm-0" of "/dev/mapper/root"), or NULL.
 */
const char *usage_name_of_node(struct usage_loader *loader, const char *node);

/* Returns whether a block device is memory, or a file, which lies on a file system that is mounted
 * itself. */
bool usage_is_no_hardware(const char *name);

/* Where something mounted could not be followed: lists the hardware below any block device, which
 * it may lie on. */
void usage_load_carriers(struct usage_loader *loader);

#endif
