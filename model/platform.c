/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/platform.h"

#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"

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

/* Both exist only where the folder itself could not be searched. */
static bool has_one_table(const struct host *host)
{
	return fact_exists(&host->acpi.dmar.fact) != fact_exists(&host->acpi.ivrs.fact);
}

/* A hypervisor that has a virtio-iommu gives no table of another IOMMU. */
static bool has_viot_alone(const struct acpi_tables *acpi)
{
	return fact_exists(&acpi->viot.fact) && !fact_exists(&acpi->dmar.fact) &&
	       !fact_exists(&acpi->ivrs.fact);
}

/* Sets whether more than the processor tells. */
static enum platform platform_of(const struct host *host, bool *ret_seen)
{
	*ret_seen = true;
	/* A virtio-iommu is neither vendor's, whatever the processor is: it has no table of theirs.
	 */
	if (host->units.count) {
		enum platform running = platform_of_units(&host->units);
		return running == PLATFORM_UNKNOWN ? PLATFORM_OTHER : running;
	}
	if (host->cpu.architecture && !cpu_is_x86(&host->cpu))
		return PLATFORM_OTHER;
	if (has_one_table(host))
		return fact_exists(&host->acpi.dmar.fact) ? PLATFORM_VTD : PLATFORM_AMD_VI;
	if (has_viot_alone(&host->acpi))
		return PLATFORM_OTHER;
	*ret_seen = false;
	if (host->cpu.vendor == CPU_INTEL)
		return PLATFORM_VTD;
	return host->cpu.vendor == CPU_AMD ? PLATFORM_AMD_VI : PLATFORM_UNKNOWN;
}

enum boolean platform_has_acpi(const struct host *host)
{
	const struct fact *tables = &host->acpi.directory.fact;

