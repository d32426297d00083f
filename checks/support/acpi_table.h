/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CHECKS_SUPPORT_ACPI_TABLE_H
#define PASSCHECK_CHECKS_SUPPORT_ACPI_TABLE_H

#include "checks/support/finding.h"
#include "host/acpi.h"
#include "host/host.h"

/* What the checks of DMAR and of IVRS share: a table that was read, and how to speak of it. */
struct acpi_table_report {
	const struct host *host;
	const char *name; /* "DMAR" */
	const struct fact_text *table;
	enum iommu_kind units;            /* the kind that the table describes */
	const struct finding_kind *kinds; /* of each defect, by its number */
	const char *const *what;          /* what is wrong, by the same: "a structure leaves it" */
};

/* Returns the name of a unit of that kind that runs, or NULL: evidence that the kernel got along.
 */
const char *acpi_table_running_unit(const struct host *host, enum iommu_kind kind);

/*
 * Makes a finding of each kind of defect, with the kernel's consequence and each place as evidence.
 * What stops the kernel fails, unless units run all the same; the rest warns.
 */
void acpi_table_report_defects(const struct acpi_table_report *report,
			       const struct acpi_defects *defects, int defect_count,
			       enum acpi_consequence (*consequence)(int defect),
			       struct findings *findings);

/* Adds the remedy for a table that is wrong: to correct it where it comes from. */
void acpi_table_remedy(struct finding *finding, const struct host *host, const char *name);

#endif
