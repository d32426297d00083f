/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/acpi_table.h"
#include "checks/support/check.h"
#include "host/acpi_dmar.h"
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
		{"acpi-dmar.present",
		 "Firmware gives a DMAR table: the platform has VT-d and it is on in the "
		 "firmware setup. Only a unit in /sys/class/iommu says that the kernel uses it."},
	[ABSENT] =
		{"acpi-dmar.absent",
		 "Firmware gives no DMAR table, so the kernel finds no VT-d unit. VT-d is off in "
		 "the firmware setup, the platform has none, or the hypervisor gives none."},
	[HIDDEN] = {"acpi-dmar.hidden",
		    "No DMAR table can be seen, but that does not say that there is none: a VT-d "
		    "unit runs, or no ACPI table can be seen at all, as in a container."},
	[UNREADABLE] = {"acpi-dmar.unreadable",
			"There is a DMAR table, or may be one, but it could not be read. ACPI "
			"tables are readable by root only."},
	[CUT_SHORT] = {"acpi-dmar.cut-short",
		       "Fewer bytes of the DMAR table were read than it claims to have. The kernel "
		       "gives out whole tables, so the capture is damaged."},
	[MALFORMED] = {"acpi-dmar.malformed",
		       "The DMAR table is too short for its own header or has a wrong signature: "
		       "the kernel cannot use it."},
	[NOT_APPLICABLE] = {"acpi-dmar.not-applicable",
			    "A DMAR table belongs to hosts with VT-d, and this is none."},
	DEFECT(DMAR_BAD_CHECKSUM) =
		{"acpi-dmar.checksum",
		 "The bytes of the DMAR table do not sum to 0. The kernel warns and uses it all "
		 "the same; its content deserves doubt."},
	DEFECT(DMAR_TRAILING_BYTES) =
		{"acpi-dmar.trailing-bytes",
		 "More bytes were read than the DMAR table's header claims. What follows has no "
		 "effect; the length may be damaged."},
	DEFECT(DMAR_BAD_WIDTH) =
		{"acpi-dmar.width",
		 "The host address width in the DMAR table is below 12 bits (\"Invalid DMAR haw\"). "
		 "The kernel then parses nothing of the table."},
	DEFECT(DMAR_ZERO_LENGTH) =
		{"acpi-dmar.zero-length",
		 "A structure of the DMAR table has the length 0. The kernel silently ends its "
		 "walk there: units and regions before it stand, those behind it do not exist."},
	DEFECT(DMAR_PAST_END) =
		{"acpi-dmar.past-end",
		 "A structure leaves the DMAR table (\"Record passes table end\"). The kernel's "
		 "parser fails, and with it DMA and interrupt remapping."},
	DEFECT(DMAR_SHORT_STRUCTURE) =
		{"acpi-dmar.short-structure",
		 "A structure of the DMAR table is shorter than its type. The kernel does not "
		 "check that and takes bytes of the next structure for fields."},
	DEFECT(DMAR_BAD_SCOPE_LENGTH) =
		{"acpi-dmar.scope-length",
		 "A device scope is shorter than 6 bytes or leaves its structure. The kernel does "
		 "not check that: with the length 0 its walk does not end."},
	DEFECT(DMAR_UNKNOWN_SCOPE) =
		{"acpi-dmar.scope-type",
		 "A device scope is of a reserved type (\"Unsupported device scope\"): it names no "
		 "device to the kernel."},
	DEFECT(DMAR_NO_UNIT) =
		{"acpi-dmar.no-unit",
		 "The DMAR table names no remapping unit (\"No DRHD structure found\", \"No DMAR "
		 "devices found\")."},
	DEFECT(DMAR_NO_REGISTERS) =
		{"acpi-dmar.no-registers",
		 "The registers of a remapping unit are at address 0 (\"Your BIOS is broken; DMAR "
		 "reported at address 0\"). The kernel leaves VT-d off."},
	DEFECT(DMAR_DUPLICATE_UNIT) =
		{"acpi-dmar.duplicate-unit",
		 "Two remapping units have the same segment and address. The kernel takes the "
		 "first, with the devices of that one alone."},
	DEFECT(DMAR_UNTERMINATED_NAME) =
		{"acpi-dmar.name",
		 "The name of an ACPI device (ANDD) lacks its final NUL. The kernel's parser fails, "
		 "and with it DMA and interrupt remapping."},
	DEFECT(DMAR_UNKNOWN_AFFINITY) =
		{"acpi-dmar.affinity",
		 "An affinity structure (RHSA) names a unit that no DRHD before it has. The kernel "
		 "warns, and that unit has no memory node."},
	DEFECT(DMAR_BAD_RESERVED_REGION) =
		{"acpi-dmar.reserved-region",
		 "A reserved memory region (RMRR) does not consist of whole pages, or ends before "
		 "it begins. The kernel warns (\"bad RMRR\") and applies it all the same."},
	DEFECT(DMAR_TOO_MANY) =
		{"acpi-dmar.too-many",
		 "The DMAR table has more structures or scopes than any real one. passcheck does "
		 "not look at all of them."},
};

