/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/domain_line.h"

enum kind { NO_CACHING_MODE, SMMUV3, KIND_COUNT };

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

static void report(const struct domain_use *use, enum kind kind, const char *what,
		   struct findings *findings)
{
	const struct fact line = domain_line(use->device, findings->arena);
	struct finding *finding =
		finding_add(findings, &kinds[kind], FINDING_FAIL, subject_domain(use->domain->name),
			    "%s does not start: it takes %s, and has %s", use->domain->name,
			    use->address, what);

	finding_evidence(finding, &line, "%s", use->address);
}

static void judge(const struct domain_use *use, struct findings *findings)
{
	const struct domain *domain = use->domain;

	if (domain->iommu_follows)
		return;
	if (domain->iommu == DOMAIN_IOMMU_INTEL)
		report(use, NO_CACHING_MODE, "an emulated Intel IOMMU without caching mode",
		       findings);
	else if (domain->iommu == DOMAIN_IOMMU_SMMUV3)
		report(use, SMMUV3, "an emulated SMMUv3, of which VFIO learns nothing", findings);
}

static void run(const struct check_context *context)
{
	const struct domain_map *map = context->domains;

	for (size_t i = 0; i < map->domain_count; i++) {
		const struct domain_use *use = first_use(domain_map_uses(map, &map->domains[i]));
		if (use)
			judge(use, context->findings);
	}
}

/* hw/i386/intel_iommu.c and hw/arm/smmuv3.c of QEMU. */
const struct check check_domain_iommu = {
	.id = "domain-iommu",
	.title = "Does the IOMMU that a guest has go with devices of the host?",
	.needs = "the XML of domains",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.judges_domains = true,
	.run = run,
};
