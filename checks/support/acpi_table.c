/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/acpi_table.h"

#include <inttypes.h>

#include "host/base/array.h"
#include "model/platform.h"

static const char *const consequence_texts[] = {
	[ACPI_USED_ANYWAY] = "the kernel uses it all the same",
	[ACPI_IGNORED] = "the kernel ignores that entry",
	[ACPI_REST_IGNORED] = "the kernel does not see what follows it",
	[ACPI_REFUSED] = ("the kernel gives up on the table, and does neither DMA nor interrupt "
			  "remapping"),
	[ACPI_UNDEFINED] = "the kernel has no guard against it, and what it does is chance",
	[ACPI_BAD_CAPTURE] = "the kernel gives out the table alone, so the capture is damaged",
	[ACPI_NOT_JUDGED] = "passcheck has not looked at all of them",
};

ASSERT_COVERS(consequence_texts, ACPI_CONSEQUENCE_COUNT);

/* Returns the name of a unit that runs, or NULL: evidence that the kernel got along. */
static const char *running_unit(const struct acpi_table *table)
{
	const struct iommu_units *units = &table->host->units;

	for (size_t i = 0; i < units->count; i++) {
		if (units->units[i].kind == table->units)
			return units->units[i].name;
	}
	return NULL;
}

static void add_table_remedy(const struct acpi_table *table, struct finding *finding)
{
	if (table->is_guest)
		finding_remedy(finding, "Update the hypervisor that makes the %s table",
			       table->name);
	else
		finding_remedy(finding,
			       "Update the firmware; if that does not help, its maker must correct "
			       "the %s table",
			       table->name);
}

/* A finding on what keeps the kernel from using the table, unless a unit shows that it does. */
static struct finding *add_stop(const struct acpi_table *table, const struct finding_kind *kind,
				const char *summary, struct findings *findings)
{
	const char *unit = running_unit(table);
	struct finding *finding =
		unit ? finding_add(findings, kind, FINDING_WARN, subject_host(), "%s, yet %s runs",
				   summary, unit)
		     : finding_add(findings, kind, FINDING_FAIL, subject_host(), "%s", summary);

	add_table_remedy(table, finding);
	return finding;
}

/* Says what was found at a place of the table. */
static const char *describe_place(const struct acpi_table *table, const struct acpi_defect *item,
				  struct arena *arena)
{
	return arena_printf(arena, "%s 0x%" PRIx64 " at offset 0x%zx",
			    table->defect_texts[item->kind].value, item->value, item->offset);
}

/* Makes the finding on a kind of defect, of which the first is at first, maybe with others. */
static struct finding *add_defect(const struct acpi_table *table, const struct acpi_defect *first,
				  bool others, struct findings *findings)
{
	const struct finding_kind *kind = &table->kinds[ACPI_TABLE_FIRST_DEFECT + first->kind];
	enum acpi_consequence consequence = table->consequence(first->kind);
	enum finding_verdict verdict =
		consequence == ACPI_NOT_JUDGED ? FINDING_UNKNOWN : FINDING_WARN;
	const char *summary = arena_printf(
		findings->arena, "%s (%s%s): %s", table->defect_texts[first->kind].what,
		describe_place(table, first, findings->arena), others ? ", and elsewhere" : "",
		consequence_texts[consequence]);

	if (consequence == ACPI_REFUSED || consequence == ACPI_UNDEFINED)
		return add_stop(table, kind, summary, findings);
	struct finding *finding =
		finding_add(findings, kind, verdict, subject_host(), "%s", summary);
	if (consequence != ACPI_BAD_CAPTURE)
		add_table_remedy(table, finding);
	return finding;
}

static void report_defects(const struct acpi_table *table, int kind, struct findings *findings)
{
	const struct acpi_defects *defects = table->defects;
	const struct acpi_defect *places[ARRAY_LENGTH(defects->items)];
	size_t count = 0;

	for (size_t i = 0; i < defects->count; i++) {
		if (defects->items[i].kind == kind)
			places[count++] = &defects->items[i];
	}
	if (count == 0)
		return;
	struct finding *finding = add_defect(table, places[0], count > 1, findings);
	for (size_t i = 0; i < count; i++)
		finding_evidence(finding, &table->text->fact, "%s",
				 describe_place(table, places[i], findings->arena));
}

