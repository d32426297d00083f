/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <string.h>

#include "model/platform.h"

enum kind { PRESENT, ABSENT, UNREADABLE, MALFORMED, CHECKSUM, NOT_APPLICABLE };

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
	[UNREADABLE] = {"acpi-ivrs.unreadable",
			"There is an IVRS table, or may be one, but it could not be read. ACPI "
			"tables are readable by root only."},
	[MALFORMED] = {"acpi-ivrs.malformed",
		       "The IVRS table is too short for its own header or its length is wrong: the "
		       "kernel cannot use it."},
	[CHECKSUM] = {"acpi-ivrs.checksum",
		      "The bytes of the IVRS table do not sum to 0. The kernel then leaves AMD-Vi "
		      "off (\"IVRS invalid checksum\")."},
	[NOT_APPLICABLE] = {"acpi-ivrs.not-applicable",
			    "An IVRS table belongs to hosts with AMD-Vi, and this is none."},
};

enum { IVRS_HEADER_SIZE = 48 };

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

static void report_damaged(const struct host *host, enum kind kind, const char *what,
			   struct findings *findings)
{
	const struct fact_text *ivrs = &host->acpi.ivrs;
	struct finding *finding =
		finding_add(findings, &kinds[kind], FINDING_FAIL, subject_host(),
			    "the IVRS table %s: the kernel leaves AMD-Vi off", what);

	finding_evidence(finding, &ivrs->fact, "%zu bytes", ivrs->length);
	finding_remedy(finding, "Update the firmware");
}

static void judge_content(const struct host *host, struct findings *findings)
{
	const struct fact_text *ivrs = &host->acpi.ivrs;
	struct acpi_header header;
	int result = acpi_header_decode((const uint8_t *)ivrs->text, ivrs->length, &header);

	if (result < 0 || !header.length_ok || header.length < IVRS_HEADER_SIZE ||
	    strcmp(header.signature, "IVRS") != 0) {
		report_damaged(host, MALFORMED, "is damaged", findings);
		return;
	}
	if (!header.checksum_ok) {
		report_damaged(host, CHECKSUM, "has a wrong checksum", findings);
		return;
	}
	struct finding *finding = finding_add(findings, &kinds[PRESENT], FINDING_PASS,
					      subject_host(), "firmware gives an IVRS table");
	finding_evidence(finding, &ivrs->fact, "%u bytes by %s", header.length, header.oem_id);
}

static void run(const struct host *host, const struct model *model, struct findings *findings)
{
	const struct fact *fact = &host->acpi.ivrs.fact;
	struct finding *finding;

	(void)model;
	if (fact_known(fact)) {
		judge_content(host, findings);
	} else if (platform_of(host) != PLATFORM_AMD_VI) {
		finding = finding_add(findings, &kinds[NOT_APPLICABLE], FINDING_NOT_APPLICABLE,
				      subject_host(), "an IVRS table belongs to AMD-Vi");
		finding_evidence_state(finding, fact);
	} else if (fact_absent(fact)) {
		report_absent(host, findings);
	} else {
		finding = finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
				      "the IVRS table could not be read");
		finding_evidence_state(finding, fact);
		finding_remedy_unread(finding, fact);
	}
}

const struct check check_acpi_ivrs = {
	.id = "acpi-ivrs",
	.title = "What does firmware say of AMD-Vi?",
	.needs = "/sys/firmware/acpi/tables/IVRS; root",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run = run,
};
