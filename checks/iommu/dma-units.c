/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include "model/caution/caution.h"
#include "model/pcie.h"
#include "model/platform.h"

enum kind {
	COVERED,
	UNCOVERED,
	MISMATCH,
	IDLE,
	CONFLICT,
	UNKNOWN,
	NOT_APPLICABLE,
	OTHER_ARCHITECTURE,
	KIND_COUNT
};

static const struct finding_kind kinds[] = {
	[COVERED] = {"dma-units.covered",
		     "Each function that could be assigned to a guest has an IOMMU that "
		     "translates its DMA, by firmware's tables or, where translation is on, by "
		     "the kernel's links.",
		     NULL},
	[UNCOVERED] = {"dma-units.uncovered",
		       "Firmware's tables name no IOMMU for a function. The kernel then puts it "
		       "into no group, and it cannot be assigned to a guest.",
		       "Move the device to another slot, or update the firmware."},
	[MISMATCH] =
		{"dma-units.mismatch",
		 "The kernel translates a function by another IOMMU than the one that "
		 "firmware's tables name for it, or by none (as with intel_iommu=igfx_off). "
		 "What the kernel does counts: where it uses another IOMMU, nothing needs to be "
		 "done.",
		 "Where the kernel uses none, take igfx_off out of intel_iommu= on the kernel "
		 "command line and reboot, if it is there; otherwise the kernel's log says "
		 "why."},
	[IDLE] =
		{"dma-units.idle",
		 "Firmware's tables describe an IOMMU that the kernel does not run, though it runs "
		 "others. The functions behind it are not translated.",
		 "Take igfx_off out of intel_iommu= on the kernel command line and reboot, if "
		 "it is there and the IOMMU is that of the graphics device. Otherwise the "
		 "kernel's log says why it was left out. Until it runs, give guests devices "
		 "behind another IOMMU."},
	[CONFLICT] =
		{"dma-units.scope-conflict",
		 "The DMAR table calls a bridge an endpoint, or an endpoint a bridge (\"Device "
		 "scope type does not match\"). The kernel then leaves DMA remapping off.",
		 "Update the firmware."},
	[UNKNOWN] = {"dma-units.unknown",
		     "passcheck cannot tell which IOMMU translates some functions: firmware's "
		     "tables, or the bridges above those functions, were not read.",
		     FIX_READ_AS_ROOT},
	[NOT_APPLICABLE] = {"dma-units.not-applicable",
			    "There is no IOMMU, so there is nothing to judge.", NULL},
	[OTHER_ARCHITECTURE] =
		{"dma-units.other-architecture",
		 "Firmware of x86 and Arm has tables that say which IOMMU translates a function, "
		 "and the kernel lists its units there. passcheck knows neither for this "
		 "architecture; its IOMMU groups tell what is translated.",
		 NULL},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* igfx_off is a word of VT-d. */
#define FIX_NOT_VTD_IDLE                                                                           \
	"The kernel's log says why it was left out. Until it runs, give guests devices behind "    \
	"another IOMMU"

/* Bridges stay with the host, and an IOMMU does not translate itself. */
static bool may_go_to_a_guest(const struct model *model, const struct pci_function *function)
{
	return !pcie_is_bridge(function) && pci_class(function) != CLASS_IOMMU &&
	       !platform_is_iommu(&model->platform, function);
}

static void report_uncovered(const struct model *model, const struct pci_function *function,
			     struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[UNCOVERED], FINDING_WARN, subject_function(function),
			    "firmware names no IOMMU for %s", function->name);

	finding_evidence(finding, model->platform.table, "no entry for %s", function->name);
}

/* A link may lead to a unit that is not listed. */
static const char *unit_in_use(const struct pci_function *function, const struct dma_match *match,
			       struct arena *arena)
{
	if (match->unit)
		return dma_unit_describe(arena, match->unit);
	return fact_known(&function->iommu.fact) ? function->iommu.text : "none";
}

