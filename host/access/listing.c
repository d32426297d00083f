/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/listing.h"

#include <string.h>
#include <sys/types.h>

#include "host/access/descriptor.h"

/* Returns the bytes of the folder's entries, or 0 where they are too many. */
static size_t list_entries(struct listing *listing, int fd, bool kernfs)
{
	size_t length = 0;

	for (;;) {
		ssize_t got =
			getdents64(fd, listing->bytes + length, sizeof(listing->bytes) - length);
		if (got < 0)
			return 0;
		if (got == 0)
			return length;
		length += (size_t)got;
		if (kernfs && descriptor_listed_all(listing->bytes + length - got, (size_t)got))
			return length;
	}
}

void listing_read(struct listing *listing, int fd, bool kernfs)
{
	listing->length = list_entries(listing, fd, kernfs);
}

void listing_clear(struct listing *listing)
{
	listing->length = 0;
}

enum listing_entry listing_find(const struct listing *listing, const char *name)
{
	size_t offset = 0;

	if (!listing->length)
		return LISTING_UNTOLD;
	while (offset < listing->length) {
		const struct dirent64 *entry = (const struct dirent64 *)(listing->bytes + offset);
		if (entry->d_name[0] == name[0] && strcmp(entry->d_name, name) == 0)
			return entry->d_type == DT_REG ? LISTING_FILE : LISTING_UNTOLD;
		offset += entry->d_reclen;
	}
	return LISTING_ABSENT;
}
