/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/acpi_table.h"
#include "checks/support/check.h"
#include "checks/support/fixes.h"
#include "host/acpi/iort.h"
#include "model/platform.h"

#define DEFECT(defect) [ACPI_TABLE_FIRST_DEFECT + (int)(defect)]

/* Kinds that the checks of other tables do not have; they follow those of defects. */
enum { NO_SMMU = (int)IORT_DEFECT_COUNT, INCOHERENT, FURTHER_COUNT };

#define VIRTUAL_SMMU "-machine virt,iommu=smmuv3"

#define FIX_NO_SMMU                                                                                \
	"Switch on the SMMU in the firmware setup. A virtual machine needs a virtual SMMU "        \
	"(QEMU: " VIRTUAL_SMMU ") of its hypervisor, if its own guests are to get devices."

static const struct finding_kind kinds[] = {
	[ACPI_TABLE_PRESENT] =
		{"acpi-iort.present",
		 "Firmware gives an IORT table, which says how functions reach SMMUs and ITSs. Only "
		 "a unit in /sys/class/iommu says that the kernel uses an SMMU.",
		 NULL},
	[ACPI_TABLE_ABSENT] =
		{"acpi-iort.absent",
		 "Firmware gives ACPI tables and no IORT, so the kernel finds no SMMU. The SMMU is "
		 "off in the firmware setup, the platform has none, or the hypervisor gives none.",
		 FIX_NO_SMMU " Where the platform has no SMMU, only other hardware helps."},
	[ACPI_TABLE_HIDDEN] =
		{"acpi-iort.hidden",
		 "No IORT table can be seen, but there may be one: an SMMU runs, as one of a "
		 "device tree does, or no ACPI table can be seen at all.",
		 FIX_LEAVE_CONTAINER},
	[ACPI_TABLE_UNREADABLE] =
		{"acpi-iort.unreadable",
		 "There is an IORT table, or may be one, but it could not be read. ACPI tables are "
		 "readable by root only.",
		 FIX_READ_AS_ROOT},
	[ACPI_TABLE_CUT_SHORT] =
		{"acpi-iort.cut-short",
		 "Fewer bytes of the IORT table were read than it claims to have. The kernel "
		 "always returns whole tables, so the capture is damaged.",
		 FIX_CAPTURE_AGAIN},
	[ACPI_TABLE_MALFORMED] =
		{"acpi-iort.malformed",
		 "The IORT table is too short for its own header or has a wrong signature: the "
		 "kernel cannot use it.",
		 FIX_ACPI_TABLE("IORT")},
	[ACPI_TABLE_NOT_APPLICABLE] =
		{"acpi-iort.not-applicable",
		 "An IORT table belongs to Arm hosts with ACPI, which this host is not, or its IOMMU "
		 "is one that a VIOT table describes.",
		 NULL},
	DEFECT(IORT_BAD_CHECKSUM) =
		{"acpi-iort.checksum",
		 "The bytes of the IORT table do not sum to 0. The kernel warns, and uses it.",
		 FIX_ACPI_TABLE("IORT")},
	DEFECT(IORT_TRAILING_BYTES) =
		{"acpi-iort.trailing-bytes",
		 "More bytes were read than the IORT table's header claims. The kernel returns "
		 "exactly the table, so the capture is damaged.",
		 FIX_CAPTURE_AGAIN},
	DEFECT(IORT_BAD_OFFSET) =
		{"acpi-iort.offset",
		 "The IORT table puts its first node into its header or behind its end. The kernel "
		 "takes no node behind the end (\"bad table\"), and what it finds in the header for "
		 "nodes.",
		 FIX_ACPI_TABLE("IORT")},
	DEFECT(IORT_ZERO_LENGTH) =
		{"acpi-iort.zero-length",
		 "A node of the IORT table has the length 0. The kernel looks at it again and "
		 "again, and never at those that follow.",
		 FIX_ACPI_TABLE("IORT")},
	DEFECT(IORT_PAST_END) =
		{"acpi-iort.past-end",
		 "A node leaves the IORT table. The kernel does not check that, and reads bytes "
		 "behind the table.",
		 FIX_ACPI_TABLE("IORT")},
	DEFECT(IORT_TOO_FEW_NODES) =
		{"acpi-iort.too-few",
		 "The IORT table ends before as many nodes as it claims (\"IORT node pointer "
		 "overflows, bad table!\"). The kernel uses those that are there.",
		 FIX_ACPI_TABLE("IORT")},
	DEFECT(IORT_SHORT_NODE) =
		{"acpi-iort.short-node",
		 "A node of the IORT table is shorter than its type. The kernel does not check "
		 "that, and takes the bytes that follow for fields.",
		 FIX_ACPI_TABLE("IORT")},
	DEFECT(IORT_UNKNOWN_NODE) = {"acpi-iort.node-type",
				     "A node of the IORT table is of an unknown type. The kernel "
				     "passes over it.",
				     FIX_ACPI_TABLE("IORT")},
	DEFECT(IORT_BAD_MAPPINGS) =
		{"acpi-iort.mappings",
		 "A node's mappings of ids leave the node. The kernel does not check that and takes "
		 "the bytes that follow for mappings.",
		 FIX_ACPI_TABLE("IORT")},
	DEFECT(IORT_NULL_REFERENCE) =
		{"acpi-iort.null-reference",
		 "A mapping of ids leads nowhere (\"ID map has NULL parent reference\"). The kernel "
		 "does not use it. Where it is the first mapping of its node, the kernel uses no "
		 "mapping of that node.",
		 FIX_ACPI_TABLE("IORT")},
	DEFECT(IORT_BAD_REFERENCE) =
		{"acpi-iort.reference",
		 "A mapping of ids leads to where no node begins. The kernel does not check that "
		 "and takes what lies there for a node.",
		 FIX_ACPI_TABLE("IORT")},
	DEFECT(IORT_BAD_LIST) =
		{"acpi-iort.list",
		 "The list of an ITS group, the name of a component, or the ranges of reserved "
		 "memory leave their node. The kernel reads on behind it.",
		 FIX_ACPI_TABLE("IORT")},
	DEFECT(IORT_UNMAPPED_RMR) =
		{"acpi-iort.unmapped-rmr",
		 "Ranges of reserved memory are for no device (\"Invalid ID mapping, skipping RMR "
		 "node\"). The kernel ignores them.",
		 FIX_ACPI_TABLE("IORT")},
	DEFECT(IORT_TOO_MANY) =
		{"acpi-iort.too-many",
		 "The IORT table has more nodes or mappings than any real one. passcheck does not "
		 "look at all of them, and cannot tell what the kernel makes of the table.",
		 FIX_ACPI_TABLE("IORT")},
	DEFECT(NO_SMMU) =
		{"acpi-iort.no-smmu",
		 "The IORT table has no node of an SMMU: firmware offers no IOMMU. The SMMU is "
		 "off in the firmware setup, or the platform or the virtual machine has none.",
		 FIX_NO_SMMU},
	DEFECT(INCOHERENT) =
		{"acpi-iort.incoherent",
		 "The IORT table says that an SMMUv3 does not see memory as the processors' "
		 "caches have it. VFIO refuses what is behind such an SMMU (EINVAL): a guest "
		 "could not rely on what it reads. Kernels before 6.1 take every SMMU for coherent.",
		 "Update the firmware: some leave out the flag (COHACC override) of a "
		 "coherent SMMU. Otherwise use a device behind another SMMU."},
};

