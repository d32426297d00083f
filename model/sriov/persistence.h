/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_SRIOV_PERSISTENCE_H
#define PASSCHECK_MODEL_SRIOV_PERSISTENCE_H

#include "host/host.h"

/* Whether the host's configuration makes VFs of a PF at boot. */
enum persistence {
	PERSISTENCE_NONE,    /* no line makes VFs of it */
	PERSISTENCE_UNKNOWN, /* a line makes VFs, and names neither this PF nor another */
	PERSISTENCE_MADE,    /* a line that names the PF, its interface or its driver makes VFs */
};

/* What makes VFs of a PF at boot. */
struct vf_persistence {
	enum persistence state;
	const struct sriov_setting *setting; /* that counts; NULL: none */
	bool counted;                        /* whether it tells a number */
	int64_t count;
	size_t digits; /* where in the line the number stands */
};

/*
 * Finds what makes VFs of pf at boot. Of several lines that name it the one that makes as many as
 * wanted counts, else the last. A line that takes VFs away first is no setting of its own, and
 * enable_sriov is a switch of vfio-pci, not a count. Memory comes from arena.
 */
struct vf_persistence vf_persistence_of(const struct host *host, const struct pci_function *pf,
					int64_t wanted, struct arena *arena);

#endif
