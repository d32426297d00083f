/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_PERSISTENCE_SETTING_MATCH_H
#define PASSCHECK_MODEL_PERSISTENCE_SETTING_MATCH_H

#include "host/host.h"
#include "model/persistence/rule_match.h"

/*
 * Which PF a setting speaks of that makes VFs: by what the file says whom it is for, by an address,
 * an interface or a driver that the line names, or by a rule of udev.
 */

/* What a line says, whichever PF is asked about. */
struct setting_meaning {
	bool moved;                   /* it means a device that is now elsewhere */
	enum match event;             /* what it says by which event it waits for */
	enum boolean makes;           /* of a rule of udev: whether it makes VFs */
	const char *effect;           /* of a rule of udev: what it writes and runs; or NULL */
	bool names_pf;                /* the effect does, or the line without one */
	const struct link_file *link; /* whose it is, where that says whom it is for; or NULL */
};

/* Returns what a setting says, without its .link file. Memory comes from arena. */
struct setting_meaning setting_meaning_of(const struct host *host, struct arena *arena,
					  const struct sriov_setting *setting);

/* Returns whether a setting of that meaning is for pf; of a .link file, by its subject alone. */
enum match setting_match(struct arena *arena, const struct sriov_setting *setting,
			 const struct setting_meaning *meaning, const struct pci_function *pf);

#endif
