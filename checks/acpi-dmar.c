/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <string.h>

#include "model/platform.h"

enum kind { PRESENT, ABSENT, UNREADABLE, MALFORMED, CHECKSUM, NOT_APPLICABLE };

static const struct finding_kind kinds[] = {
	[PRESENT] =
		{"acpi-dmar.present",
		 "Firmware gives a DMAR table: the platform has VT-d and it is on in the "
		 "firmware setup. Only a unit in /sys/class/iommu says that the kernel uses it."},
	[ABSENT] =
		{"acpi-dmar.absent",
		 "Firmware gives no DMAR table, so the kernel finds no VT-d unit. VT-d is off in "
		 "the firmware setup, the platform has none, or the hypervisor gives none."},
	[UNREADABLE] = {"acpi-dmar.unreadable",
			"There is a DMAR table, or may be one, but it could not be read. ACPI "
			"tables are readable by root only."},
	[MALFORMED] = {"acpi-dmar.malformed",
		       "The DMAR table is too short for its own header or its length is wrong: the "
		       "kernel cannot use it."},
	[CHECKSUM] =
		{"acpi-dmar.checksum",
		 "The bytes of the DMAR table do not sum to 0. The kernel warns and uses it all "
		 "the same; its content deserves doubt."},
	[NOT_APPLICABLE] = {"acpi-dmar.not-applicable",
			    "A DMAR table belongs to hosts with VT-d, and this is none."},
};

enum { DMAR_HEADER_SIZE = 48 };

static void report_absent(const struct host *host, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[ABSENT], FINDING_FAIL, subject_host(),
			    "firmware gives no DMAR table: VT-d is off or not there");

	finding_evidence_state(finding, &host->acpi.dmar.fact);
	if (platform_is_guest(host))
		finding_remedy(finding, "Give this virtual machine a virtual IOMMU (intel-iommu), "
					"if devices are to be passed on from it");
	else
		finding_remedy(finding, "Switch on VT-d (Intel Virtualization Technology for "
					"Directed I/O) in the firmware setup");
}

static void judge_content(const struct host *host, struct findings *findings)
{
	const struct fact_text *dmar = &host->acpi.dmar;
	struct acpi_header header;
	struct finding *finding;
	int result = acpi_header_decode((const uint8_t *)dmar->text, dmar->length, &header);

	if (result < 0 || !header.length_ok || header.length < DMAR_HEADER_SIZE ||
	    strcmp(header.signature, "DMAR") != 0) {
		finding = finding_add(findings, &kinds[MALFORMED], FINDING_FAIL, subject_host(),
				      "the DMAR table is damaged");
		finding_evidence(finding, &dmar->fact, "%zu bytes", dmar->length);
		finding_remedy(finding, "Update the firmware");
		return;
	}
	finding = finding_add(findings, &kinds[PRESENT], FINDING_PASS, subject_host(),
			      "firmware gives a DMAR table");
	finding_evidence(finding, &dmar->fact, "%u bytes by %s", header.length, header.oem_id);
	if (header.checksum_ok)
		return;
	finding = finding_add(findings, &kinds[CHECKSUM], FINDING_WARN, subject_host(),
			      "the DMAR table has a wrong checksum");
	finding_evidence(finding, &dmar->fact, "%u bytes by %s", header.length, header.oem_id);
	finding_remedy(finding, "Update the firmware");
}

static void run(const struct host *host, const struct model *model, struct findings *findings)
{
	const struct fact *fact = &host->acpi.dmar.fact;
	enum platform platform = platform_of(host);
	struct finding *finding;

	(void)model;
	if (fact_known(fact)) {
		judge_content(host, findings);
	} else if (platform == PLATFORM_AMD_VI || platform == PLATFORM_OTHER) {
		finding = finding_add(findings, &kinds[NOT_APPLICABLE], FINDING_NOT_APPLICABLE,
				      subject_host(), "a DMAR table belongs to VT-d");
		finding_evidence_state(finding, fact);
	} else if (fact_absent(fact)) {
		report_absent(host, findings);
	} else {
		finding = finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
				      "the DMAR table could not be read");
		finding_evidence_state(finding, fact);
		finding_remedy_unread(finding, fact);
	}
}

const struct check check_acpi_dmar = {
	.id = "acpi-dmar",
	.title = "What does firmware say of VT-d?",
	.needs = "/sys/firmware/acpi/tables/DMAR; root",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run = run,
};
