/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_HTML_LAYOUT_H
#define PASSCHECK_REPORT_AUDIT_HTML_LAYOUT_H

#include "report/audit/audit.h"

/* Of a row that is in no group, or in one with no other function. */
#define LAYOUT_NO_GROUP SIZE_MAX

/* A group of several functions: as the kernel formed it, or, before it did, as predicted. */
struct layout_group {
	const struct iommu_group *formed; /* NULL: predicted */
	size_t members;
	size_t runs;   /* of rows that follow each other */
	size_t number; /* 1 is the first that the tree shows; 0: none of it is shown */
};

/* A row of the tree: a host bridge, a function, or ports with nothing below them. */
struct layout_row {
	const struct pci_function *function; /* NULL: a host bridge */
	const char *host_bridge;             /* NULL: not known */
	const struct pci_function *last;     /* of empty ports, the first being function */
	size_t ports;                        /* how many; 0: the row is of one function */
	size_t parent;                       /* the row above in the tree, SIZE_MAX for none */
	unsigned depth;                      /* 0: a host bridge */
	size_t group;                        /* index, LAYOUT_NO_GROUP */
	size_t vfs;                          /* of the function, that have no row of their own */
	size_t usable_vfs;                   /* those of them that are assignable */
	const char *culprit;                 /* why it merges others into its group, or NULL */
};

/* The tree of an audit's functions: with those above them and those of their groups. */
struct layout {
	struct layout_row *rows;
	size_t count;
	struct layout_group *groups;
	size_t group_count; /* those that are shown */
	unsigned depth;     /* of the deepest row */
};

/*
 * Lays out the functions of the audit, depth first, by address. VFs stand in the row of their PF
 * unless their group is another one with other functions. Memory comes from arena; short memory
 * marks it.
 */
void layout_build(const struct audit *audit, struct arena *arena, struct layout *ret);

#endif
