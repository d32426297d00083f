/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ISOLATION_ISOLATION_H
#define PASSCHECK_MODEL_ISOLATION_ISOLATION_H

#include "model/dma/dma_units.h"
#include "model/isolation/isolation_group.h"
#include "model/platform.h"

/* The prediction for every function of a host, by its index in host->pci.functions. */
struct isolation {
	const struct host *host;
	struct isolation_node *nodes;
};

/* Whose rules the groups of a host follow. */
enum isolation_rules {
	RULES_OF_PCI,       /* pci_device_group() */
	RULES_OF_FUNCTIONS, /* each has one of its own: s390_iommu_ops of s390-iommu.c */
	RULES_OF_FIRMWARE,  /* spapr_tce_iommu_device_group() of arch/powerpc/kernel/iommu.c */
};

enum isolation_rules isolation_rules_of(const struct cpu *cpu);

/*
 * Predicts the groups that pci_device_group() of drivers/iommu/iommu.c forms (6.1 to 7.3), from
 * config space and topology alone: whether or not the IOMMU is on. Those of s390 and ppc64 follow
 * other rules: each function has its own, or firmware forms them, which the kernel's alone show.
 * Memory comes from arena; short memory marks it. Time is linear in functions, but for buses with
 * DMA alias quirks.
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

/* Returns the first member that is not a bridge, NULL if all are. */
const struct pci_function *isolation_first_endpoint(const struct isolation_group *group);

/* Returns whether the group joins more than the functions of one device; bridges do not count. */
bool isolation_holds_several_devices(const struct isolation_group *group);

/* Returns the judgement on a function of the host, NULL where memory was short. */
const struct acs *isolation_acs(const struct isolation *isolation,
				const struct pci_function *function);

#endif