/* What the kernel does counts. */
static bool is_translated(const struct pci_function *function, const struct dma_match *match)
{
	return match->unit || fact_known(&function->iommu.fact);
}

/* A command line that was not read leaves what the kind says. */
static void remedy_mismatch(struct finding *finding, const struct model *model,
			    const struct pci_function *function)
{
	const struct fact *cmdline = &model->host->cmdline.fact;

	if (caution_keeps_igd(model->host, function)) {
		finding_evidence(finding, cmdline, "igfx_off");
		finding_remedy(finding, "Take igfx_off out of intel_iommu= on the kernel command "
					"line and reboot");
	} else if (model->platform.kind != PLATFORM_VTD || fact_known(cmdline)) {
		finding_remedy(finding, "The kernel's log says why");
	}
}

static void report_mismatch(const struct model *model, const struct pci_function *function,
			    const struct dma_match *match, struct findings *findings)
{
	bool translated = is_translated(function, match);
	struct finding *finding = finding_add(
		findings, &kinds[MISMATCH], translated ? FINDING_PASS : FINDING_WARN,
		subject_function(function), "firmware names %s for %s, and the kernel uses %s",
		dma_unit_describe(findings->arena, match->promised), function->name,
		unit_in_use(function, match, findings->arena));

	if (fact_known(&function->iommu.fact))
		finding_evidence(finding, &function->iommu.fact, "%s", function->iommu.text);
	else
		finding_evidence_state(finding, &function->iommu.fact);
	finding_evidence(finding, model->platform.table, "%s",
			 dma_unit_describe(findings->arena, match->promised));
	if (!translated)
		remedy_mismatch(finding, model, function);
}

/* Where the DMAR, IVRS or IORT table names no IOMMU at all, the finding on that table says so, once
 * for all functions. */
static bool firmware_names_any(const struct dma_units *units)
{
	if (units->viot)
		return true;
	for (size_t i = 0; i < units->count; i++) {
		const struct dma_unit *unit = &units->units[i];
		if (unit->drhd || unit->ivhd || unit->smmu || unit->viommu)
			return true;
	}
	return false;
}

/* How the functions that may go to a guest stand. */
struct tally {
	size_t covered;
	size_t uncovered;
	size_t unknown;
	const struct pci_function *first_unknown;
};

static void judge_function(const struct model *model, const struct dma_units *units,
			   const struct pci_function *function, struct tally *tally,
			   struct findings *findings)
{
	const struct dma_match *match = dma_units_match(units, function);

	if (match->promised && match->unit != match->promised &&
	    fact_settled(&function->iommu.fact) && model->host->units.count)
		report_mismatch(model, function, match, findings);
	switch (match->coverage) {
	case DMA_COVERED:
		tally->covered++;
		break;
	case DMA_UNCOVERED:
		tally->uncovered++;
		if (!match->promised && fact_known(model->platform.table) &&
		    firmware_names_any(units))
			report_uncovered(model, function, findings);
		break;
	case DMA_COVERAGE_UNKNOWN:
		if (!tally->unknown++)
			tally->first_unknown = function;
		break;
	}
}

static void report_tally(const struct model *model, const struct tally *tally,
			 struct findings *findings)
{
	struct finding *finding;

	if (tally->unknown) {
		finding = finding_add(findings, &kinds[UNKNOWN], FINDING_UNKNOWN, subject_host(),
				      "cannot tell which IOMMU translates %s",
				      counted(findings->arena, tally->unknown, "function"));
		finding_evidence_state(finding, model->platform.table);
		finding_evidence_state(finding, &tally->first_unknown->iommu.fact);
		finding_remedy_unread(finding, model->platform.table);
	} else if (tally->covered && !tally->uncovered) {
		finding = finding_add(findings, &kinds[COVERED], FINDING_PASS, subject_host(),
				      "each of %s has an IOMMU",
				      counted(findings->arena, tally->covered, "function"));
		finding_evidence(finding,
				 model->host->units.count ? &model->host->units.fact
							  : model->platform.table,
				 "%s", counted(findings->arena, tally->covered, "function"));
	}
}

