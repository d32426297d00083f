/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/acpi_table.h"
#include "checks/support/check.h"
#include "checks/support/fixes.h"
#include "host/acpi/viot.h"
#include "host/base/buffer.h"
#include "model/platform.h"

#define DEFECT(defect) [ACPI_TABLE_FIRST_DEFECT + (int)(defect)]
#define FIX_VIOT       "Update the hypervisor that makes the VIOT table."

/* A kind that the checks of other tables do not have; it follows those of defects. */
enum { NOT_THERE = (int)VIOT_DEFECT_COUNT, FURTHER_COUNT };

static const struct finding_kind kinds[] = {
	[ACPI_TABLE_PRESENT] =
		{"acpi-viot.present",
		 "The hypervisor gives a VIOT table, which says what virtio-iommu translates which "
		 "functions of this virtual machine. Only a unit in /sys/class/iommu says that the "
		 "kernel uses it.",
		 NULL},
	[ACPI_TABLE_ABSENT] =
		{"acpi-viot.absent",
		 "This virtual machine has a virtio-iommu and ACPI tables, but no VIOT table. The "
		 "kernel then does not know which functions the virtio-iommu translates, and uses it "
		 "for none.",
		 "Update the hypervisor. QEMU gives a VIOT table with its machines q35 and virt."},
	[ACPI_TABLE_HIDDEN] =
		{"acpi-viot.hidden",
		 "No VIOT table can be seen, but there may be one: the virtio-iommu runs, or no "
		 "ACPI table can be seen at all.",
		 FIX_LEAVE_CONTAINER},
	[ACPI_TABLE_UNREADABLE] =
		{"acpi-viot.unreadable",
		 "There is a VIOT table, or may be one, but it could not be read. ACPI tables are "
		 "readable by root only.",
		 FIX_READ_AS_ROOT},
	[ACPI_TABLE_CUT_SHORT] =
		{"acpi-viot.cut-short",
		 "Fewer bytes of the VIOT table were read than it claims to have. The kernel "
		 "always returns whole tables, so the capture is damaged.",
		 FIX_CAPTURE_AGAIN},
	[ACPI_TABLE_MALFORMED] =
		{"acpi-viot.malformed",
		 "The VIOT table is too short for its own header or has a wrong signature: the "
		 "kernel cannot use it.",
		 FIX_VIOT},
	[ACPI_TABLE_NOT_APPLICABLE] = {"acpi-viot.not-applicable",
				       "A VIOT table belongs to virtual machines with a "
				       "virtio-iommu, which this host is not.",
				       NULL},
	DEFECT(VIOT_BAD_CHECKSUM) =
		{"acpi-viot.checksum",
		 "The bytes of the VIOT table do not sum to 0. The kernel warns, and uses it.",
		 FIX_VIOT},
	DEFECT(VIOT_TRAILING_BYTES) =
		{"acpi-viot.trailing-bytes",
		 "More bytes were read than the VIOT table's header claims. The kernel returns "
		 "exactly the table, so the capture is damaged.",
		 FIX_CAPTURE_AGAIN},
	DEFECT(VIOT_OUTSIDE) =
		{"acpi-viot.outside",
		 "A node of the VIOT table lies in the table's header or behind its end (\"Node "
		 "pointer overflows\"). The kernel uses those before it, and none behind it.",
		 FIX_VIOT},
	DEFECT(VIOT_EMPTY_NODE) =
		{"acpi-viot.empty-node",
		 "A node of the VIOT table is shorter than the head of a node (\"Empty node\"). "
		 "The kernel uses those before it, and none behind it.",
		 FIX_VIOT},
	DEFECT(VIOT_PAST_END) =
		{"acpi-viot.past-end",
		 "A node leaves the VIOT table. The kernel does not check that, and reads bytes "
		 "behind the table.",
		 FIX_VIOT},
	DEFECT(VIOT_SHORT_NODE) =
		{"acpi-viot.short-node",
		 "A node of the VIOT table is shorter than its type (\"Invalid PCI node size\"). "
		 "The kernel uses those before it, and none behind it.",
		 FIX_VIOT},
	DEFECT(VIOT_UNKNOWN_NODE) = {"acpi-viot.node-type",
				     "A node of the VIOT table is of an unknown type "
				     "(\"Unsupported node\"). The kernel passes over it.",
				     FIX_VIOT},
	DEFECT(VIOT_NO_IOMMU) =
		{"acpi-viot.no-iommu",
		 "Endpoints of the VIOT table name an IOMMU where the table describes none (\"No "
		 "IOMMU node found\"). The kernel leaves them without translation.",
		 FIX_VIOT},
	DEFECT(VIOT_TOO_MANY) =
		{"acpi-viot.too-many",
		 "The VIOT table has more nodes than any real one. passcheck does not look at all "
		 "of them, and cannot tell what the kernel makes of the table.",
		 FIX_VIOT},
	DEFECT(NOT_THERE) =
		{"acpi-viot.iommu-not-there",
		 "The VIOT table names a PCI function as the virtio-iommu, and there is no such "
		 "function (\"Could not find PCI IOMMU\"). The kernel leaves what is behind it "
		 "without translation.",
		 FIX_VIOT},
};

