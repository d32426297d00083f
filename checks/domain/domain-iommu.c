/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/domain_line.h"

enum kind { NO_CACHING_MODE, AMD, SMMUV3, KIND_COUNT };

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

static void judge(const struct host *host, const struct domain_use *use, struct findings *findings)
{
	const struct domain *domain = use->domain;

	if (domain->iommu_follows)
		return;
	if (domain->iommu == DOMAIN_IOMMU_INTEL)
		report(use, NO_CACHING_MODE, FINDING_FAIL, "does not start",
		       "an emulated Intel IOMMU without caching mode", findings);
	else if (domain->iommu == DOMAIN_IOMMU_AMD)
		judge_amd(&host->hypervisor, use, findings);
	else if (domain->iommu == DOMAIN_IOMMU_SMMUV3)
		report(use, SMMUV3, FINDING_FAIL, "does not start",
		       "an emulated SMMUv3, of which VFIO learns nothing", findings);
}

static void run(const struct check_context *context)
{
	const struct domain_map *map = context->domains;

	for (size_t i = 0; i < map->domain_count; i++) {
		const struct domain_use *use = first_use(domain_map_uses(map, &map->domains[i]));
		if (use)
			judge(map->host, use, context->findings);
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