/* Whether the kernel uses the table, and it is known what it makes of it. */
static bool is_usable(const struct acpi_table *table)
{
	for (size_t i = 0; i < table->defects->count; i++) {
		enum acpi_consequence consequence =
			table->consequence(table->defects->items[i].kind);
		if (consequence == ACPI_UNDEFINED || consequence == ACPI_NOT_JUDGED)
			return false;
	}
	return table->accepted;
}

static void judge_content(const struct acpi_table *table, struct findings *findings)
{
	for (int defect = 0; defect < table->defect_count; defect++)
		report_defects(table, defect, findings);
	if (!is_usable(table))
		return;
	struct finding *finding =
		finding_add(findings, &table->kinds[ACPI_TABLE_PRESENT], FINDING_PASS,
			    subject_host(), "firmware gives the %s table", table->name);
	finding_evidence(finding, &table->text->fact, "%u bytes by %s: %s", table->header->length,
			 table->header->oem_id, table->content);
}

static void judge_bytes(const struct acpi_table *table, struct findings *findings)
{
	size_t length = table->text->length;
	struct finding *finding;

	if (table->header && table->intact) {
		judge_content(table, findings);
		return;
	}
	if (table->header && table->header->length <= length) {
		finding = add_stop(
			table, &table->kinds[ACPI_TABLE_MALFORMED],
			arena_printf(findings->arena, "the %s table is damaged", table->name),
			findings);
	} else {
		finding = finding_add(findings, &table->kinds[ACPI_TABLE_CUT_SHORT],
				      FINDING_UNKNOWN, subject_host(),
				      "the %s table was not read to its end", table->name);
	}
	finding_evidence(finding, &table->text->fact, "%zu bytes", length);
}

/* Whether there may be a table although none is seen: a unit runs, no table can be seen at all, as
 * in a container, or the architecture is not known. */
static bool may_be_hidden(const struct acpi_table *table)
{
	return running_unit(table) || !table->host->cpu.architecture ||
	       !fact_known(&table->host->acpi.directory.fact);
}

static void report_hidden(const struct acpi_table *table, struct findings *findings)
{
	const struct fact_list *directory = &table->host->acpi.directory;
	bool runs = running_unit(table);
	struct finding *finding = finding_add(
		findings, &table->kinds[ACPI_TABLE_HIDDEN], runs ? FINDING_WARN : FINDING_UNKNOWN,
		subject_host(), "the %s table cannot be seen, %s", table->name,
		runs ? "yet its units run" : "and maybe there is one");

	finding_evidence_state(finding, &table->text->fact);
	finding_evidence(finding, &directory->fact, "%s",
			 counted_as(findings->arena, directory->count, "entry", "entries"));
}

static void report_absent(const struct acpi_table *table, struct findings *findings)
{
	struct finding *finding = finding_add(findings, &table->kinds[ACPI_TABLE_ABSENT],
					      FINDING_FAIL, subject_host(), "%s", table->absent);

	finding_evidence_state(finding, &table->text->fact);
	if (table->absent_remedy)
		finding_remedy(finding, "%s", table->absent_remedy);
	else if (table->is_guest)
		finding_remedy(finding, "%s",
			       platform_virtual_remedy(table->platform, "a virtual IOMMU",
						       table->virtual_unit, findings->arena));
	else
		finding_remedy(finding, "Switch on %s in the firmware setup", table->setting);
}

static void report_not_applicable(const struct acpi_table *table, struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &table->kinds[ACPI_TABLE_NOT_APPLICABLE], FINDING_NOT_APPLICABLE,
		subject_host(), "the %s table belongs to %s", table->name, table->technology);

	finding_evidence_state(finding, &table->text->fact);
}

static void report_unreadable(const struct acpi_table *table, struct findings *findings)
{
	const struct fact *fact = &table->text->fact;
	struct finding *finding =
		finding_add(findings, &table->kinds[ACPI_TABLE_UNREADABLE], FINDING_UNKNOWN,
			    subject_host(), "the %s table could not be read", table->name);

	finding_evidence_state(finding, fact);
	finding_remedy_unread(finding, fact);
}

void acpi_table_judge(const struct acpi_table *table, struct findings *findings)
{
	const struct fact *fact = &table->text->fact;

	if (fact_known(fact))
		judge_bytes(table, findings);
	else if (!table->applies)
		report_not_applicable(table, findings);
	else if (!fact_absent(fact))
		report_unreadable(table, findings);
	else if (may_be_hidden(table))
		report_hidden(table, findings);
	else
		report_absent(table, findings);
}
