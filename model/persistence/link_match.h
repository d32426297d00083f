/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_PERSISTENCE_LINK_MATCH_H
#define PASSCHECK_MODEL_PERSISTENCE_LINK_MATCH_H

#include "host/host.h"

/* Which .link file udev applies to the interface of a function. */
struct link_choice {
	const struct link_file *applied;  /* the first that is certain to match, NULL: none is */
	const struct link_file *doubtful; /* the first in front of that which may match, or NULL */
};

/* The host's .link files, to be asked about its functions. */
struct link_match {
	const struct host *host;
	const struct pci_function **named; /* by file: who has the name that it gives, or NULL */
};

/* Linear in .link files and functions each. Memory comes from arena; short memory marks it. */
void link_match_build(const struct host *host, struct arena *arena, struct link_match *ret);

/*
 * Returns whether a .link file of the host is for the interface of a function: net_match_config()
 * of systemd, src/shared/net-condition.c. Unknown where it goes by what is not read, or by the name
 * that the interface had before udev gave it another.
 */
enum boolean link_match_is_for(const struct link_match *match, const struct link_file *link,
			       const struct pci_function *function);

/*
 * Returns which .link file is for a function. Of all that match, udev applies the one whose name
 * sorts first, wherever it lies, and no other: systemd.link(5). Linear in the host's .link files.
 */
struct link_choice link_match_choose(const struct link_match *match,
				     const struct pci_function *function);

/* Returns the .link file that keeps another, by its path, from a function, or may (see *certain);
 * NULL for none. */
const struct link_file *link_choice_shadow(const struct link_choice *choice, const char *source,
					   bool *certain);

#endif
