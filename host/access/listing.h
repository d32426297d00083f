/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_ACCESS_LISTING_H
#define PASSCHECK_HOST_ACCESS_LISTING_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

/* The entries of one folder as getdents64(2) gave them. All zeros is no listing. */
struct listing {
	size_t length; /* 0 where there is none, as of a folder with more entries than have room */
	_Alignas(struct dirent64) char bytes[32 * 1024];
};

/* What a listing says of a name: nothing where there is none, or of an entry that is no file. */
enum listing_entry { LISTING_UNTOLD, LISTING_ABSENT, LISTING_FILE };

/* Lists the folder open at fd, which is left open. kernfs: as descriptor_list() has it. */
void listing_read(struct listing *listing, int fd, bool kernfs);

/* Makes it no listing. */
void listing_clear(struct listing *listing);

/* Returns what the listing says of a name. */
enum listing_entry listing_find(const struct listing *listing, const char *name);

#endif
