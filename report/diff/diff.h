/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_DIFF_DIFF_H
#define PASSCHECK_REPORT_DIFF_DIFF_H

#include "report/diff/snapshot.h"
#include "report/format.h"

/* What a change does to readiness. */
enum change_effect {
	CHANGE_NONE,
	CHANGE_BETTER,
	CHANGE_UNKNOWN, /* what was known cannot be told any more */
	CHANGE_WORSE,
};

enum { CHANGE_COUNT = CHANGE_WORSE + 1 };

struct change {
	enum change_effect effect;
	const char *kind;    /* "group-grew": a contract, as finding ids are */
	const char *subject; /* the address of a function, in the newer report, or "host" */
	const char *before;  /* NULL: there was none */
	const char *after;   /* NULL: there is none */
	const char *summary; /* a sentence without a final period */
};

struct diff {
	struct arena *arena;
	const struct snapshot *old_one, *new_one; /* what was compared */
	const char *machines_differ; /* why they seem to be of two; NULL: they do not */
	struct change *changes;      /* those for the worse first */
	size_t count;
	size_t capacity;
	enum change_effect effect; /* of all together: the worst */
};

/*
 * Compares two reports of a host. Functions are the same where address and ids are, or where they
 * have moved and ids and place (serial number or slot) name no other. Returns 0 or -ENOMEM.
 */
int diff_build(struct arena *arena, struct snapshot *old_one, struct snapshot *new_one,
	       struct diff *ret);

/* Returns what to tell a person of all changes together: "WORSE". */
const char *diff_headline(enum change_effect effect);

/* Returns "same", "better", "undetermined" or "worse". */
const char *diff_result_name(enum change_effect effect);

/* The formats of a struct diff. */
extern const struct format_table diff_formats;

#endif
