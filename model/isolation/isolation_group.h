/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ISOLATION_ISOLATION_GROUP_H
#define PASSCHECK_MODEL_ISOLATION_ISOLATION_GROUP_H

#include "model/isolation/acs.h"

/* How a function brings others into its group; of two ways the later one says more. */
enum merge {
	MERGE_NONE,
	MERGE_SIBLINGS, /* one of several functions of a slot that do not isolate */
	MERGE_ALIAS,    /* a function that does DMA as another of its bus */
	MERGE_BELOW,    /* a port or bridge that does not isolate what is below it */
	MERGE_BRIDGE,   /* a bridge that does the DMA of what is below it */
	MERGE_VMD,      /* a VMD endpoint, which does the DMA of a whole domain */
};

/* A function that merges others into a group, and why. */
struct isolation_culprit {
	const struct pci_function *function;
	enum merge merge;
	struct acs acs;  /* of the function; says more where it fails */
	const char *why; /* "has no ACS capability", "is conventional PCI" */
	const struct isolation_culprit *next;
};

/* A group as the kernel's rules give it. */
struct isolation_group {
	const struct pci_function **functions; /* by address */
	size_t count;
	size_t endpoints;        /* how many of them are no bridges */
	bool known;              /* false: evidence is missing, and the rest is void */
	const char *unknown_why; /* what is missing, of which function; NULL if known */
	const struct pci_function *unknown_of;    /* that function */
	const struct isolation_culprit *culprits; /* by address; NULL where nothing merges */
};

#endif