	if (fact_exists(tables))
		return BOOLEAN_YES;
	if (fact_absent(tables) || host->device_tree.map_count ||
	    kconfig_lacks(&host->kconfig, "ACPI"))
		return BOOLEAN_NO;
	return BOOLEAN_UNKNOWN;
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

bool platform_is_virtio_iommu(const struct pci_function *function)
{
	/* VIRTIO 1.2, sections 4.1.2 and 5: 0x1040 and the type of the device, 23. */
	enum { RED_HAT_VIRTIO = 0x1af4, VIRTIO_IOMMU = 0x1057 };

	return pci_has_ids(function, RED_HAT_VIRTIO, VIRTIO_IOMMU);
}

bool platform_is_iommu(const struct host_platform *platform, const struct pci_function *function)
{
	return (pci_class(function) == CLASS_IOMMU && platform->kind == PLATFORM_AMD_VI) ||
	       platform_is_virtio_iommu(function);
}

bool platform_in_real_group(const struct host *host, const struct pci_function *function)
{
	const struct iommu_group *group = iommu_group_find(&host->groups, function->group.value);

	if (!fact_known(&function->group.fact))
		return false;
	/* A unit translates it. */
	if (fact_known(&function->iommu.fact))
		return true;
	if (group && fact_settled(&group->name.fact))
		return !iommu_group_is_noiommu(group);
	return boolean_of_fact(&host->modules.vfio_noiommu) != BOOLEAN_YES;
}

bool platform_is_noiommu_device(const struct pci_function *function)
{
	const struct fact_list *devices = &function->vfio_devices;

	for (size_t i = 0; i < devices->count; i++) {
		if (begins_with(devices->names[i], "noiommu-"))
			return !fact_known(&function->group.fact);
	}
	return false;
}

/* Whether an IOMMU runs that is not of the tables which are read before devices are found: the DMAR
 * and the IVRS. */
static bool has_late_unit(const struct host *host)
{
	for (size_t i = 0; i < host->units.count; i++) {
		enum iommu_kind kind = host->units.units[i].kind;
		if (kind == IOMMU_SMMU || kind == IOMMU_OTHER)
			return true;
	}
	return false;
}

bool platform_groups_with_driver(const struct host *host, const struct pci_function *function)
{
	struct kernel_version version;

	return fact_absent(&function->group.fact) && fact_absent(&function->driver.fact) &&
	       has_late_unit(host) && host_kernel_version(host, &version) &&
	       !kernel_at_least(&version, 6, 15);
}

static bool lists_functions(const struct host *host, const struct iommu_group *group)
{
	for (size_t i = 0; i < group->devices.count; i++) {
		if (pci_find_name(&host->pci, group->devices.names[i]))
			return true;
	}
	return false;
}

/* Returns whether every group is known to hold no PCI function, or to be none of an IOMMU. */
static bool are_groups_foreign(const struct host *host)
{
	for (size_t i = 0; i < host->pci.count; i++) {
		if (!fact_settled(&host->pci.functions[i].group.fact))
			return false;
	}
	for (size_t i = 0; i < host->groups.count; i++) {
		const struct iommu_group *group = &host->groups.groups[i];
		if (iommu_group_is_noiommu(group))
			continue;
		if (!fact_known(&group->devices.fact) || lists_functions(host, group))
			return false;
	}
	return host->pci.count > 0;
}

static enum translation translation_of(const struct host *host, const struct fact **ret_evidence)
{
	*ret_evidence = &host->units.fact;
	if (host->units.count)
		return TRANSLATION_ON;
	*ret_evidence = &host->groups.fact;
	for (size_t i = 0; i < host->pci.count; i++) {
		if (platform_in_real_group(host, &host->pci.functions[i]))
			return TRANSLATION_ON;
	}
	if (!fact_settled(&host->groups.fact))
		return TRANSLATION_UNKNOWN;
	/* Where there is no list of functions either, sysfs is not there to ask. */
	if (fact_absent(&host->groups.fact) && !fact_known(&host->pci.fact))
		return TRANSLATION_UNKNOWN;
	return host->groups.count == 0 || are_groups_foreign(host) ? TRANSLATION_OFF
								   : TRANSLATION_UNKNOWN;
}

/* How what hypervisors call their machines begins: dmi_vendor_table of systemd's
 * src/basic/virt.c. */
static const char *const machine_names[] = {
	"QEMU",
	"KVM",
	"KubeVirt",
	"OpenStack",
	"Xen",
	"VMware",
	"VMW",
	"Google Compute Engine",
	"Alibaba Cloud ECS",
	"BHYVE",
	"Parallels",
	"Bochs",
	"Apple Virtualization",
	"innotek GmbH",
	"VirtualBox",
	"Virtual Machine",
};

static bool is_name_of_machine(const struct fact_text *text)
{
	for (size_t i = 0; fact_known(&text->fact) && i < ARRAY_LENGTH(machine_names); i++) {
		if (begins_with(text->text, machine_names[i]))
			return true;
	}
	return false;
}

static bool is_called(const struct fact_text *text, const char *name)
{
	return fact_known(&text->fact) && begins_with(text->text, name);
}

/* Amazon's machines of bare metal have its name, too. */
static bool is_amazon_guest(const struct host *host)
{
	return is_called(&host->vendor, "Amazon EC2") && fact_known(&host->product.fact) &&
	       !strstr(host->product.text, "metal");
}

/* The host bridge of QEMU's machines without an Intel chipset (hw/pci-host/gpex.c). */
static bool has_emulated_bridge(const struct host *host)
{
	enum { RED_HAT = 0x1b36, GPEX = 0x0008 };

	for (size_t i = 0; i < host->pci.count; i++) {
		if (pci_has_ids(&host->pci.functions[i], RED_HAT, GPEX))
			return true;
	}
	return false;
}

static const struct fact *table_of(const struct host *host, enum platform platform)
{
	if (platform == PLATFORM_OTHER && has_viot_alone(&host->acpi))
		return &host->acpi.viot.fact;
	if (cpu_is_arm(&host->cpu))
		return &host->acpi.iort.fact;
	return platform == PLATFORM_AMD_VI ? &host->acpi.ivrs.fact : &host->acpi.dmar.fact;
}

static bool is_guest(const struct host *host)
{
	if (hypervisor_is_xen(&host->hypervisor))
		return true;
	if (!host->cpu.architecture || cpu_is_x86(&host->cpu))
		return cpu_has(&host->cpu, "hypervisor");
	return is_name_of_machine(&host->vendor) || is_name_of_machine(&host->product) ||
	       is_amazon_guest(host) || has_emulated_bridge(host);
}

/* Microsoft's own machines are of its name, too. */
static enum machine_below below_of(const struct host *host, bool in_guest)
{
	if (hypervisor_dom0(&host->hypervisor))
		return BELOW_XEN_DOM0;
	if (hypervisor_is_xen(&host->hypervisor))
		return BELOW_XEN;
	if (!in_guest)
		return BELOW_OTHER;
	if (is_called(&host->vendor, "VMware") || is_called(&host->product, "VMware"))
		return BELOW_VMWARE;
	if (is_called(&host->product, "OpenStack"))
		return BELOW_OPENSTACK;
	if (is_amazon_guest(host))
		return BELOW_EC2;
	if (is_called(&host->product, "Google Compute Engine"))
		return BELOW_GOOGLE;
	if (is_called(&host->product, "Alibaba Cloud ECS"))
		return BELOW_ALIBABA;
	return is_called(&host->vendor, "Microsoft") && is_called(&host->product, "Virtual Machine")
		       ? BELOW_HYPER_V
		       : BELOW_OTHER;
}

/* Amazon's types with nested virtualisation (C8i, M8i, R8i) have no IOMMU beside it. */
#define EC2_REMEDY                                                                                 \
	"Take an instance of bare metal (a type with metal in its name): Amazon EC2 gives its "    \
	"virtual machines no virtual IOMMU"

/* Nothing within a machine of a cloud gives it an IOMMU, and its hypervisor is not the user's. */
static const char *leave_cloud(const char *word, const char *cloud, const char *what,
			       struct arena *arena)
{
	return arena_printf(arena,
			    "Take an instance of bare metal (a type with %s in its name): no "
			    "firmware setting or kernel parameter gives this virtual machine of "
			    "%s %s",
			    word, cloud, what);
}

static const char *give(const char *what, const char *how, struct arena *arena)
{
	return arena_printf(
		arena, "Give this virtual machine %s%s%s%s, if its own guests are to get devices",
		what, how ? " (" : "", how ? how : "", how ? ")" : "");
}

const char *platform_virtual_remedy(const struct host_platform *platform, const char *what,
				    const char *qemu, struct arena *arena)
{
	switch (platform->below) {
	case BELOW_OTHER:
		return give(what, qemu ? arena_printf(arena, "QEMU: %s", qemu) : NULL, arena);
	case BELOW_VMWARE:
		return give(what,
			    "VMware: \"Expose IOMMU to the guest\" of its CPU, or vvtd.enable = "
			    "\"TRUE\" in its .vmx",
			    arena);
	/* Nova's pci-passthrough.rst, from 26.0 (Zed) on */
	case BELOW_OPENSTACK:
		return give(what,
			    "OpenStack: hw:viommu_model of its flavor, or hw_viommu_model of its "
			    "image",
			    arena);
	case BELOW_EC2:
		return EC2_REMEDY;
	case BELOW_GOOGLE:
		return leave_cloud("metal", "Google Compute Engine", what, arena);
	case BELOW_ALIBABA:
		return leave_cloud("ebm", "Alibaba Cloud", what, arena);
	case BELOW_HYPER_V:
		return "Hyper-V gives its guests no virtual IOMMU, on Azure neither: assign "
		       "devices on the machine below, where that is yours, or run this system on "
		       "another hypervisor";
	case BELOW_XEN:
		return "Xen gives its guests no virtual IOMMU: assign devices in its dom0, or run "
		       "this system on another hypervisor";
	case BELOW_XEN_DOM0:
		return PLATFORM_DOM0_REMEDY;
	}
	return NULL;
}

const char *platform_nested_remedy(const struct host_platform *platform)
{
	switch (platform->below) {
	case BELOW_EC2:
		return EC2_REMEDY;
	case BELOW_GOOGLE:
		return "Switch nested virtualisation on for this virtual machine "
		       "(enableNestedVirtualization of its advancedMachineFeatures), which some "
		       "machine types do not offer, or take an instance of bare metal";
	default:
		return "Let the hypervisor below offer nested virtualisation to this virtual "
		       "machine";
	}
}

void host_platform_build(const struct host *host, struct host_platform *ret)
{
	const struct acpi_tables *acpi = &host->acpi;
	bool seen;
	enum platform kind = platform_of(host, &seen);

	*ret = (struct host_platform){
		.kind = kind,
		.is_seen = seen,
		.has_table = fact_exists(&acpi->dmar.fact) || fact_exists(&acpi->ivrs.fact),
		.has_viot = has_viot_alone(acpi),
		.is_guest = is_guest(host),
	};
	ret->below = below_of(host, ret->is_guest);
	ret->table = table_of(host, ret->kind);
	ret->translation = translation_of(host, &ret->translation_fact);
}
