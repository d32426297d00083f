/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/acpi_table.h"

#include <inttypes.h>

#include "model/platform.h"

static const char *const consequence_texts[] = {
	[ACPI_USED_ANYWAY] = "the kernel uses it all the same",
	[ACPI_IGNORED] = "the kernel ignores that entry",
	[ACPI_REST_IGNORED] = "the kernel does not see what follows it",
	[ACPI_REFUSED] = "the kernel gives up on the table: neither DMA nor interrupt remapping",
	[ACPI_UNDEFINED] = "the kernel has no guard against it, and what it does is chance",
};

const char *acpi_table_running_unit(const struct host *host, enum iommu_kind kind)
{
	for (size_t i = 0; i < host->units.count; i++) {
		if (host->units.units[i].kind == kind)
			return host->units.units[i].name;
	}
	return NULL;
}

void acpi_table_remedy(struct finding *finding, const struct host *host, const char *name)
{
	if (platform_is_guest(host))
		finding_remedy(finding, "Update the hypervisor that makes the %s table", name);
	else
		finding_remedy(finding,
			       "Update the firmware; if that does not help, its maker must correct "
			       "the %s table",
			       name);
}

static bool stops_the_kernel(enum acpi_consequence consequence)
{
	return consequence == ACPI_REFUSED || consequence == ACPI_UNDEFINED;
}

static struct finding *add_finding(const struct acpi_table_report *report, int defect,
				   enum acpi_consequence consequence, struct findings *findings)
{
	const char *unit = acpi_table_running_unit(report->host, report->units);
	bool fails = stops_the_kernel(consequence) && !unit;
	struct finding *finding =
		finding_add(findings, &report->kinds[defect], fails ? FINDING_FAIL : FINDING_WARN,
			    subject_host(), "%s: %s%s%s%s", report->what[defect],
			    consequence_texts[consequence],
			    stops_the_kernel(consequence) && unit ? ", yet " : "",
			    stops_the_kernel(consequence) && unit ? unit : "",
			    stops_the_kernel(consequence) && unit ? " runs" : "");

	acpi_table_remedy(finding, report->host, report->name);
	return finding;
}

void acpi_table_report_defects(const struct acpi_table_report *report,
			       const struct acpi_defects *defects, int defect_count,
			       enum acpi_consequence (*consequence)(int defect),
			       struct findings *findings)
{
	for (int defect = 0; defect < defect_count; defect++) {
		struct finding *finding = NULL;
		for (size_t i = 0; i < defects->count; i++) {
			const struct acpi_defect *item = &defects->items[i];
			if (item->kind != defect)
				continue;
			if (!finding)
				finding =
					add_finding(report, defect, consequence(defect), findings);
			finding_evidence(finding, &report->table->fact,
					 "0x%" PRIx64 " at offset 0x%zx", item->value,
					 item->offset);
		}
	}
}
