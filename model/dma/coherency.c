/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/dma/coherency.h"

#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"

static enum boolean either(enum boolean a, enum boolean b)
{
	if (a == BOOLEAN_YES || b == BOOLEAN_YES)
		return BOOLEAN_YES;
	return a == BOOLEAN_NO && b == BOOLEAN_NO ? BOOLEAN_NO : BOOLEAN_UNKNOWN;
}

static enum boolean by_nodes(const struct host *host, const struct pci_function *function,
			     const struct tree_smmu *smmu, const struct fact **ret_evidence)
{
	const struct node_coherency *own = host->device_tree.own;

	*ret_evidence = &smmu->coherency.evidence;
	if (!own || !tree_smmu_asks_functions(smmu))
		return smmu->coherency.coherent;
	own += function - host->pci.functions;
	if (own->coherent == BOOLEAN_UNKNOWN)
		*ret_evidence = &own->evidence;
	return either(smmu->coherency.coherent, own->coherent);
}

static bool has_unit(const struct iommu_units *units, const char *name)
{
	for (size_t i = 0; i < units->count; i++) {
		if (strcmp(units->units[i].name, name) == 0)
			return true;
	}
	return false;
}

/* Of a function whose SMMU no node is known of: yes where another IOMMU has it, or nothing shows
 * that it has a node. */
static enum boolean without_node(const struct host *host, const struct pci_function *function,
				 const struct fact **ret_evidence)
{
	const struct fact_text *unit = &function->iommu;
	bool has_node = device_tree_map(&host->device_tree, function);

	*ret_evidence = &unit->fact;
	if (!fact_known(&unit->fact))
		return has_node ? BOOLEAN_UNKNOWN : BOOLEAN_YES;
	*ret_evidence = &host->units.fact;
	if (has_unit(&host->units, unit->text))
		return BOOLEAN_YES;
	return has_node || begins_with(unit->text, "smmu") ? BOOLEAN_UNKNOWN : BOOLEAN_YES;
}

enum boolean coherency_is_asked(const struct host *host)
{
	return host_kernel_has(host, 6, 1);
}

enum boolean coherency_by_device_tree(const struct host *host, const struct pci_function *function,
				      const struct fact **ret_evidence)
{
	const struct tree_smmu *smmu =
		fact_known(&function->iommu.fact)
			? device_tree_smmu(&host->device_tree, function->iommu.text)
			: NULL;
	enum boolean coherent;

	coherent = smmu ? by_nodes(host, function, smmu, ret_evidence)
			: without_node(host, function, ret_evidence);
	if (coherent == BOOLEAN_YES ||
	    (coherent == BOOLEAN_UNKNOWN && fact_exists(&host->acpi.iort.fact)))
		return BOOLEAN_YES;
	switch (coherency_is_asked(host)) {
	case BOOLEAN_NO:
		return BOOLEAN_YES;
	case BOOLEAN_YES:
		return coherent;
	case BOOLEAN_UNKNOWN:
		break;
	}
	return BOOLEAN_UNKNOWN;
}

/* Drivers of IOMMUs without capable(), as iommu_device_sysfs_add() names their units. Where Linux
 * has the driver only since a later release, an older one has another. */
static const struct silent_driver {
	const char *unit;
	unsigned major, minor;
} silent_drivers[] = {
	{"riscv-iommu@", 6, 13},
	{"apple-dart.", 5, 15},
};

static const struct silent_driver *silent_driver_of(const struct pci_function *function)
{
	if (!fact_known(&function->iommu.fact))
		return NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(silent_drivers); i++) {
		if (begins_with(function->iommu.text, silent_drivers[i].unit))
			return &silent_drivers[i];
	}
	return NULL;
}

enum boolean coherency_is_told(const struct host *host, const struct pci_function *function)
{
	const struct silent_driver *driver = silent_driver_of(function);

	if (!driver || host_kernel_has(host, 5, 19) == BOOLEAN_NO)
		return BOOLEAN_YES;
	if (host_kernel_has(host, 5, 19) != BOOLEAN_YES ||
	    host_kernel_has(host, driver->major, driver->minor) != BOOLEAN_YES)
		return BOOLEAN_UNKNOWN;
	/* A later kernel may have mended it. */
	return host_kernel_has(host, 7, 4) == BOOLEAN_NO ? BOOLEAN_NO : BOOLEAN_UNKNOWN;
}