static void report_idle(const struct model *model, const struct dma_units *units,
			struct findings *findings)
{
	for (size_t i = 0; i < units->count && model->host->units.count; i++) {
		const struct dma_unit *unit = &units->units[i];
		if (unit->running || unit->ignored)
			continue;
		struct finding *finding = finding_add(findings, &kinds[IDLE], FINDING_WARN,
						      subject_host(), "the kernel does not run %s",
						      dma_unit_describe(findings->arena, unit));
		finding_evidence(finding, model->platform.table, "%s",
				 dma_unit_describe(findings->arena, unit));
		finding_evidence(finding, &model->host->units.fact, "%s",
				 counted(findings->arena, model->host->units.count, "other"));
		if (model->platform.kind != PLATFORM_VTD)
			finding_remedy(finding, FIX_NOT_VTD_IDLE);
	}
}

static void report_conflicts(const struct host *host, const struct dma_units *units,
			     struct findings *findings)
{
	for (size_t i = 0; i < units->conflict_count; i++) {
		const struct dma_conflict *conflict = &units->conflicts[i];
		bool bridge = conflict->scope->type == DMAR_SCOPE_BRIDGE;
		struct finding *finding = finding_add(
			findings, &kinds[CONFLICT], host->units.count ? FINDING_WARN : FINDING_FAIL,
			subject_function(conflict->function),
			"the DMAR table calls %s a%s, which it is not: the kernel leaves DMA "
			"remapping off%s",
			conflict->function->name, bridge ? " bridge" : "n endpoint",
			host->units.count ? ", yet it runs" : "");
		finding_evidence(finding, &host->acpi.dmar.fact, "structure at offset 0x%zx",
				 conflict->structure->offset);
	}
}

static void report_not_applicable(const struct model *model, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[NOT_APPLICABLE], FINDING_NOT_APPLICABLE,
			    subject_host(), "there is no IOMMU");

	finding_evidence_state(finding, model->platform.table);
	finding_evidence(finding, &model->host->units.fact, "%s",
			 counted(findings->arena, model->host->units.count, "unit"));
}

/* Whether firmware's silence, and the kernel's, is read as "there is no IOMMU". */
static bool has_none(const struct host *host, const struct dma_units *units)
{
	return units->count == 0 && fact_absent(&host->acpi.dmar.fact) &&
	       fact_absent(&host->acpi.ivrs.fact) && !units->iort && !units->viot &&
	       fact_settled(&host->units.fact);
}

/* POWER's firmware gives no table of its IOMMUs, nor has the kernel units of them to list. */
static bool is_foreign(const struct host *host, const struct dma_units *units)
{
	return units->count == 0 && host->cpu.architecture && !cpu_is_x86(&host->cpu) &&
	       !cpu_is_arm(&host->cpu);
}

static void report_foreign(const struct host *host, struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[OTHER_ARCHITECTURE], FINDING_NOT_APPLICABLE, subject_host(),
		"which IOMMU translates a function is not judged on %s", host->cpu.architecture);

	finding_evidence(finding, &host->units.fact, "%zu units", host->units.count);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	const struct dma_units *units = &context->model->dma_units;
	struct tally tally = {0};

	if (is_foreign(host, units)) {
		report_foreign(host, findings);
		return;
	}
	if (has_none(host, units)) {
		report_not_applicable(context->model, findings);
		return;
	}
	report_conflicts(host, units, findings);
	report_idle(context->model, units, findings);
	for (size_t i = 0; i < host->pci.count; i++) {
		if (may_go_to_a_guest(context->model, &host->pci.functions[i]))
			judge_function(context->model, units, &host->pci.functions[i], &tally,
				       findings);
	}
	report_tally(context->model, &tally, findings);
}

const struct check check_dma_units = {
	.id = "dma-units",
	.title = "Which IOMMU translates each function?",
	.needs = "/sys/class/iommu, the functions' iommu links; DMAR, IVRS, IORT or VIOT; root",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
