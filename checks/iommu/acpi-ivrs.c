/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/acpi_table.h"
#include "checks/support/check.h"
#include "checks/support/fixes.h"
#include "host/acpi/ivrs.h"
#include "host/base/buffer.h"
#include "model/platform.h"

#define DEFECT(defect) [ACPI_TABLE_FIRST_DEFECT + (int)(defect)]

static const struct finding_kind kinds[] = {
	[ACPI_TABLE_PRESENT] =
		{"acpi-ivrs.present",
		 "Firmware gives an IVRS table: the platform has AMD-Vi and it is on in the "
		 "firmware setup. Only a unit in /sys/class/iommu shows that the kernel uses "
		 "it.",
		 NULL},
	[ACPI_TABLE_ABSENT] =
		{"acpi-ivrs.absent",
		 "Firmware gives no IVRS table, so the kernel finds no AMD-Vi unit. The IOMMU is "
		 "off in the firmware setup, the platform has none, or the hypervisor gives "
		 "none.",
		 "Switch on the IOMMU (AMD-Vi) in the firmware setup. A virtual machine needs a "
		 "virtual IOMMU (amd-iommu) of its hypervisor, if its own guests are to get "
		 "devices. Where the platform has no IOMMU, only other hardware helps."},
	[ACPI_TABLE_HIDDEN] =
		{"acpi-ivrs.hidden",
		 "No IVRS table can be seen, but there may be one: an AMD-Vi unit runs, or no "
		 "ACPI table can be seen at all, as in a container.",
		 FIX_LEAVE_CONTAINER},
	[ACPI_TABLE_UNREADABLE] =
		{"acpi-ivrs.unreadable",
		 "There is an IVRS table, or may be one, but it could not be read. ACPI "
		 "tables are readable by root only.",
		 FIX_READ_AS_ROOT},
	[ACPI_TABLE_CUT_SHORT] =
		{"acpi-ivrs.cut-short",
		 "Fewer bytes of the IVRS table were read than its header claims. The kernel "
		 "always returns whole tables, so the capture is damaged.",
		 FIX_CAPTURE_AGAIN},
	[ACPI_TABLE_MALFORMED] =
		{"acpi-ivrs.malformed",
		 "The IVRS table is too short for its own header or has a wrong signature: "
		 "the kernel cannot use it.",
		 FIX_ACPI_TABLE("IVRS")},
	[ACPI_TABLE_NOT_APPLICABLE] =
		{"acpi-ivrs.not-applicable",
		 "An IVRS table belongs to hosts with AMD-Vi, which this host does not have.",
		 NULL},
	DEFECT(IVRS_BAD_CHECKSUM) =
		{"acpi-ivrs.checksum",
		 "The bytes of the IVRS table do not sum to 0. The kernel then leaves AMD-Vi "
		 "off (\"IVRS invalid checksum\").",
		 FIX_ACPI_TABLE("IVRS")},
	DEFECT(IVRS_TRAILING_BYTES) =
		{"acpi-ivrs.trailing-bytes",
		 "More bytes were read than the IVRS table's header claims. The kernel returns "
		 "exactly the table, so the capture is damaged.",
		 FIX_CAPTURE_AGAIN},
	DEFECT(IVRS_ZERO_LENGTH) =
		{"acpi-ivrs.zero-length",
		 "A block of the IVRS table has the length 0. The kernel does not check that: its "
		 "walk over the table does not end.",
		 FIX_ACPI_TABLE("IVRS")},
	DEFECT(IVRS_PAST_END) =
		{"acpi-ivrs.past-end",
		 "A block leaves the IVRS table. The kernel reads bytes behind the table, and "
		 "warns only after that.",
		 FIX_ACPI_TABLE("IVRS")},
	DEFECT(IVRS_SHORT_BLOCK) =
		{"acpi-ivrs.short-block",
		 "A block of the IVRS table is shorter than its type. The kernel does not check "
		 "that, and takes the bytes that follow for fields.",
		 FIX_ACPI_TABLE("IVRS")},
	DEFECT(IVRS_NO_UNIT) =
		{"acpi-ivrs.no-unit",
		 "The IVRS table has no IVHD block of the type that the kernel chooses: that of "
		 "the last block with the first block's device id.",
		 FIX_ACPI_TABLE("IVRS")},
	DEFECT(IVRS_NO_REGISTERS) =
		{"acpi-ivrs.no-registers",
		 "The registers of an IOMMU are at address 0. The kernel cannot reserve them "
		 "(\"This is a BIOS bug\") and leaves AMD-Vi off.",
		 FIX_ACPI_TABLE("IVRS")},
	DEFECT(IVRS_BAD_ENTRY_LENGTH) =
		{"acpi-ivrs.entry-length",
		 "A device entry is of a type that has no length, or leaves its block. The kernel "
		 "takes the length 0 for such a type, and its walk does not end; or it reads on "
		 "behind the block.",
		 FIX_ACPI_TABLE("IVRS")},
	DEFECT(IVRS_UNKNOWN_ENTRY) = {"acpi-ivrs.entry-type",
				      "A device entry is of an unknown type. The kernel skips it.",
				      FIX_ACPI_TABLE("IVRS")},
	DEFECT(IVRS_OPEN_RANGE) =
		{"acpi-ivrs.range",
		 "A range of devices has a start without end, or an end without start. The kernel "
		 "drops the first, and gives the second the start that it last saw.",
		 FIX_ACPI_TABLE("IVRS")},
	DEFECT(IVRS_BAD_HID) =
		{"acpi-ivrs.acpi-device",
		 "The entry of an ACPI device has no name (\"Invalid HID\"), or stands in a block "
		 "of another type than 0x40 (\"Invalid IVHD device type\"). The kernel ignores it.",
		 FIX_ACPI_TABLE("IVRS")},
	DEFECT(IVRS_BAD_UID) =
		{"acpi-ivrs.uid",
		 "The entry of an ACPI device has a UID of no known form, or has one although it "
		 "says that it has none (\"Invalid UID length\"). The kernel knows the device by its "
		 "name alone.",
		 FIX_ACPI_TABLE("IVRS")},
	DEFECT(IVRS_BAD_SPECIAL) =
		{"acpi-ivrs.special-device",
		 "The entry of a special device is for neither an IOAPIC nor an HPET. The kernel "
		 "then leaves AMD-Vi off.",
		 FIX_ACPI_TABLE("IVRS")},
	DEFECT(IVRS_TOO_MANY) =
		{"acpi-ivrs.too-many",
		 "The IVRS table has more blocks or entries than any real one. passcheck does not "
		 "look at all of them, and cannot tell what the kernel makes of the table.",
		 FIX_ACPI_TABLE("IVRS")},
};

