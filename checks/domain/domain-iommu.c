/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/domain_line.h"
#include "guest/libvirt/machine_type.h"
#include "model/dma/iommu_registers.h"

#include <inttypes.h>

enum kind { NO_CACHING_MODE, AMD, SMMUV3, TOO_WIDE, ORDER, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[NO_CACHING_MODE] =
		{"domain-iommu.no-caching-mode",
		 "A guest has an emulated Intel IOMMU without caching mode, and a function of the "
		 "host. Without caching mode the guest does not tell what it maps, so VFIO cannot "
		 "follow. QEMU does not start the guest (\"We need to set caching-mode=on for "
		 "intel-iommu to enable device assignment\", from 10.2 on \"Device assignment is "
		 "not allowed without enabling caching-mode=on\").",
		 "Write caching_mode='on' into the <driver> of the <iommu> (in QEMU's words: "
		 "intel-iommu,caching-mode=on), or take the IOMMU out: only a guest that runs "
		 "guests of its own, or has more than 255 processors, needs it."},
	[AMD] = {"domain-iommu.amd",
		 "A guest has an emulated AMD IOMMU without dma-remap, and a function of the host. "
		 "VFIO does not learn what the guest maps. QEMU up to 9.1 does not start such a "
		 "guest, nor does 10.1 (\"requires iommu notifier which is not currently "
		 "supported\"). Other versions start it, and the function reaches the guest's "
		 "memory only while the guest's kernel translates nothing (iommu=pt on its "
		 "command line).",
		 "Choose an Intel IOMMU with caching mode in its place, or a virtio-iommu: both run "
		 "on any host. QEMU 10.2 and newer have amd-iommu,dma-remap=on. Or take the IOMMU "
		 "out: only a guest that runs guests of its own, or has more than 255 processors, "
		 "needs it."},
	[SMMUV3] =
		{"domain-iommu.smmuv3",
		 "A guest has an emulated SMMUv3 for all its devices, and a function of the host. "
		 "The guest's driver does not tell such an SMMU what it maps, so VFIO cannot "
		 "follow. QEMU does not start the guest (\"requires iommu MAP notifier which is "
		 "not currently supported\").",
		 "Take the SMMU out, or choose a virtio-iommu. A newer QEMU can have the "
		 "host's own SMMU translate for the guest: -device arm-smmuv3,accel=on, with the "
		 "function through iommufd."},
	[TOO_WIDE] =
		{"domain-iommu.too-wide",
		 "A guest's emulated Intel IOMMU translates more bits of address than the host's for "
		 "a function. QEMU 9.1 and newer compare them, and do not start the guest (\"Failed "
		 "to set vIOMMU: aw-bits 48 > host aw-bits 39\"). Machine types of 9.2 and newer have "
		 "48 bits where nothing is said, from QEMU 10.0 on; VT-d of many desktop processors "
		 "has 39.",
		 "Give the guest's IOMMU the host's width: aw_bits='39' in the <driver> of the "
		 "<iommu>, machine: q35,viommu=intel,aw-bits=39 in Proxmox VE, aw-bits=39 of QEMU's "
		 "intel-iommu."},
	[ORDER] =
		{"domain-iommu.order",
		 "QEMU is given a function of the host before the guest's IOMMU. It ties a function to "
		 "the IOMMU as it makes the function, so this one goes by: QEMU maps all memory for "
		 "it, and what the guest's IOMMU translates does not reach it. In the guest it works "
		 "only while the guest's kernel translates nothing (iommu=pt). Arguments that are "
		 "added stand behind all else: args: of Proxmox VE, <qemu:commandline> of libvirt.",
		 "Put -device intel-iommu or amd-iommu before all functions. What comes first by "
		 "itself is machine: q35,viommu=intel in Proxmox VE, and <iommu> in libvirt."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* QEMU looks for its device vfio-pci, which a disk on an NVMe controller is not. */
static const struct domain_use *first_use(struct domain_uses uses)
{
	for (const struct domain_use *use = uses.begin; use < uses.end; use++) {
		if (use->device->kind != DOMAIN_DEVICE_NVME)
			return use;
	}
	return NULL;
}

static struct finding *report(const struct domain_use *use, enum kind kind,
			      enum finding_verdict verdict, const char *outcome, const char *what,
			      struct findings *findings)
{
	const struct fact line = domain_line(use->device, findings->arena);
	struct finding *finding = finding_add(
		findings, &kinds[kind], verdict, subject_domain(use->domain->name),
		"%s %s: it takes %s, and has %s", use->domain->name, outcome, use->address, what);

	finding_evidence(finding, &line, "%s", use->address);
	return finding;
}

#define CANNOT_USE "cannot use what it takes unless its kernel has iommu=pt"

/* Whether QEMU enables translation for a device at the guest's start changed with 9.2, 10.1 and
 * 10.2: amdvi_host_dma_iommu(). */
static void judge_amd(const struct hypervisor *hypervisor, const struct domain_use *use,
		      struct findings *findings)
{
	const struct fact_number *qemu = &hypervisor->qemu_version;
	enum finding_verdict verdict = FINDING_WARN;
	const char *outcome = "does not start, or " CANNOT_USE;

	if (hypervisor_qemu_before(hypervisor, 9, 2)) {
		verdict = FINDING_FAIL;
		outcome = "does not start";
	} else if (fact_known(&qemu->fact) && !hypervisor_qemu_before(hypervisor, 10, 2)) {
		outcome = CANNOT_USE;
	}
	struct finding *finding = report(use, AMD, verdict, outcome,
					 "an emulated AMD IOMMU without dma-remap", findings);

	finding_evidence_state(finding, &qemu->fact);
}

/* vfio_realize() asks pci_device_iommu_address_space(). Of others than these two it is not known.
 */
static bool is_before_iommu(const struct domain_use *use)
{
	const struct domain *domain = use->domain;
	bool named = use->device->kind == DOMAIN_DEVICE_ARGUMENT || !domain->iommu_last;

	if (domain->iommu != DOMAIN_IOMMU_INTEL && domain->iommu != DOMAIN_IOMMU_AMD)
		return false;
	return !named || (size_t)(use->named - domain->devices) < domain->iommu_after;
}

/* Returns whether QEMU is known to be of that version or newer: it has no machine types of newer
 * ones. */
static bool qemu_since(const struct hypervisor *hypervisor, const char *machine, unsigned major,
		       unsigned minor)
{
	if (fact_known(&hypervisor->qemu_version.fact))
		return !hypervisor_qemu_before(hypervisor, major, minor);
	return machine_type_since(hypervisor, machine, major, minor) == BOOLEAN_YES;
}

/* Returns the bits of address that an Intel IOMMU of the guest has and QEMU compares with the
 * host's, 0 where that is not known: vtd_check_hiod(), and pc_compat_9_1[] of hw/i386/pc.c. */
static unsigned compared_bits(const struct hypervisor *hypervisor, const struct domain *domain)
{
	enum { USUAL_BITS = 39, BITS_SINCE_9_2 = 48 };
	const char *machine = domain->machine;

	if (!qemu_since(hypervisor, machine, 9, 1))
		return 0;
	if (domain->iommu_bits)
		return domain->iommu_bits;
	if (!qemu_since(hypervisor, machine, 10, 0))
		return USUAL_BITS;
	switch (machine_type_since(hypervisor, machine, 9, 2)) {
	case BOOLEAN_YES:
		return BITS_SINCE_9_2;
	case BOOLEAN_NO:
		return USUAL_BITS;
	case BOOLEAN_UNKNOWN:
		break;
	}
	return 0;
}

static void judge_width(const struct domain_map *map, const struct domain_use *use,
			struct findings *findings)
{
	unsigned bits = compared_bits(&map->host->hypervisor, use->domain), width = 0;
	struct iommu_registers registers;

	if (use->function)
		width = iommu_width_of(&map->model->dma_units, use->function, &registers);
	if (!width || registers.kind != IOMMU_VTD || bits <= width)
		return;
	struct finding *finding = report(
		use, TOO_WIDE, FINDING_FAIL, "does not start",
		arena_printf(
			findings->arena,
			"an emulated Intel IOMMU of %u bits, of which the host's translates %u",
			bits, width),
		findings);
	finding_evidence(finding, &registers.capability.fact, "%#" PRIx64,
			 (uint64_t)registers.capability.value);
	finding_remedy(
		finding,
		"Give the guest's IOMMU %u bits: aw_bits='%u' in the <driver> of the <iommu>, "
		"aw-bits=%u behind viommu=intel in Proxmox VE, or of QEMU's intel-iommu",
		width, width, width);
}

static void judge(const struct domain_map *map, const struct domain_use *use,
		  struct findings *findings)
{
	const struct domain *domain = use->domain;
	const struct host *host = map->host;

	if (domain->iommu == DOMAIN_IOMMU_INTEL)
		judge_width(map, use, findings);
	if (domain->iommu == DOMAIN_IOMMU_INTEL && !domain->iommu_follows)
		report(use, NO_CACHING_MODE, FINDING_FAIL, "does not start",
		       "an emulated Intel IOMMU without caching mode", findings);
	else if (is_before_iommu(use))
		report(use, ORDER, FINDING_WARN, CANNOT_USE,
		       "its IOMMU behind that on QEMU's command line", findings);
	else if (domain->iommu == DOMAIN_IOMMU_AMD && !domain->iommu_follows)
		judge_amd(&host->hypervisor, use, findings);
	else if (domain->iommu == DOMAIN_IOMMU_SMMUV3 && !domain->iommu_follows)
		report(use, SMMUV3, FINDING_FAIL, "does not start",
		       "an emulated SMMUv3, of which VFIO learns nothing", findings);
}

static void run(const struct check_context *context)
{
	const struct domain_map *map = context->domains;

	for (size_t i = 0; i < map->domain_count; i++) {
		const struct domain_use *use = first_use(domain_map_uses(map, &map->domains[i]));
		if (use)
			judge(map, use, context->findings);
	}
}

/* hw/i386/intel_iommu.c, hw/i386/amd_iommu.c and hw/arm/smmuv3.c of QEMU. */
const struct check check_domain_iommu = {
	.id = "domain-iommu",
	.title = "Does the IOMMU that a guest has go with devices of the host?",
	.needs = "the XML of domains",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.judges_domains = true,
	.run = run,
};
