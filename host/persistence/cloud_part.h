/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PERSISTENCE_CLOUD_PART_H
#define PASSCHECK_HOST_PERSISTENCE_CLOUD_PART_H

#include <stdbool.h>

#include "host/base/buffer.h"

/*
 * The parts of cloud-init's user-data, which is one of them or an archive of MIME: "User-data
 * formats" of its documentation, type_from_starts_with() of cloudinit/handlers/__init__.py.
 */

enum cloud_part_kind {
	CLOUD_PART_CONFIG, /* YAML; also what nothing tells of */
	CLOUD_PART_BOOT,   /* a script for every boot */
	CLOUD_PART_ONCE,   /* a script for the first boot of an instance */
	CLOUD_PART_HIDDEN, /* lies elsewhere, is encoded, or of a kind that is not read */
};

/* A file on its way through its lines. */
struct cloud_parts {
	struct arena *arena;
	bool header;          /* the next line is one of a header */
	bool first;           /* the next line is the first of a content that tells its kind */
	bool judged;          /* the content of this part does so */
	bool parted;          /* a part of an archive has begun */
	const char *archive;  /* what the header of the whole says of an archive; NULL: nothing */
	const char *boundary; /* between parts; NULL: none is known */
	/* Of the line that was read last: */
	enum cloud_part_kind kind; /* of its part */
	bool begins;               /* its part does, or is of another kind from here on */
	const char *hidden; /* what of the line tells of a hidden part; NULL of other lines */
};

/* Begins a file: it is an archive where MIME-Version is near its beginning, wherever that stands
 * (convert_string() of cloudinit/user_data.py). Memory comes from arena. */
struct cloud_parts cloud_parts_of(struct arena *arena, const char *text, size_t length);

/* Takes in the next line of a file. */
void cloud_parts_read(struct cloud_parts *parts, const char *line, size_t length);

/* Writes what a capture keeps of a hidden part, from which cloud_parts_read() tells of it again. */
void cloud_part_mark(const char *words, struct buffer *kept);

#endif