static const struct acpi_defect_text defects[] = {
	[VIOT_BAD_CHECKSUM] = {"the VIOT table has a wrong checksum", "checksum"},
	[VIOT_TRAILING_BYTES] = {"the VIOT table is followed by other bytes", "length"},
	[VIOT_OUTSIDE] = {"the VIOT table has a node where none can be", "claimed"},
	[VIOT_EMPTY_NODE] = {"the VIOT table has a node without a head", "length"},
	[VIOT_PAST_END] = {"a node leaves the VIOT table", "length"},
	[VIOT_SHORT_NODE] = {"the VIOT table has a node that is too short for its type", "length"},
	[VIOT_UNKNOWN_NODE] = {"the VIOT table has a node of an unknown type", "type"},
	[VIOT_NO_IOMMU] = {"the VIOT table names an IOMMU that it does not describe", "reference"},
	[VIOT_TOO_MANY] = {"the VIOT table has more nodes than any real one", "claimed"},
};

ASSERT_COVERS(defects, VIOT_DEFECT_COUNT);
ASSERT_COVERS(kinds, ACPI_TABLE_FIRST_DEFECT + FURTHER_COUNT);

static enum acpi_consequence consequence_of(int defect)
{
	return viot_consequence((enum viot_defect)defect);
}

static const char *describe(struct arena *arena, const struct viot *viot)
{
	size_t iommus = 0;

	for (size_t i = 0; i < viot->count; i++)
		iommus += viot_is_iommu(viot->nodes[i].type);
	return arena_printf(arena, "%s, %s", counted(arena, iommus, "IOMMU"),
			    counted(arena, viot->count - iommus, "other node"));
}

static const struct pci_function *find_virtio_iommu(const struct check_context *context)
{
	const struct host *host = context->host;

	for (size_t i = 0; i < host->pci.count; i++) {
		if (platform_is_virtio_iommu(&host->pci.functions[i]))
			return &host->pci.functions[i];
	}
	return NULL;
}

/* Of a device tree the kernel knows without a table what the virtio-iommu translates. */
static bool applies(const struct check_context *context)
{
	return context->model->platform.has_viot ||
	       (find_virtio_iommu(context) && platform_has_acpi(context->host) != BOOLEAN_NO);
}

static void report_missing_functions(const struct check_context *context)
{
	const struct dma_units *units = &context->model->dma_units;

	for (size_t i = 0; i < units->count; i++) {
		const struct dma_unit *unit = &units->units[i];
		if (!unit->viommu || dma_unit_is_there(units, unit))
			continue;
		struct finding *finding = finding_add(
			context->findings, &kinds[ACPI_TABLE_FIRST_DEFECT + NOT_THERE],
			FINDING_FAIL, subject_host(),
			"the VIOT table names %s, which is not there: the kernel translates nothing "
			"behind it",
			dma_unit_describe(context->findings->arena, unit));
		finding_evidence(finding, &context->host->acpi.viot.fact, "node at offset 0x%zx",
				 unit->viommu->offset);
		finding_remedy(finding, "Update the hypervisor that makes the VIOT table");
	}
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	const struct viot *viot = context->model->dma_units.viot;
	struct acpi_table table = {
		.host = host,
		.is_guest = true,
		.text = &host->acpi.viot,
		.name = "VIOT",
		.technology = "virtual machines with a virtio-iommu",
		.absent = "there is a virtio-iommu, and no VIOT table that says what it translates",
		.absent_remedy = "Update the hypervisor, or have it give ACPI tables with a VIOT",
		.units = IOMMU_OTHER,
		.applies = applies(context),
		.kinds = kinds,
		.defect_texts = defects,
		.defect_count = VIOT_DEFECT_COUNT,
		.consequence = consequence_of,
	};

	if (viot) {
		table.header = &viot->header;
		table.intact = viot->intact;
		table.accepted = viot->intact;
		table.defects = &viot->defects;
		table.content = describe(context->findings->arena, viot);
	}
	acpi_table_judge(&table, context->findings);
	report_missing_functions(context);
}

const struct check check_acpi_viot = {
	.id = "acpi-viot",
	.title = "What does the hypervisor say about virtio-iommus?",
	.needs = "/sys/firmware/acpi/tables/VIOT; root",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