static const char *const defects[] = {
	[DMAR_BAD_CHECKSUM] = "the DMAR table has a wrong checksum",
	[DMAR_TRAILING_BYTES] = "the DMAR table is followed by other bytes",
	[DMAR_BAD_WIDTH] = "the DMAR table has an impossible host address width",
	[DMAR_ZERO_LENGTH] = "the DMAR table has a structure of length 0",
	[DMAR_PAST_END] = "a structure leaves the DMAR table",
	[DMAR_SHORT_STRUCTURE] = "the DMAR table has a structure that is too short for its type",
	[DMAR_BAD_SCOPE_LENGTH] = "the DMAR table has a device scope of impossible length",
	[DMAR_UNKNOWN_SCOPE] = "the DMAR table has a device scope of a reserved type",
	[DMAR_NO_UNIT] = "the DMAR table names no remapping unit",
	[DMAR_NO_REGISTERS] = "the DMAR table puts a unit's registers at address 0",
	[DMAR_DUPLICATE_UNIT] = "the DMAR table names a remapping unit twice",
	[DMAR_UNTERMINATED_NAME] = "the DMAR table has a device name without end",
	[DMAR_UNKNOWN_AFFINITY] = "the DMAR table gives a memory node to a unit that it lacks",
	[DMAR_BAD_RESERVED_REGION] = "the DMAR table has a reserved region of impossible size",
	[DMAR_TOO_MANY] = "the DMAR table has more entries than any real one",
};

_Static_assert(sizeof(defects) / sizeof(defects[0]) == DMAR_DEFECT_COUNT, "a text for each defect");
_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == FIRST_DEFECT + DMAR_DEFECT_COUNT,
	       "a kind for each defect");

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

static bool is_usable(const struct dmar *dmar)
{
	for (size_t i = 0; i < dmar->defects.count; i++) {
		if (consequence_of(dmar->defects.items[i].kind) == ACPI_UNDEFINED)
			return false;
	}
	return dmar_accepted(dmar);
}

static void judge_content(const struct host *host, const struct dmar *dmar,
			  struct findings *findings)
{
	const struct acpi_table_report report = {
		.host = host,
		.name = "DMAR",
		.table = &host->acpi.dmar,
		.units = IOMMU_VTD,
		.kinds = kinds + FIRST_DEFECT,
		.what = defects,
	};

	acpi_table_report_defects(&report, &dmar->defects, DMAR_DEFECT_COUNT, consequence_of,
				  findings);
	if (!is_usable(dmar))
		return;
	struct finding *finding = finding_add(findings, &kinds[PRESENT], FINDING_PASS,
					      subject_host(), "firmware gives a DMAR table");
	finding_evidence(finding, &host->acpi.dmar.fact,
			 "%u bytes by %s: %zu remapping units, %zu reserved regions",
			 dmar->header.length, dmar->header.oem_id, count_of(dmar, DMAR_DRHD),
			 count_of(dmar, DMAR_RMRR));
}

