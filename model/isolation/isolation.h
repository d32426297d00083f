/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ISOLATION_ISOLATION_H
#define PASSCHECK_MODEL_ISOLATION_ISOLATION_H

#include "model/dma/dma_units.h"
#include "model/isolation/acs.h"
#include "model/platform.h"

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

/* The prediction for every function of a host, by its index in host->pci.functions. */
struct isolation {
	const struct host *host;
	struct isolation_node *nodes;
};

/*
 * Predicts the groups that pci_device_group() of drivers/iommu/iommu.c forms (6.1 to 7.3), from
 * config space and topology alone: whether or not the IOMMU is on. Memory comes from arena; short
 * memory marks it. Time is linear in functions, but for buses with DMA alias quirks.
 */
void isolation_build(const struct host *host, const struct host_platform *platform,
		     const struct kernel_parameters *parameters, const struct dma_units *units,
		     struct arena *arena, struct isolation *ret);

/*
 * As isolation_build(), with the ACS bits that the kernel sets as it boots (pci_enable_acs()),
 * whatever they are now.
 */
void isolation_build_at_boot(const struct host *host, const struct host_platform *platform,
			     const struct kernel_parameters *parameters,
			     const struct dma_units *units, struct arena *arena,
			     struct isolation *ret);

/*
 * As isolation_build(), by a kernel that acts on pcie_acs_override= of the command line.
 */
void isolation_build_overridden(const struct host *host, const struct host_platform *platform,
				const struct kernel_parameters *parameters,
				const struct dma_units *units, struct arena *arena,
				struct isolation *ret);

/* Returns the predicted group of a function of the host, NULL where it is in none. */
const struct isolation_group *isolation_of(const struct isolation *isolation,
					   const struct pci_function *function);

/* Returns the judgement on a function of the host, NULL where memory was short. */
const struct acs *isolation_acs(const struct isolation *isolation,
				const struct pci_function *function);

/* Returns whether the IOMMU leaves the function itself alone: AMD's IOMMUs are PCI functions, and
 * in no group. */
bool isolation_is_iommu(const struct host_platform *platform, const struct pci_function *function);

#endif
