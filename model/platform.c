/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/platform.h"

/* A table that may not be read is there all the same. */
static bool exists(const struct fact *fact)
{
	return fact_known(fact) || fact->state == FACT_UNREADABLE || fact->state == FACT_MALFORMED;
}

static enum platform platform_of_units(const struct iommu_units *units)
{
	for (size_t i = 0; i < units->count; i++) {
		if (units->units[i].kind == IOMMU_VTD)
			return PLATFORM_VTD;
		if (units->units[i].kind == IOMMU_AMD_VI)
			return PLATFORM_AMD_VI;
	}
	return PLATFORM_UNKNOWN;
}

enum platform platform_of(const struct host *host)
{
	enum platform running = platform_of_units(&host->units);

	if (running != PLATFORM_UNKNOWN)
		return running;
	if (host->cpu.architecture && !cpu_is_x86(&host->cpu))
		return PLATFORM_OTHER;
	/* Both exist only where the folder itself could not be searched. */
	bool dmar = exists(&host->acpi.dmar.fact), ivrs = exists(&host->acpi.ivrs.fact);
	if (dmar != ivrs)
		return dmar ? PLATFORM_VTD : PLATFORM_AMD_VI;
	if (host->cpu.vendor == CPU_INTEL)
		return PLATFORM_VTD;
	return host->cpu.vendor == CPU_AMD ? PLATFORM_AMD_VI : PLATFORM_UNKNOWN;
}

bool platform_has_table(const struct host *host)
{
	return exists(&host->acpi.dmar.fact) || exists(&host->acpi.ivrs.fact);
}

const char *platform_name(enum platform platform)
{
	switch (platform) {
	case PLATFORM_VTD:
		return "VT-d";
	case PLATFORM_AMD_VI:
		return "AMD-Vi";
	case PLATFORM_UNKNOWN:
	case PLATFORM_OTHER:
		return "the IOMMU";
	}
	return "the IOMMU";
}

/* vfio's unsafe mode makes groups without an IOMMU: their name says so, and their devices are
 * bound to vfio. A group of which a device has an "iommu" link, or a unit, is a real one. */
static bool has_real_group(const struct host *host)
{
	bool noiommu = fact_known(&host->modules.vfio_noiommu.fact) &&
		       host->modules.vfio_noiommu.text[0] == 'Y';

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		if (fact_known(&function->group.fact) &&
		    (!noiommu || fact_known(&function->iommu.fact)))
			return true;
	}
	return false;
}

enum translation platform_translation(const struct host *host, const struct fact **ret_evidence)
{
	*ret_evidence = &host->units.fact;
	if (host->units.count)
		return TRANSLATION_ON;
	*ret_evidence = &host->groups.fact;
	if (has_real_group(host))
		return TRANSLATION_ON;
	if (!fact_settled(&host->groups.fact))
		return TRANSLATION_UNKNOWN;
	if (host->groups.count && host->pci.count == 0)
		return TRANSLATION_UNKNOWN;
	return TRANSLATION_OFF;
}

bool platform_is_guest(const struct host *host)
{
	return cpu_has(&host->cpu, "hypervisor");
}
