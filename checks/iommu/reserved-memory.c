/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "host/base/buffer.h"
#include "model/pcie.h"
#include "model/platform.h"

#define FIX_DMA_PROTECTION                                                                         \
	"Switch off DMA protection before boot (\"Pre-boot DMA Protection\", \"Kernel DMA "        \
	"Protection\") in the firmware setup, or update the firmware"

enum kind { NONE, BLOCKS, BLOCKS_ALL, UNKNOWN, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[NONE] = {"reserved-memory.none",
		  "No memory that firmware reserves keeps a function from being assigned.", NULL},
	[BLOCKS] =
		{"reserved-memory.blocks",
		 "Firmware wants a function, or one that shares its group, to reach some memory at "
		 "its own address (an RMRR or IVMD): firmware or a management controller goes on "
		 "using the device. A guest's memory would lie there, so the kernel refuses to "
		 "assign it: \"Device is ineligible for IOMMU domain attach due to platform RMRR "
		 "requirement\", or from 6.6 on \"Firmware has requested this device have a 1:1 "
		 "IOMMU mapping\". USB controllers and displays are exempt on VT-d.",
		 "Switch off in the firmware setup what firmware uses the device for: its "
		 "legacy or management support, on servers of HPE the slot's part in shared "
		 "memory (with conrep on older ones), on AMD DMA protection before boot "
		 "(\"Pre-boot DMA Protection\", \"Kernel DMA Protection\"). Otherwise update "
		 "the firmware. No option of the mainline kernel lifts this; kernels of Proxmox VE "
		 "have intel_iommu=on,relax_rmrr, for guests that are trusted."},
	[BLOCKS_ALL] =
		{"reserved-memory.blocks-all",
		 "Firmware reserves memory for all functions at once (an IVMD of type 0x20), as "
		 "some do while DMA protection before boot is on. The kernel then assigns no "
		 "function to a guest, from 6.6 on.",
		 FIX_DMA_PROTECTION "."},
	[UNKNOWN] = {"reserved-memory.unknown",
		     "passcheck cannot tell whether memory that firmware reserves keeps "
		     "functions from being assigned: neither the groups' reserved_regions nor "
		     "firmware's tables were read, a line of reserved_regions is damaged, or the "
		     "kernel's version was not read, or is one before 6.6 of a distribution that "
		     "brings newer code under it (RHEL and its like, SUSE Linux Enterprise).",
		     "Run passcheck as root, or capture the host as root: only root reads "
		     "firmware's tables. With the IOMMU on, the groups' reserved_regions tell "
		     "without them."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static bool is_made_by(const struct host *host, const char *vendor)
{
	return fact_known(&host->vendor.fact) &&
	       strncasecmp(host->vendor.text, vendor, strlen(vendor)) == 0;
}

/* Proxmox VE's kernels since 6.2 carry a patch that lets devices with an RMRR be assigned. */
static const char *kernel_option(const struct host *host)
{
	const struct fact_text *release = &host->kernel_release;
	struct kernel_version version;

	if (fact_known(&release->fact) && strstr(release->text, "-pve") &&
	    host_kernel_version(host, &version) && kernel_at_least(&version, 6, 2))
		return ". Or, only for a guest that you trust as you trust the host, write "
		       "intel_iommu=on,relax_rmrr on the kernel command line, which this kernel of "
		       "Proxmox VE knows: firmware goes on writing to that memory";
	return "; no kernel option lifts this";
}

static void add_remedy(struct finding *finding, const struct model *model,
		       const struct reserved_region *region)
{
	if (region->kind != RESERVED_RMRR && model->platform.kind == PLATFORM_AMD_VI)
		finding_remedy(finding, FIX_DMA_PROTECTION);
	else if (is_made_by(model->host, "HP"))
		finding_remedy(finding,
			       "Exclude the device's slot from HPE's shared memory (in the "
			       "firmware setup, or with conrep on older servers: RMRDS_Slot), or "
			       "update the firmware%s",
			       kernel_option(model->host));
	else
		finding_remedy(finding,
			       "Switch off what firmware uses the device for (its legacy "
			       "or management support) in the firmware setup, or update "
			       "the firmware%s",
			       kernel_option(model->host));
}

static void add_region(struct finding *finding, const struct reserved_region *region)
{
	finding_evidence(finding, region->evidence, "%s 0x%" PRIx64 "-0x%" PRIx64,
			 reserved_kind_name(region->kind), region->start, region->end);
}

/* What the host lives on would stay with it without that memory, too. */
static void report_blocked(const struct model *model, const struct pci_function *function,
			   const struct reserved_region *region, bool as_all,
			   struct findings *findings)
{
	bool is_vital = host_uses_vital(&model->host_uses, function);
	struct finding *finding = finding_add(
		findings, &kinds[BLOCKS], FINDING_WARN, subject_function(function),
		"memory that firmware reserves (0x%" PRIx64 "-0x%" PRIx64
		") keeps %s from a guest%s%s",
		region->start, region->end, function->name,
		is_vital ? ", and the host needs it: " : "",
		is_vital ? host_uses_vital_words(&model->host_uses, function, findings->arena)
			 : "");

	add_region(finding, region);
	add_remedy(finding, model, region);
	if (as_all)
		finding_follows(finding, kinds[BLOCKS_ALL].id, subject_host());
}

static void report_all(const struct model *model, const struct reserved_region *region,
		       size_t count, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[BLOCKS_ALL], FINDING_FAIL, subject_host(),
			    "memory that firmware reserves keeps %s from a guest",
			    counted_as(findings->arena, count, "function, the only one,",
				       "functions, all of them,"));

	add_region(finding, region);
	add_remedy(finding, model, region);
}

/* An IOMMU of AMD is a function, which a table's range may hold. */
static bool may_go_to_guest(const struct model *model, const struct pci_function *function)
{
	return !pcie_is_bridge(function) && !platform_is_iommu(&model->platform, function);
}

/* How the functions that may go to a guest stand. */
struct tally {
	size_t harmless;
	size_t blocked;
	size_t unknown;
	const struct reserved_region *region; /* that blocks the first */
	const struct pci_function *first_unknown;
};

static struct tally count_functions(const struct model *model)
{
	const struct pci *pci = &model->host->pci;
	struct tally tally = {0};

	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		const struct reserved_region *region;
		if (!may_go_to_guest(model, function))
			continue;
		switch (reserved_memory_blocks(&model->reserved_memory, function, &region)) {
		case RESERVED_HARMLESS:
			tally.harmless++;
			break;
		case RESERVED_BLOCKS:
			if (!tally.blocked++)
				tally.region = region;
			break;
		case RESERVED_EFFECT_UNKNOWN:
			if (!tally.unknown++)
				tally.first_unknown = function;
			break;
		}
	}
	return tally;
}

