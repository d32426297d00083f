/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/firmware_setup.h"

#include <string.h>
#include <strings.h>

#include "host/base/array.h"

static const char *const common[] = {
	[FIRMWARE_VTX] = "\"Intel Virtualization Technology\" or \"VT-x\"",
	[FIRMWARE_SVM] = "\"SVM Mode\" or \"AMD-V\"",
	[FIRMWARE_VTD] = "\"VT-d\" or \"Intel Virtualization Technology for Directed I/O\"",
	[FIRMWARE_AMD_VI] = "\"IOMMU\" or \"AMD-Vi\"",
	[FIRMWARE_SMMU] = "\"SMMU\" or \"IOMMU\"",
	[FIRMWARE_ABOVE_4G] = "\"Above 4G Decoding\"",
	[FIRMWARE_SRIOV] = "\"SR-IOV Support\"",
};

ASSERT_COVERS(common, FIRMWARE_SETTING_COUNT);

/* How the makers begin sys_vendor of DMI, in any case, and how a person calls them. */
struct maker {
	const char *prefix;
	const char *name;
};

static const struct maker makers[] = {
	{"Dell", "Dell"},      {"HP", "HPE"},
	{"Lenovo", "Lenovo"},  {"Supermicro", "Supermicro"},
	{"ASUS", "ASUS"},      {"Gigabyte", "Gigabyte"},
	{"Micro-Star", "MSI"}, {"ASRock", "ASRock"},
};

/* A name by a maker's manuals, with its place. */
struct name {
	const char *maker;
	enum firmware_setting setting;
	const char *words;
};

static const struct name names[] = {
	{"Dell", FIRMWARE_VTX, "\"Virtualization Technology\", under Processor Settings"},
	{"Dell", FIRMWARE_SVM, "\"Virtualization Technology\", under Processor Settings"},
	{"Dell", FIRMWARE_VTD,
	 "\"Virtualization Technology\", under Processor Settings, or \"VT for Direct I/O\""},
	{"Dell", FIRMWARE_AMD_VI, "\"IOMMU Support\", under Processor Settings"},
	{"Dell", FIRMWARE_ABOVE_4G, "\"Memory Mapped I/O above 4GB\", under Integrated Devices"},
	{"Dell", FIRMWARE_SRIOV, "\"SR-IOV Global Enable\", under Integrated Devices"},
	{"HPE", FIRMWARE_VTX,
	 "\"Intel(R) Virtualization Technology\", under Virtualization Options"},
	{"HPE", FIRMWARE_SVM, "\"AMD Virtualization Technology\", under Virtualization Options"},
	{"HPE", FIRMWARE_VTD, "\"Intel(R) VT-d\", under Virtualization Options"},
	{"HPE", FIRMWARE_AMD_VI,
	 "\"AMD I/O Virtualization Technology\", under Virtualization Options"},
	{"HPE", FIRMWARE_SRIOV, "\"SR-IOV\", under Virtualization Options"},
	{"Lenovo", FIRMWARE_VTD,
	 "\"Intel VT for Directed I/O (VT-d)\", under Devices and I/O Ports, or \"Intel VT-d Feature\", under Security"},
	{"Lenovo", FIRMWARE_ABOVE_4G,
	 "\"MM Config Base\" and \"PCI 64-Bit Resource Allocation\", under Devices and I/O Ports"},
	{"Lenovo", FIRMWARE_SRIOV, "\"SRIOV\", under Devices and I/O Ports"},
	{"Supermicro", FIRMWARE_VTD,
	 "\"Intel VT for Directed I/O (VT-d)\", under Advanced > Chipset Configuration > North Bridge > IIO Configuration"},
	{"Supermicro", FIRMWARE_AMD_VI, "\"IOMMU\", under Advanced > NB Configuration"},
	{"Supermicro", FIRMWARE_ABOVE_4G,
	 "\"Above 4G Decoding\", under Advanced > PCIe/PCI/PnP Configuration"},
	{"Supermicro", FIRMWARE_SRIOV,
	 "\"SR-IOV Support\", under Advanced > PCIe/PCI/PnP Configuration"},
	{"ASUS", FIRMWARE_VTX,
	 "\"Intel (VMX) Virtualization Technology\", under Advanced > CPU Configuration"},
	{"ASUS", FIRMWARE_SVM, "\"SVM Mode\", under Advanced > CPU Configuration"},
	{"ASUS", FIRMWARE_VTD, "\"VT-d\", under Advanced > System Agent (SA) Configuration"},
	{"ASUS", FIRMWARE_AMD_VI, "\"IOMMU\", under Advanced > AMD CBS > NBIO Common Options"},
	{"ASUS", FIRMWARE_ABOVE_4G,
	 "\"Above 4G Decoding\", under Advanced > PCI Subsystem Settings"},
	{"ASUS", FIRMWARE_SRIOV, "\"SR-IOV Support\", under Advanced > PCI Subsystem Settings"},
	{"Gigabyte", FIRMWARE_SVM, "\"SVM Mode\", under Tweaker > Advanced CPU Settings"},
	{"Gigabyte", FIRMWARE_VTD, "\"VT-d\", under Settings > Miscellaneous"},
	{"Gigabyte", FIRMWARE_AMD_VI, "\"IOMMU\", under Settings > Miscellaneous"},
	{"Gigabyte", FIRMWARE_ABOVE_4G, "\"Above 4G Decoding\", under Settings > IO Ports"},
	{"MSI", FIRMWARE_VTX, "\"Intel Virtualization Tech\", under OC > CPU Features"},
	{"MSI", FIRMWARE_SVM, "\"SVM Mode\", under OC > CPU Features"},
	{"MSI", FIRMWARE_VTD, "\"Intel VT-D Tech\", under OC > CPU Features"},
	{"MSI", FIRMWARE_AMD_VI, "\"IOMMU Mode\", under OC > CPU Features"},
	{"MSI", FIRMWARE_ABOVE_4G,
	 "\"Above 4G memory\", under Settings > Advanced > PCI Subsystem Settings"},
	{"ASRock", FIRMWARE_SVM, "\"SVM Mode\", under Advanced > CPU Configuration"},
	{"ASRock", FIRMWARE_VTD, "\"VT-d\", under Advanced > Chipset Configuration"},
	{"ASRock", FIRMWARE_AMD_VI, "\"IOMMU\", under Advanced > AMD CBS > NBIO Common Options"},
	{"ASRock", FIRMWARE_ABOVE_4G,
	 "\"Above 4G Decoding\", under Advanced > Chipset Configuration"},
};

static const char *maker_of(const struct host *host)
{
	const struct fact_text *vendor = &host->vendor;

	for (size_t i = 0; fact_known(&vendor->fact) && i < ARRAY_LENGTH(makers); i++) {
		if (strncasecmp(vendor->text, makers[i].prefix, strlen(makers[i].prefix)) == 0)
			return makers[i].name;
	}
	return "";
}

const char *firmware_setup_words(const struct host *host, enum firmware_setting setting,
				 struct arena *arena)
{
	const char *maker = maker_of(host);

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (names[i].setting == setting && strcmp(names[i].maker, maker) == 0)
			return arena_printf(arena, "%s on boards of %s", names[i].words, maker);
	}
	return common[setting];
}
