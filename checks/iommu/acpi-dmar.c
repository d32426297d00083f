/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/acpi_table.h"
#include "checks/support/check.h"
#include "checks/support/fixes.h"
#include "host/acpi/dmar.h"
#include "host/base/buffer.h"
#include "model/platform.h"

#define DEFECT(defect) [ACPI_TABLE_FIRST_DEFECT + (int)(defect)]

static const struct finding_kind kinds[] = {
	[ACPI_TABLE_PRESENT] =
		{"acpi-dmar.present",
		 "Firmware gives a DMAR table: the platform has VT-d and it is on in the "
		 "firmware setup. Only a unit in /sys/class/iommu shows that the kernel uses "
		 "it.",
		 NULL},
	[ACPI_TABLE_ABSENT] =
		{"acpi-dmar.absent",
		 "Firmware gives no DMAR table, so the kernel finds no VT-d unit. VT-d is off in "
		 "the firmware setup, the platform has none, or the hypervisor gives none.",
		 "Switch on VT-d (Intel Virtualization Technology for Directed I/O) in the "
		 "firmware setup. A virtual machine needs a virtual IOMMU (intel-iommu) of its "
		 "hypervisor, if its own guests are to get devices. Where the platform has no "
		 "IOMMU, only other hardware helps."},
	[ACPI_TABLE_HIDDEN] =
		{"acpi-dmar.hidden",
		 "No DMAR table can be seen, but there may be one: a VT-d unit runs, or no ACPI "
		 "table can be seen at all, as in a container.",
		 FIX_LEAVE_CONTAINER},
	[ACPI_TABLE_UNREADABLE] =
		{"acpi-dmar.unreadable",
		 "There is a DMAR table, or may be one, but it could not be read. ACPI "
		 "tables are readable by root only.",
		 FIX_READ_AS_ROOT},
	[ACPI_TABLE_CUT_SHORT] =
		{"acpi-dmar.cut-short",
		 "Fewer bytes of the DMAR table were read than its header claims. The kernel "
		 "always returns whole tables, so the capture is damaged.",
		 FIX_CAPTURE_AGAIN},
	[ACPI_TABLE_MALFORMED] =
		{"acpi-dmar.malformed",
		 "The DMAR table is too short for its own header or has a wrong signature: "
		 "the kernel cannot use it.",
		 FIX_ACPI_TABLE("DMAR")},
	[ACPI_TABLE_NOT_APPLICABLE] = {"acpi-dmar.not-applicable",
				       "A DMAR table belongs to hosts with VT-d, which this "
				       "host does not have.",
				       NULL},
	DEFECT(DMAR_BAD_CHECKSUM) =
		{"acpi-dmar.checksum",
		 "The bytes of the DMAR table do not sum to 0. The kernel warns and uses it "
		 "nevertheless; its content is doubtful.",
		 FIX_ACPI_TABLE("DMAR")},
	DEFECT(DMAR_TRAILING_BYTES) =
		{"acpi-dmar.trailing-bytes",
		 "More bytes were read than the DMAR table's header claims. The kernel returns "
		 "exactly the table, so the capture is damaged.",
		 FIX_CAPTURE_AGAIN},
	DEFECT(DMAR_BAD_WIDTH) =
		{"acpi-dmar.width",
		 "The host address width in the DMAR table, of which the table holds one less, is "
		 "below 12 bits (\"Invalid DMAR haw\"). The kernel then parses nothing of the "
		 "table.",
		 FIX_ACPI_TABLE("DMAR")},
	DEFECT(DMAR_ZERO_LENGTH) =
		{"acpi-dmar.zero-length",
		 "A structure of the DMAR table has the length 0. The kernel silently ends its "
		 "walk there: it uses what stands before, and ignores what follows.",
		 FIX_ACPI_TABLE("DMAR")},
	DEFECT(DMAR_PAST_END) =
		{"acpi-dmar.past-end",
		 "A structure leaves the DMAR table (\"Record passes table end\"). The kernel's "
		 "parser fails, and with it DMA and interrupt remapping.",
		 FIX_ACPI_TABLE("DMAR")},
	DEFECT(DMAR_SHORT_STRUCTURE) =
		{"acpi-dmar.short-structure",
		 "A structure of the DMAR table is shorter than its type. The kernel does not "
		 "check that, and takes the bytes that follow for fields.",
		 FIX_ACPI_TABLE("DMAR")},
	DEFECT(DMAR_BAD_SCOPE_LENGTH) =
		{"acpi-dmar.scope-length",
		 "A device scope is shorter than 6 bytes or leaves its structure. The kernel does "
		 "not check that: with the length 0 its walk does not end.",
		 FIX_ACPI_TABLE("DMAR")},
	DEFECT(DMAR_UNKNOWN_SCOPE) =
		{"acpi-dmar.scope-type",
		 "A device scope is of a reserved type (\"Unsupported device scope\"): it names no "
		 "device to the kernel.",
		 FIX_ACPI_TABLE("DMAR")},
	DEFECT(DMAR_NO_UNIT) =
		{"acpi-dmar.no-unit",
		 "The DMAR table names no remapping unit (\"No DRHD structure found\", \"No DMAR "
		 "devices found\").",
		 FIX_ACPI_TABLE("DMAR")},
	DEFECT(DMAR_NO_REGISTERS) =
		{"acpi-dmar.no-registers",
		 "The registers of a remapping unit are at address 0 (\"Your BIOS is broken; DMAR "
		 "reported at address 0\"). The kernel leaves VT-d off.",
		 FIX_ACPI_TABLE("DMAR")},
	DEFECT(DMAR_FAR_REGISTERS) =
		{"acpi-dmar.far-registers",
		 "The registers of a remapping unit are at an address beyond the host's address "
		 "width, as one of all ones is: nothing answers there (\"DMAR reported at address "
		 "… returns all ones\"). The kernel leaves VT-d off.",
		 FIX_ACPI_TABLE("DMAR")},
	DEFECT(DMAR_UNALIGNED_REGISTERS) =
		{"acpi-dmar.unaligned-registers",
		 "The registers of a remapping unit begin within a page. VT-d's specification has "
		 "them begin with one; the kernel reads what it finds at that address.",
		 FIX_ACPI_TABLE("DMAR")},
	DEFECT(DMAR_SECOND_CATCH_ALL) =
		{"acpi-dmar.second-catch-all",
		 "Two remapping units of a segment are for all functions that no other unit names "
		 "(INCLUDE_PCI_ALL). The kernel takes the first for them; the second translates "
		 "only what it names.",
		 FIX_ACPI_TABLE("DMAR")},
	DEFECT(DMAR_DUPLICATE_UNIT) =
		{"acpi-dmar.duplicate-unit",
		 "Two remapping units have the same segment and address. The kernel takes the "
		 "first, with the devices of that one alone.",
		 FIX_ACPI_TABLE("DMAR")},
	DEFECT(DMAR_UNTERMINATED_NAME) =
		{"acpi-dmar.name",
		 "The name of an ACPI device (ANDD) lacks its final NUL. The kernel's parser "
		 "fails, "
		 "and with it DMA and interrupt remapping.",
		 FIX_ACPI_TABLE("DMAR")},
	DEFECT(DMAR_UNKNOWN_AFFINITY) =
		{"acpi-dmar.affinity",
		 "An affinity structure (RHSA) names a unit that no DRHD before it has. The kernel "
		 "warns, and that unit has no memory node.",
		 FIX_ACPI_TABLE("DMAR")},
	DEFECT(DMAR_BAD_RESERVED_REGION) =
		{"acpi-dmar.reserved-region",
		 "A reserved memory region (RMRR) does not consist of whole pages, or ends "
		 "before it begins. The kernel warns (\"bad RMRR\") and applies it "
		 "nevertheless.",
		 FIX_ACPI_TABLE("DMAR")},
	DEFECT(DMAR_TOO_MANY) =
		{"acpi-dmar.too-many",
		 "The DMAR table has more structures or scopes than any real one. passcheck does "
		 "not look at all of them, and cannot tell what the kernel makes of the table.",
		 FIX_ACPI_TABLE("DMAR")},
};

