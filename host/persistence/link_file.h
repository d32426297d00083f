/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PERSISTENCE_LINK_FILE_H
#define PASSCHECK_HOST_PERSISTENCE_LINK_FILE_H

#include "host/access/fact.h"
#include "host/base/arena.h"
#include "host/base/buffer.h"

enum { LINK_LONGEST_LIST = 256 }; /* of patterns; a longer one is not compared */

/* What [Match] of a .link file asks for: systemd.link(5). */
enum link_key {
	LINK_KEY_PATH,
	LINK_KEY_DRIVER,
	LINK_KEY_TYPE,
	LINK_KEY_KIND,
	LINK_KEY_ORIGINAL_NAME,
	LINK_KEY_OTHER, /* what is not compared: an address, a property, the host, signs of quoting
			 */
	LINK_KEY_COUNT,
};

/* A .link file, whomever it is for, or a drop-in of one. */
struct link_file {
	const char *source;
	bool sectioned;                       /* it has sections */
	bool empty;                           /* it masks, and has no drop-ins */
	const char *patterns[LINK_KEY_COUNT]; /* with blanks between them; NULL: not asked for */
	bool anew[LINK_KEY_COUNT];            /* what was asked for before it is dropped */
	const char *gives;                    /* the name that the interface gets, or NULL */
	bool renames;                         /* it gives one, which may be none that is told */
};

/* Reads what a .link file says of whom it is for. Memory comes from arena; short memory marks it.
 */
void link_file_parse(struct arena *arena, const struct fact_text *text, struct link_file *ret);

/* Writes what a capture keeps of it, in which link_file_parse() finds the same. */
void link_file_keep(struct arena *arena, const struct link_file *link, struct buffer *kept);

/* Returns whether it asks for anything: systemd-udevd ignores one that does not. */
bool link_file_asks(const struct link_file *link);

/* Adds what a drop-in says to what the files in front of it say. */
void link_file_add(struct arena *arena, struct link_file *link, const struct link_file *dropin);

/* Returns whether path is of a drop-in: "…/50-vfs.link.d/4.conf". */
bool link_file_is_dropin(const char *path);

/* Returns whether path is that of a .link file, or of a drop-in of it, wherever that lies. */
bool link_file_has(const struct link_file *link, const char *path);

#endif
