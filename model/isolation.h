/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ISOLATION_H
#define PASSCHECK_MODEL_ISOLATION_H

#include "model/acs.h"

/* One function that merges others into a group, and why. */
struct isolation_culprit {
	const struct pci_function *function;
	const char *why; /* "has no ACS capability", "is conventional PCI" */
	const struct isolation_culprit *next;
};

/* A group as the kernel's rules give it. */
struct isolation_group {
	const struct pci_function **functions; /* by address */
	size_t count;
	bool known;                         /* false: evidence is missing, and the rest is void */
	const char *unknown_why;            /* what is missing, of which function; NULL if known */
	struct isolation_culprit *culprits; /* what merges it; NULL where nothing does */
};

/* The prediction for every function of a host, by its index in host->pci.functions. */
struct isolation {
	const struct host *host;
	const struct isolation_group **groups;
};

/*
 * Predicts the groups that pci_device_group() of drivers/iommu/iommu.c forms (6.1 to 7.3), from
 * config space and topology alone: whether or not the IOMMU is on. Memory comes from arena; short
 * memory marks it. Time is linear in functions, but for buses with DMA alias quirks.
 */
void isolation_build(const struct host *host, const struct kernel_parameters *parameters,
		     struct arena *arena, struct isolation *ret);

/* Returns the predicted group of a function of the host, never NULL where memory sufficed. */
const struct isolation_group *isolation_of(const struct isolation *isolation,
					   const struct pci_function *function);

/* Returns whether the IOMMU leaves the function itself alone: AMD's IOMMUs are PCI functions, and
 * in no group. */
bool isolation_is_iommu(const struct host *host, const struct pci_function *function);

/* Returns the names of ACS bits, "SV RR CR UF", in memory of arena. */
const char *isolation_bit_names(struct arena *arena, uint16_t bits);

#endif
