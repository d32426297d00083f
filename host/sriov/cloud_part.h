/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SRIOV_CLOUD_PART_H
#define PASSCHECK_HOST_SRIOV_CLOUD_PART_H

#include <stdbool.h>

#include "host/access/arena.h"

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
	bool started;         /* a line was read */
	bool mime;            /* it is an archive */
	bool header;          /* the next line is one of a header */
	bool first;           /* the next line is the first of a content */
	const char *boundary; /* between parts; NULL: none is known */
	/* Of the line that was read last: */
	enum cloud_part_kind kind; /* of its part */
	bool begins;               /* its part does, or is of another kind from here on */
	const char *hidden;        /* words that tell of a hidden part; NULL of other lines */
};

/* Takes in the next line of a file. What tells of a hidden part does so without the rest of the
 * file, too, as a capture keeps it. */
void cloud_parts_read(struct cloud_parts *parts, const char *line, size_t length);

#endif