static void report_each(const struct model *model, bool all, struct findings *findings)
{
	const struct host *host = model->host;

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		const struct reserved_region *region;
		if (may_go_to_guest(model, function) &&
		    reserved_memory_blocks(&model->reserved_memory, function, &region) ==
			    RESERVED_BLOCKS)
			report_blocked(model, function, region, all, findings);
	}
}

/* Whether the regions may be known, and what the kernel makes of them is not. */
static bool is_left_open_by_number(const struct model *model)
{
	const struct fact_text *release = &model->host->kernel_release;

	return model->platform.kind != PLATFORM_VTD && fact_known(&release->fact) &&
	       host_kernel_has(model->host, 6, 6) == BOOLEAN_UNKNOWN;
}

static void report_unknown(const struct model *model, const struct tally *tally,
			   struct findings *findings)
{
	const struct host *host = model->host;
	struct finding *finding =
		finding_add(findings, &kinds[UNKNOWN], FINDING_UNKNOWN, subject_host(),
			    "cannot tell whether reserved memory blocks %s",
			    counted(findings->arena, tally->unknown, "function"));

	finding_evidence_state(finding, model->platform.table);
	finding_evidence_state(finding, &tally->first_unknown->group.fact);
	if (model->reserved_memory.unsound)
		finding_evidence(finding, model->reserved_memory.unsound,
				 "a line that the kernel does not write");
	finding_evidence(finding, &host->kernel_release.fact, "%s", host->kernel_release.text);
	if (fact_settled(model->platform.table) && is_left_open_by_number(model))
		finding_remedy(finding,
			       "Start a guest with it: a kernel that refuses says \"Firmware has "
			       "requested this device have a 1:1 IOMMU mapping\". Then %s",
			       model->platform.kind == PLATFORM_AMD_VI
				       ? "switch off DMA protection before boot in the firmware "
					 "setup, or update the firmware"
				       : "update the firmware");
	else
		finding_remedy_unread(finding, model->platform.table);
}

/* The kernel's own list, where there are groups, or the tables. */
static void report_none(const struct model *model, struct findings *findings)
{
	const struct host *host = model->host;
	const struct fact *evidence =
		host->groups.count ? &host->groups.fact : model->platform.table;
	struct finding *finding;

	if (!fact_settled(&host->pci.fact)) {
		finding = finding_add(findings, &kinds[UNKNOWN], FINDING_UNKNOWN, subject_host(),
				      "cannot tell which functions there are");
		finding_evidence_state(finding, &host->pci.fact);
		finding_remedy_unread(finding, &host->pci.fact);
		return;
	}
	finding = finding_add(findings, &kinds[NONE], FINDING_PASS, subject_host(),
			      "no reserved memory keeps a function from a guest");
	finding_evidence(finding, evidence, "%s",
			 counted(findings->arena, model->reserved_memory.count, "reserved region"));
}

static void run(const struct check_context *context)
{
	const struct model *model = context->model;
	struct findings *findings = context->findings;
	struct tally tally = count_functions(model);
	bool all = tally.blocked > 1 && !tally.harmless && !tally.unknown &&
		   tally.region->kind == RESERVED_IVMD;

	if (all)
		report_all(model, tally.region, tally.blocked, findings);
	report_each(model, all, findings);
	if (tally.unknown)
		report_unknown(model, &tally, findings);
	if (tally.unknown || tally.blocked)
		return;
	report_none(model, findings);
}

const struct check check_reserved_memory = {
	.id = "reserved-memory",
	.title = "Does firmware tie functions to reserved memory?",
	.needs = "reserved_regions of the groups; DMAR or IVRS; root",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
