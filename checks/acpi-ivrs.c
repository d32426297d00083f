/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/acpi_table.h"
#include "checks/support/check.h"
#include "host/acpi_ivrs.h"
#include "model/platform.h"

enum kind {
	PRESENT,
	ABSENT,
	HIDDEN,
	UNREADABLE,
	CUT_SHORT,
	MALFORMED,
	NOT_APPLICABLE,
	FIRST_DEFECT,
};

#define DEFECT(defect) [FIRST_DEFECT + (defect)]

static const struct finding_kind kinds[] = {
	[PRESENT] =
		{"acpi-ivrs.present",
		 "Firmware gives an IVRS table: the platform has AMD-Vi and it is on in the "
		 "firmware setup. Only a unit in /sys/class/iommu says that the kernel uses it."},
	[ABSENT] =
		{"acpi-ivrs.absent",
		 "Firmware gives no IVRS table, so the kernel finds no AMD-Vi unit. The IOMMU is "
		 "off in the firmware setup, the platform has none, or the hypervisor gives "
		 "none."},
	[HIDDEN] = {"acpi-ivrs.hidden",
		    "No IVRS table can be seen, but that does not say that there is none: an "
		    "AMD-Vi unit runs, or no ACPI table can be seen at all, as in a container."},
	[UNREADABLE] = {"acpi-ivrs.unreadable",
			"There is an IVRS table, or may be one, but it could not be read. ACPI "
			"tables are readable by root only."},
	[CUT_SHORT] = {"acpi-ivrs.cut-short",
		       "Fewer bytes of the IVRS table were read than it claims to have. The kernel "
		       "gives out whole tables, so the capture is damaged."},
	[MALFORMED] = {"acpi-ivrs.malformed",
		       "The IVRS table is too short for its own header or has a wrong signature: "
		       "the kernel cannot use it."},
	[NOT_APPLICABLE] = {"acpi-ivrs.not-applicable",
			    "An IVRS table belongs to hosts with AMD-Vi, and this is none."},
	DEFECT(IVRS_BAD_CHECKSUM) =
		{"acpi-ivrs.checksum",
		 "The bytes of the IVRS table do not sum to 0. The kernel then leaves AMD-Vi "
		 "off (\"IVRS invalid checksum\")."},
	DEFECT(IVRS_TRAILING_BYTES) =
		{"acpi-ivrs.trailing-bytes",
		 "More bytes were read than the IVRS table's header claims. What follows has no "
		 "effect; the length may be damaged."},
	DEFECT(IVRS_ZERO_LENGTH) =
		{"acpi-ivrs.zero-length",
		 "A block of the IVRS table has the length 0. The kernel does not check that: its "
		 "walk over the table does not end."},
	DEFECT(IVRS_PAST_END) =
		{"acpi-ivrs.past-end",
		 "A block leaves the IVRS table. The kernel does not check that and reads bytes "
		 "behind the table."},
	DEFECT(IVRS_SHORT_BLOCK) =
		{"acpi-ivrs.short-block",
		 "A block of the IVRS table is shorter than its type. The kernel does not check "
		 "that and takes bytes of the next block for fields."},
	DEFECT(IVRS_NO_UNIT) =
		{"acpi-ivrs.no-unit",
		 "The IVRS table has no IVHD block of the type that the kernel chooses: that of "
		 "the last block with the first block's device id."},
	DEFECT(IVRS_NO_REGISTERS) =
		{"acpi-ivrs.no-registers",
		 "The registers of an IOMMU are at address 0. The kernel cannot reserve them "
		 "(\"This is a BIOS bug\") and leaves AMD-Vi off."},
	DEFECT(IVRS_BAD_ENTRY_LENGTH) =
		{"acpi-ivrs.entry-length",
		 "A device entry is of a type that has no length, or leaves its block. The kernel "
		 "takes the length 0 for such a type, and its walk does not end."},
	DEFECT(IVRS_UNKNOWN_ENTRY) = {"acpi-ivrs.entry-type",
				      "A device entry is of an unknown type. The kernel skips it."},
	DEFECT(IVRS_OPEN_RANGE) =
		{"acpi-ivrs.range",
		 "A range of devices has a start without end, or an end without start. The kernel "
		 "drops the first, and gives the second the start that it last saw."},
	DEFECT(IVRS_BAD_HID) =
		{"acpi-ivrs.acpi-device",
		 "The entry of an ACPI device has no name or a wrong UID, or stands in a block of "
		 "another type than 0x40. The kernel ignores it."},
	DEFECT(IVRS_TOO_MANY) =
		{"acpi-ivrs.too-many",
		 "The IVRS table has more blocks or entries than any real one. passcheck does not "
		 "look at all of them."},
};

static const char *const defects[] = {
	[IVRS_BAD_CHECKSUM] = "the IVRS table has a wrong checksum",
	[IVRS_TRAILING_BYTES] = "the IVRS table is followed by other bytes",
	[IVRS_ZERO_LENGTH] = "the IVRS table has a block of length 0",
	[IVRS_PAST_END] = "a block leaves the IVRS table",
	[IVRS_SHORT_BLOCK] = "the IVRS table has a block that is too short for its type",
	[IVRS_NO_UNIT] = "the IVRS table names no IOMMU that the kernel takes",
	[IVRS_NO_REGISTERS] = "the IVRS table puts an IOMMU's registers at address 0",
	[IVRS_BAD_ENTRY_LENGTH] = "the IVRS table has a device entry of impossible length",
	[IVRS_UNKNOWN_ENTRY] = "the IVRS table has a device entry of an unknown type",
	[IVRS_OPEN_RANGE] = "the IVRS table has a range of devices without start or end",
	[IVRS_BAD_HID] = "the IVRS table has an ACPI device that the kernel does not take",
	[IVRS_TOO_MANY] = "the IVRS table has more entries than any real one",
};