static const struct acpi_defect_text defects[] = {
	[DMAR_BAD_CHECKSUM] = {"the DMAR table has a wrong checksum", "checksum"},
	[DMAR_TRAILING_BYTES] = {"the DMAR table is followed by other bytes", "length"},
	[DMAR_BAD_WIDTH] = {"the DMAR table has an impossible host address width", "width byte"},
	[DMAR_ZERO_LENGTH] = {"the DMAR table has a structure of length 0", "length"},
	[DMAR_PAST_END] = {"a structure leaves the DMAR table", "length"},
	[DMAR_SHORT_STRUCTURE] = {"the DMAR table has a structure that is too short for its type",
				  "length"},
	[DMAR_BAD_SCOPE_LENGTH] = {"the DMAR table has a device scope of impossible length",
				   "length"},
	[DMAR_UNKNOWN_SCOPE] = {"the DMAR table has a device scope of a reserved type", "type"},
	[DMAR_NO_UNIT] = {"the DMAR table names no remapping unit", "structures"},
	[DMAR_NO_REGISTERS] = {"the DMAR table puts a unit's registers at address 0",
			       "register base"},
	[DMAR_FAR_REGISTERS] = {"the DMAR table puts a unit's registers beyond the address width",
				"register base"},
	[DMAR_UNALIGNED_REGISTERS] = {"the DMAR table puts a unit's registers within a page",
				      "register base"},
	[DMAR_SECOND_CATCH_ALL] = {"the DMAR table has two units for all functions of a segment",
				   "register base"},
	[DMAR_DUPLICATE_UNIT] = {"the DMAR table names a remapping unit twice", "register base"},
	[DMAR_UNTERMINATED_NAME] = {"the DMAR table has a device name without end", "name length"},
	[DMAR_UNKNOWN_AFFINITY] = {"the DMAR table gives a memory node to a unit that it has not "
				   "named",
				   "register base"},
	[DMAR_BAD_RESERVED_REGION] = {"the DMAR table has a reserved region of impossible size",
				      "region base"},
	[DMAR_TOO_MANY] = {"the DMAR table has more entries than any real one", "count"},
};