static const struct acpi_defect_text defects[] = {
	[IORT_BAD_CHECKSUM] = {"the IORT table has a wrong checksum", "checksum"},
	[IORT_TRAILING_BYTES] = {"the IORT table is followed by other bytes", "length"},
	[IORT_BAD_OFFSET] = {"the IORT table puts its first node where none can be", "offset"},
	[IORT_ZERO_LENGTH] = {"the IORT table has a node of length 0", "length"},
	[IORT_PAST_END] = {"a node leaves the IORT table", "length"},
	[IORT_TOO_FEW_NODES] = {"the IORT table has fewer nodes than it claims", "claimed"},
	[IORT_SHORT_NODE] = {"the IORT table has a node that is too short for its type", "length"},
	[IORT_UNKNOWN_NODE] = {"the IORT table has a node of an unknown type", "type"},
	[IORT_BAD_MAPPINGS] = {"the mappings of a node leave it", "count"},
	[IORT_NULL_REFERENCE] = {"the IORT table has a mapping that leads nowhere", "mapping"},
	[IORT_BAD_REFERENCE] = {"the IORT table has a mapping to where no node begins",
				"reference"},
	[IORT_BAD_LIST] = {"the IORT table has a list that leaves its node", "count"},
	[IORT_UNMAPPED_RMR] = {"the IORT table reserves memory for no device", "ranges"},
	[IORT_TOO_MANY] = {"the IORT table has more nodes than any real one", "count"},
};

