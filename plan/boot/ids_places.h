/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_BOOT_IDS_PLACES_H
#define PASSCHECK_PLAN_BOOT_IDS_PLACES_H

#include "plan/builder.h"

/* The places that tell vfio-pci ids=, of which the last one counts. */

/* One of them: a word of modprobe.d or of a kernel command line. */
struct ids_place {
	const struct modprobe_line *line; /* NULL: it is of a command line */
	const char *word;                 /* as it stands there */
	const char *value;
	bool is_last; /* of modprobe.d, or of a command line */
	/* Of its list what an undo takes back, and what stays; NULL: not asked for yet. */
	const char *leaving;
	const char *staying;
};

struct ids_places {
	struct ids_place *places; /* in the order in which the kernel takes them */
	size_t count;
	size_t capacity;
	size_t in_files; /* those of modprobe.d, which come first */
};

/*
 * Returns what may tell vfio-pci ids= at a later boot: lines of modprobe.d, which a module that is
 * built in does not read, and each word of the command lines that the host may boot with. Never
 * NULL; builder keeps it.
 */
const struct ids_places *plan_ids_places(struct plan_builder *builder);

/* Appends to the step that an option ids= of modprobe.d has another list, NULL: that it goes; and
 * to its undo the reverse. Where no command does that, the step's why says how it is done by hand.
 */
void plan_write_ids(struct plan_builder *builder, struct plan_step *step,
		    const struct modprobe_option *there, const char *list);

#endif