ASSERT_COVERS(defects, DMAR_DEFECT_COUNT);
ASSERT_COVERS(kinds, ACPI_TABLE_FIRST_DEFECT + (int)DMAR_DEFECT_COUNT);

static enum acpi_consequence consequence_of(int defect)
{
	return dmar_consequence((enum dmar_defect)defect);
}

static size_t count_of(const struct dmar *dmar, uint16_t type)
{
	size_t count = 0;

	for (size_t i = 0; i < dmar->count; i++)
		count += dmar->structures[i].type == type;
	return count;
}

static const char *describe(struct arena *arena, const struct dmar *dmar)
{
	return arena_printf(arena, "%s, %s",
			    counted(arena, count_of(dmar, DMAR_DRHD), "remapping unit"),
			    counted(arena, count_of(dmar, DMAR_RMRR), "reserved region"));
}

/* Where the vendor cannot be told, this check speaks of both tables. */
static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	const struct dmar *dmar = context->model->dma_units.dmar;
	const struct host_platform *machine = &context->model->platform;
	enum platform platform = machine->kind;
	struct acpi_table table = {
		.host = host,
		.is_guest = machine->is_guest,
		.platform = machine,
		.text = &host->acpi.dmar,
		.name = "DMAR",
		.technology = "VT-d",
		.setting = platform == PLATFORM_VTD ? "VT-d (Intel Virtualization Technology for "
						      "Directed I/O)"
						    : "the IOMMU",
		.virtual_unit = "intel-iommu",
		.absent = platform == PLATFORM_VTD
				  ? "firmware gives no DMAR table: VT-d is off or not there"
				  : "firmware gives neither a DMAR nor an IVRS table: there is no "
				    "IOMMU",
		.units = IOMMU_VTD,
		.applies = platform == PLATFORM_VTD || platform == PLATFORM_UNKNOWN,
		.kinds = kinds,
		.defect_texts = defects,
		.defect_count = DMAR_DEFECT_COUNT,
		.consequence = consequence_of,
	};

	if (dmar) {
		table.header = &dmar->header;
		table.intact = dmar->intact;
		table.accepted = dmar_accepted(dmar);
		table.defects = &dmar->defects;
		table.content = describe(findings->arena, dmar);
	}
	acpi_table_judge(&table, findings);
}

const struct check check_acpi_dmar = {
	.id = "acpi-dmar",
	.title = "What does firmware say about VT-d?",
	.needs = "/sys/firmware/acpi/tables/DMAR; root",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