ASSERT_COVERS(defects, IORT_DEFECT_COUNT);
ASSERT_COVERS(kinds, ACPI_TABLE_FIRST_DEFECT + FURTHER_COUNT);

static enum acpi_consequence consequence_of(int defect)
{
	return iort_consequence((enum iort_defect)defect);
}

static size_t count_nodes(const struct iort *iort, bool (*counts)(uint8_t type))
{
	size_t count = 0;

	for (size_t i = 0; i < iort->count; i++)
		count += counts(iort->nodes[i].type);
	return count;
}

static bool is_root_complex(uint8_t type)
{
	return type == IORT_ROOT_COMPLEX;
}

static bool is_its_group(uint8_t type)
{
	return type == IORT_ITS_GROUP;
}

static bool is_rmr(uint8_t type)
{
	return type == IORT_RMR;
}

static const char *describe(struct arena *arena, const struct iort *iort)
{
	return arena_printf(arena, "%zu SMMUs, %zu root complexes, %zu ITS groups, %zu RMRs",
			    count_nodes(iort, iort_is_smmu), count_nodes(iort, is_root_complex),
			    count_nodes(iort, is_its_group), count_nodes(iort, is_rmr));
}

static void report_no_smmu(const struct check_context *context)
{
	struct finding *finding =
		finding_add(context->findings, &kinds[ACPI_TABLE_FIRST_DEFECT + NO_SMMU],
			    FINDING_FAIL, subject_host(), "firmware's IORT table names no SMMU");

	finding_evidence(finding, &context->host->acpi.iort.fact, "%s",
			 describe(context->findings->arena, context->model->dma_units.iort));
	if (context->model->platform.is_guest)
		finding_remedy(finding, "%s",
			       platform_virtual_remedy(&context->model->platform, "a virtual SMMU",
						       VIRTUAL_SMMU, context->findings->arena));
	else
		finding_remedy(finding, "Switch on the SMMU in the firmware setup");
}

static void report_incoherent(const struct check_context *context)
{
	const struct dma_units *units = &context->model->dma_units;

	for (size_t i = 0; i < units->count; i++) {
		const struct dma_unit *unit = &units->units[i];
		if (!dma_unit_is_incoherent(units, unit))
			continue;
		struct finding *finding = finding_add(
			context->findings, &kinds[ACPI_TABLE_FIRST_DEFECT + INCOHERENT],
			FINDING_WARN, subject_host(),
			"the SMMU at 0x%llx is not coherent: VFIO refuses what is behind it",
			(unsigned long long)unit->smmu->base);
		finding_evidence(finding, &context->host->acpi.iort.fact, "flags 0x%x",
				 unit->smmu->flags);
	}
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	const struct iort *iort = context->model->dma_units.iort;
	struct acpi_table table = {
		.host = host,
		.is_guest = context->model->platform.is_guest,
		.platform = &context->model->platform,
		.text = &host->acpi.iort,
		.name = "IORT",
		.technology = "Arm hosts with ACPI",
		.setting = "the SMMU",
		.virtual_unit = VIRTUAL_SMMU,
		.absent = "firmware gives no IORT table: the SMMU is off or not there",
		.units = IOMMU_SMMU,
		.applies = cpu_is_arm(&host->cpu) && platform_has_acpi(host) != BOOLEAN_NO &&
			   !context->model->platform.has_viot,
		.kinds = kinds,
		.defect_texts = defects,
		.defect_count = IORT_DEFECT_COUNT,
		.consequence = consequence_of,
	};

	if (iort) {
		table.header = &iort->header;
		table.intact = iort->intact;
		table.accepted = iort->intact;
		table.defects = &iort->defects;
		table.content = describe(findings->arena, iort);
	}
	acpi_table_judge(&table, findings);
	if (!iort || !iort->intact)
		return;
	if (dma_units_lack_smmu(&context->model->dma_units) && !context->model->platform.has_viot)
		report_no_smmu(context);
	report_incoherent(context);
}

const struct check check_acpi_iort = {
	.id = "acpi-iort",
	.title = "What does firmware say about Arm's SMMUs?",
	.needs = "/sys/firmware/acpi/tables/IORT; root",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