_Static_assert(sizeof(defects) / sizeof(defects[0]) == IVRS_DEFECT_COUNT, "a text for each defect");
_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == FIRST_DEFECT + IVRS_DEFECT_COUNT,
	       "a kind for each defect");

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

static bool is_usable(const struct ivrs *ivrs)
{
	for (size_t i = 0; i < ivrs->defects.count; i++) {
		if (consequence_of(ivrs->defects.items[i].kind) == ACPI_UNDEFINED)
			return false;
	}
	return ivrs_accepted(ivrs);
}

static void judge_content(const struct host *host, const struct ivrs *ivrs,
			  struct findings *findings)
{
	const struct acpi_table_report report = {
		.host = host,
		.name = "IVRS",
		.table = &host->acpi.ivrs,
		.units = IOMMU_AMD_VI,
		.kinds = kinds + FIRST_DEFECT,
		.what = defects,
	};

	acpi_table_report_defects(&report, &ivrs->defects, IVRS_DEFECT_COUNT, consequence_of,
				  findings);
	if (!is_usable(ivrs))
		return;
	struct finding *finding = finding_add(findings, &kinds[PRESENT], FINDING_PASS,
					      subject_host(), "firmware gives an IVRS table");
	finding_evidence(finding, &host->acpi.ivrs.fact,
			 "%u bytes by %s: %zu IOMMUs by IVHD type 0x%02x, %zu reserved regions",
			 ivrs->header.length, ivrs->header.oem_id, count_units(ivrs),
			 ivrs->chosen_type, count_regions(ivrs));
}

static void report_malformed(const struct host *host, struct findings *findings)
{
	const char *unit = acpi_table_running_unit(host, IOMMU_AMD_VI);
	struct finding *finding =
		finding_add(findings, &kinds[MALFORMED], unit ? FINDING_WARN : FINDING_FAIL,
			    subject_host(), "the IVRS table is damaged%s%s%s", unit ? ", yet " : "",
			    unit ? unit : "", unit ? " runs" : "");

	finding_evidence(finding, &host->acpi.ivrs.fact, "%zu bytes", host->acpi.ivrs.length);
	acpi_table_remedy(finding, host, "IVRS");
}

static void judge_table(const struct host *host, const struct ivrs *ivrs, struct findings *findings)
{
	size_t length = host->acpi.ivrs.length;

	if (ivrs && ivrs->intact) {
		judge_content(host, ivrs, findings);
		return;
	}
	if (ivrs && ivrs->header.length <= length) {
		report_malformed(host, findings);
		return;
	}
	struct finding *finding =
		finding_add(findings, &kinds[CUT_SHORT], FINDING_UNKNOWN, subject_host(),
			    "the IVRS table was not read to its end");
	finding_evidence(finding, &host->acpi.ivrs.fact, "%zu bytes", length);
	finding_remedy(finding, "Capture the host again");
}

static bool may_be_hidden(const struct host *host)
{
	return acpi_table_running_unit(host, IOMMU_AMD_VI) ||
	       !fact_known(&host->acpi.directory.fact);
}

static void report_hidden(const struct host *host, struct findings *findings)
{
	bool runs = acpi_table_running_unit(host, IOMMU_AMD_VI);
	struct finding *finding =
		finding_add(findings, &kinds[HIDDEN], runs ? FINDING_WARN : FINDING_UNKNOWN,
			    subject_host(), "no IVRS table can be seen%s",
			    runs ? ", yet AMD-Vi runs" : ", and maybe there is one");

	finding_evidence_state(finding, &host->acpi.ivrs.fact);
	finding_evidence(finding, &host->acpi.directory.fact, "%zu entries",
			 host->acpi.directory.count);
	finding_remedy(finding, "Run passcheck on the host itself, outside of any container");
}

static void report_absent(const struct host *host, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[ABSENT], FINDING_FAIL, subject_host(),
			    "firmware gives no IVRS table: AMD-Vi is off or not there");

	finding_evidence_state(finding, &host->acpi.ivrs.fact);
	if (platform_is_guest(host))
		finding_remedy(finding, "Give this virtual machine a virtual IOMMU (amd-iommu), "
					"if devices are to be passed on from it");
	else
		finding_remedy(finding, "Switch on the IOMMU (AMD-Vi) in the firmware setup");
}

static void report_not_applicable(const struct host *host, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[NOT_APPLICABLE], FINDING_NOT_APPLICABLE,
			    subject_host(), "an IVRS table belongs to AMD-Vi");

	finding_evidence_state(finding, &host->acpi.ivrs.fact);
}

static void report_unreadable(const struct host *host, struct findings *findings)
{
	const struct fact *fact = &host->acpi.ivrs.fact;
	struct finding *finding = finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN,
					      subject_host(), "the IVRS table could not be read");

	finding_evidence_state(finding, fact);
	finding_remedy_unread(finding, fact);
}

/* Where the vendor cannot be told, acpi-dmar speaks of both tables. */
static void run(const struct host *host, const struct model *model, struct findings *findings)
{
	const struct fact *fact = &host->acpi.ivrs.fact;

	if (fact_known(fact))
		judge_table(host, model->dma_units.ivrs, findings);
	else if (platform_of(host) != PLATFORM_AMD_VI)
		report_not_applicable(host, findings);
	else if (!fact_absent(fact))
		report_unreadable(host, findings);
	else if (may_be_hidden(host))
		report_hidden(host, findings);
	else
		report_absent(host, findings);
}

const struct check check_acpi_ivrs = {
	.id = "acpi-ivrs",
	.title = "What does firmware say of AMD-Vi?",
	.needs = "/sys/firmware/acpi/tables/IVRS; root",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run = run,
};