static const struct acpi_defect_text defects[] = {
	[IVRS_BAD_CHECKSUM] = {"the IVRS table has a wrong checksum", "checksum"},
	[IVRS_TRAILING_BYTES] = {"the IVRS table is followed by other bytes", "length"},
	[IVRS_ZERO_LENGTH] = {"the IVRS table has a block of length 0", "length"},
	[IVRS_PAST_END] = {"a block leaves the IVRS table", "length"},
	[IVRS_SHORT_BLOCK] = {"the IVRS table has a block that is too short for its type",
			      "length"},
	[IVRS_NO_UNIT] = {"the IVRS table names no IOMMU that the kernel takes", "block type"},
	[IVRS_NO_REGISTERS] = {"the IVRS table puts an IOMMU's registers at address 0",
			       "register base"},
	[IVRS_BAD_ENTRY_LENGTH] = {"the IVRS table has a device entry of impossible length",
				   "type"},
	[IVRS_UNKNOWN_ENTRY] = {"the IVRS table has a device entry of an unknown type", "type"},
	[IVRS_OPEN_RANGE] = {"the IVRS table has a range of devices without start or end",
			     "device id"},
	[IVRS_BAD_HID] = {"the IVRS table has an ACPI device that the kernel does not take",
			  "device id"},
	[IVRS_BAD_UID] = {"the IVRS table has an ACPI device whose UID has no known form",
			  "device id"},
	[IVRS_BAD_SPECIAL] = {"the IVRS table has a special device that is neither IOAPIC nor HPET",
			      "variety"},
	[IVRS_TOO_MANY] = {"the IVRS table has more entries than any real one", "count"},
};

ASSERT_COVERS(defects, IVRS_DEFECT_COUNT);
ASSERT_COVERS(kinds, ACPI_TABLE_FIRST_DEFECT + (int)IVRS_DEFECT_COUNT);

static enum acpi_consequence consequence_of(int defect)
{
	return ivrs_consequence((enum ivrs_defect)defect);
}

static size_t count_units(const struct ivrs *ivrs)
{
	size_t count = 0;

	for (size_t i = 0; i < ivrs->count; i++)
		count += ivrs->blocks[i].chosen;
	return count;
}

static size_t count_regions(const struct ivrs *ivrs)
{
	size_t count = 0;

	for (size_t i = 0; i < ivrs->count; i++)
		count += ivrs_is_ivmd(ivrs->blocks[i].type);
	return count;
}

static const char *describe(struct arena *arena, const struct ivrs *ivrs)
{
	return arena_printf(arena, "%s by IVHD type 0x%02x, %s",
			    counted(arena, count_units(ivrs), "IOMMU"), ivrs->chosen_type,
			    counted(arena, count_regions(ivrs), "reserved region"));
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	const struct ivrs *ivrs = context->model->dma_units.ivrs;
	struct acpi_table table = {
		.host = host,
		.is_guest = context->model->platform.is_guest,
		.platform = &context->model->platform,
		.text = &host->acpi.ivrs,
		.name = "IVRS",
		.technology = "AMD-Vi",
		.setting = "the IOMMU (AMD-Vi)",
		.virtual_unit = "amd-iommu",
		.absent = "firmware gives no IVRS table: AMD-Vi is off or not there",
		.units = IOMMU_AMD_VI,
		.applies = context->model->platform.kind == PLATFORM_AMD_VI,
		.kinds = kinds,
		.defect_texts = defects,
		.defect_count = IVRS_DEFECT_COUNT,
		.consequence = consequence_of,
	};

	if (ivrs) {
		table.header = &ivrs->header;
		table.intact = ivrs->intact;
		table.accepted = ivrs_accepted(ivrs);
		table.defects = &ivrs->defects;
		table.content = describe(findings->arena, ivrs);
	}
	acpi_table_judge(&table, findings);
}

const struct check check_acpi_ivrs = {
	.id = "acpi-ivrs",
	.title = "What does firmware say about AMD-Vi?",
	.needs = "/sys/firmware/acpi/tables/IVRS; root",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
