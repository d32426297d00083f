/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/cause.h"

#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"

enum { MOST_CAUSES = 17, LONGEST_CHAIN = 8 };

/* What a finding follows from: the first cause that was found. */
struct rule {
	const char *effect;
	bool same_subject; /* the cause speaks of the same function; otherwise it is of any */
	const char *causes[MOST_CAUSES + 1]; /* NULL behind the last */
	const char *about; /* of several findings of one id, that about what begins so */
	bool about_alone;  /* no other of that id is a cause */
};

static const struct rule rules[] = {
	{.effect = "iommu-groups.none",
	 .causes = {"kernel-cmdline.iommu-off", "kernel-cmdline.default-off", "acpi-dmar.absent",
		    "acpi-dmar.hidden", "acpi-dmar.malformed", "acpi-dmar.cut-short",
		    "acpi-dmar.no-unit", "acpi-ivrs.absent", "acpi-ivrs.hidden",
		    "acpi-ivrs.malformed", "acpi-ivrs.cut-short", "acpi-ivrs.no-unit",
		    "acpi-iort.absent", "acpi-iort.hidden", "acpi-iort.malformed",
		    "acpi-iort.cut-short", "acpi-iort.no-smmu"}},
	{.effect = "kernel-cmdline.default-off",
	 .causes = {"boot-config.wrong-file", "boot-config.pending"},
	 .about = "intel_iommu=on",
	 .about_alone = true},
	{.effect = "interrupt-remapping.off",
	 .causes = {"kernel-config.missing"},
	 .about = "IRQ_REMAP",
	 .about_alone = true},
	{.effect = "interrupt-remapping.off",
	 .causes = {"kernel-cmdline.interrupt-remapping-off", "interrupt-firmware.table-refused",
		    "interrupt-firmware.ioapic-uncovered", "interrupt-firmware.no-southbridge",
		    "interrupt-firmware.unit-incapable", "interrupt-firmware.x2apic-opt-out",
		    "interrupt-firmware.not-offered", "interrupt-firmware.unused",
		    "acpi-dmar.absent", "acpi-dmar.hidden", "acpi-ivrs.absent",
		    "acpi-ivrs.hidden"}},
	{.effect = "interrupt-firmware.unused",
	 .causes = {"kernel-cmdline.interrupt-remapping-off"}},
	{.effect = "vfio-driver.missing",
	 .causes = {"vfio-driver.modules-gone", "kernel-config.missing"},
	 .about = "VFIO"},
	{.effect = "kvm.not-loaded",
	 .causes = {"cpu-virtualization.no-feature", "vfio-driver.modules-gone"}},
	{.effect = "cpu-virtualization.no-kvm",
	 .causes = {"cpu-virtualization.no-feature", "vfio-driver.modules-gone", "kvm.not-loaded"}},
	{.effect = "sriov-config.vf-in-pf-group", .causes = {"isolation.shared-group"}},
	/* The kernel links a function to an IOMMU and puts it into a group in one step. */
	{.effect = "dma-units.mismatch",
	 .same_subject = true,
	 .causes = {"iommu-groups.ungrouped"}},
	/* What is asked of a function that does not answer. */
	{.effect = "reset.none", .same_subject = true, .causes = {"assignability.unreachable"}},
	{.effect = "reset.unknown", .same_subject = true, .causes = {"assignability.unreachable"}},
	{.effect = "sriov.unreadable",
	 .same_subject = true,
	 .causes = {"assignability.unreachable"}},
};

static const char *subject_key(const struct subject *subject)
{
	return subject->id ? subject->id : "";
}

static int compare(const char *id, const char *subject, const struct finding *finding)
{
	int order = strcmp(id, finding->kind->id);

	return order || !subject ? order : strcmp(subject, subject_key(&finding->subject));
}

static int compare_findings(const void *left, const void *right)
{
	const struct finding *a = *(const struct finding *const *)left;
	const struct finding *b = *(const struct finding *const *)right;

	return compare(a->kind->id, subject_key(&a->subject), b);
}

/* Findings that may be causes, sorted by id and subject. */
struct causes {
	const struct finding **items;
	size_t count;
};

static bool is_wrong(const struct finding *finding)
{
	return finding->verdict == FINDING_FAIL || finding->verdict == FINDING_WARN ||
	       finding->verdict == FINDING_UNKNOWN;
}

/* Finds one by its id, and its subject unless that is NULL. */
static const struct finding *find(const struct causes *causes, const char *id, const char *subject)
{
	size_t low = 0, high = causes->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(id, subject, causes->items[middle]);
		if (order == 0)
			return causes->items[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* Of the findings with the id of found, the one that speaks of what the rule is about. */
static const struct finding *find_about(const struct causes *causes, const struct finding *found,
					const struct rule *rule)
{
	if (!rule->about)
		return found;
	for (size_t i = 0; i < causes->count; i++) {
		if (causes->items[i]->kind == found->kind && causes->items[i]->about &&
		    begins_with(causes->items[i]->about, rule->about))
			return causes->items[i];
	}
	return rule->about_alone ? NULL : found;
}

static const struct finding *cause_by_rule(const struct causes *causes,
					   const struct finding *finding)
{
	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
		const struct rule *rule = &rules[i];
		const char *subject = rule->same_subject ? subject_key(&finding->subject) : NULL;
		if (strcmp(rule->effect, finding->kind->id) != 0)
			continue;
		for (const char *const *id = rule->causes; *id; id++) {
			const struct finding *found = find(causes, *id, subject);
			const struct finding *cause =
				found ? find_about(causes, found, rule) : NULL;
			if (cause)
				return cause;
		}
	}
	return NULL;
}

static const struct finding *direct_cause(const struct causes *causes,
					  const struct finding *finding)
{
	const struct finding *cause = NULL;

	if (finding->follows_nothing)
		return NULL;
	if (finding->follows.id)
		cause = find(causes, finding->follows.id, subject_key(&finding->follows.subject));
	return cause ? cause : cause_by_rule(causes, finding);
}

static const struct finding *first_cause(const struct causes *causes, const struct finding *finding)
{
	const struct finding *first = NULL, *cause = direct_cause(causes, finding);

	for (int i = 0; cause && cause != finding && i < LONGEST_CHAIN; i++) {
		first = cause;
		cause = direct_cause(causes, cause);
	}
	return first;
}

void findings_settle_causes(struct findings *findings)
{
	struct causes causes = {
		.items = arena_array(findings->arena, findings->count + 1, sizeof(*causes.items))};

	if (!causes.items)
		return;
	for (const struct finding *finding = findings->first; finding; finding = finding->next) {
		if (is_wrong(finding))
			causes.items[causes.count++] = finding;
	}
	qsort(causes.items, causes.count, sizeof(*causes.items), compare_findings);
	for (struct finding *finding = findings->first; finding; finding = finding->next) {
		if (is_wrong(finding))
			finding->cause = first_cause(&causes, finding);
	}
}

void cause_table_visit(void (*visit)(const char *id, void *context), void *context)
{
	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
		visit(rules[i].effect, context);
		for (const char *const *id = rules[i].causes; *id; id++)
			visit(*id, context);
	}
}
