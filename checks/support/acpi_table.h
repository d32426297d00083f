/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CHECKS_SUPPORT_ACPI_TABLE_H
#define PASSCHECK_CHECKS_SUPPORT_ACPI_TABLE_H

#include "checks/support/finding.h"
#include "host/acpi/acpi.h"
#include "host/host.h"
#include "model/platform.h"

/* The kinds of findings that the checks of DMAR and IVRS begin with; those of defects follow. */
enum acpi_table_kind {
	ACPI_TABLE_PRESENT,
	ACPI_TABLE_ABSENT,
	ACPI_TABLE_HIDDEN,
	ACPI_TABLE_UNREADABLE,
	ACPI_TABLE_CUT_SHORT,
	ACPI_TABLE_MALFORMED,
	ACPI_TABLE_NOT_APPLICABLE,
	ACPI_TABLE_FIRST_DEFECT,
};

/* What a defect is, and what the value is called that was found there. */
struct acpi_defect_text {
	const char *what;  /* "the DMAR table has …" */
	const char *value; /* "register base" */
};

/* One of the two tables, and what is to be known of it to judge it. */
struct acpi_table {
	const struct host *host;
	const struct fact_text *text;
	const char *name;          /* "DMAR" */
	const char *technology;    /* "VT-d" */
	const char *setting;       /* what the firmware setup calls it */
	const char *virtual_unit;  /* QEMU's device */
	const char *absent;        /* the summary where there is none */
	const char *absent_remedy; /* NULL: to switch on the setting, or give the virtual unit */
	enum iommu_kind units;     /* the kind that the table describes */
	bool applies;              /* a host of this kind should have it */
	bool is_guest;             /* the host is a virtual machine */
	const struct host_platform *platform; /* unless absent_remedy is set */

	const struct acpi_header *header; /* NULL where too little was read for one */
	bool intact;
	bool accepted;       /* by the kernel */
	const char *content; /* what it has, in words */

	const struct finding_kind *kinds; /* in the order of acpi_table_kind, then by defect */
	const struct acpi_defect_text *defect_texts; /* by defect */
	int defect_count;
	const struct acpi_defects *defects;
	enum acpi_consequence (*consequence)(int defect);
};

/*
 * Judges a table. Each kind of defect makes one finding, which names its first place and what the
 * kernel makes of it, with each place as evidence. What stops the kernel fails, unless units run
 * all the same; what was not looked at is unknown; the rest warns.
 */
void acpi_table_judge(const struct acpi_table *table, struct findings *findings);

#endif