static void report_malformed(const struct host *host, struct findings *findings)
{
	const char *unit = acpi_table_running_unit(host, IOMMU_VTD);
	struct finding *finding =
		finding_add(findings, &kinds[MALFORMED], unit ? FINDING_WARN : FINDING_FAIL,
			    subject_host(), "the DMAR table is damaged%s%s%s", unit ? ", yet " : "",
			    unit ? unit : "", unit ? " runs" : "");

	finding_evidence(finding, &host->acpi.dmar.fact, "%zu bytes", host->acpi.dmar.length);
	acpi_table_remedy(finding, host, "DMAR");
}

static void judge_table(const struct host *host, const struct dmar *dmar, struct findings *findings)
{
	size_t length = host->acpi.dmar.length;

	if (dmar && dmar->intact) {
		judge_content(host, dmar, findings);
		return;
	}
	if (dmar && dmar->header.length <= length) {
		report_malformed(host, findings);
		return;
	}
	struct finding *finding =
		finding_add(findings, &kinds[CUT_SHORT], FINDING_UNKNOWN, subject_host(),
			    "the DMAR table was not read to its end");
	finding_evidence(finding, &host->acpi.dmar.fact, "%zu bytes", length);
	finding_remedy(finding, "Capture the host again");
}

static bool may_be_hidden(const struct host *host)
{
	return acpi_table_running_unit(host, IOMMU_VTD) || !host->cpu.architecture ||
	       !fact_known(&host->acpi.directory.fact);
}

static void report_hidden(const struct host *host, struct findings *findings)
{
	bool runs = acpi_table_running_unit(host, IOMMU_VTD);
	struct finding *finding =
		finding_add(findings, &kinds[HIDDEN], runs ? FINDING_WARN : FINDING_UNKNOWN,
			    subject_host(), "no DMAR table can be seen%s",
			    runs ? ", yet VT-d runs" : ", and maybe there is one");

	finding_evidence_state(finding, &host->acpi.dmar.fact);
	finding_evidence(finding, &host->acpi.directory.fact, "%zu entries",
			 host->acpi.directory.count);
	finding_remedy(finding, "Run passcheck on the host itself, outside of any container");
}

static void report_absent(const struct host *host, struct findings *findings)
{
	bool intel = platform_of(host) == PLATFORM_VTD;
	struct finding *finding = finding_add(
		findings, &kinds[ABSENT], FINDING_FAIL, subject_host(), "%s",
		intel ? "firmware gives no DMAR table: VT-d is off or not there"
		      : "firmware gives neither a DMAR nor an IVRS table: there is no IOMMU");

	finding_evidence_state(finding, &host->acpi.dmar.fact);
	if (platform_is_guest(host))
		finding_remedy(finding, "Give this virtual machine a virtual IOMMU (intel-iommu), "
					"if devices are to be passed on from it");
	else
		finding_remedy(finding, "Switch on %s in the firmware setup",
			       intel ? "VT-d (Intel Virtualization Technology for Directed I/O)"
				     : "the IOMMU");
}

static void report_not_applicable(const struct host *host, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[NOT_APPLICABLE], FINDING_NOT_APPLICABLE,
			    subject_host(), "a DMAR table belongs to VT-d");

	finding_evidence_state(finding, &host->acpi.dmar.fact);
}

static void report_unreadable(const struct host *host, struct findings *findings)
{
	const struct fact *fact = &host->acpi.dmar.fact;
	struct finding *finding = finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN,
					      subject_host(), "the DMAR table could not be read");

	finding_evidence_state(finding, fact);
	finding_remedy_unread(finding, fact);
}

static void run(const struct host *host, const struct model *model, struct findings *findings)
{
	const struct fact *fact = &host->acpi.dmar.fact;
	enum platform platform = platform_of(host);

	if (fact_known(fact))
		judge_table(host, model->dma_units.dmar, findings);
	else if (platform == PLATFORM_AMD_VI || platform == PLATFORM_OTHER)
		report_not_applicable(host, findings);
	else if (!fact_absent(fact))
		report_unreadable(host, findings);
	else if (may_be_hidden(host))
		report_hidden(host, findings);
	else
		report_absent(host, findings);
}

const struct check check_acpi_dmar = {
	.id = "acpi-dmar",
	.title = "What does firmware say of VT-d?",
	.needs = "/sys/firmware/acpi/tables/DMAR; root",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run = run,
};
