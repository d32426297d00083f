/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include "model/boot/declared_system.h"
#include "model/modules/module_option.h"
#include "model/modules/unsafe_option.h"

enum kind { NONE, UNREADABLE, PENDING, DENYLIST, RELAXED_RMRR, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[NONE] = {"unsafe-options.none",
		  "No configuration that passcheck reads (the kernel command line and "
		  "modprobe.d) sets an option that weakens VFIO's protection. What is in effect "
		  "now is judged by interrupt-remapping, iommu-groups and kernel-cmdline.",
		  NULL},
	[UNREADABLE] =
		{"unsafe-options.unreadable",
		 "Part of the configuration that could set an unsafe option was not read, so "
		 "passcheck cannot tell what is in effect after a reboot, or once a module is "
		 "loaded.",
		 FIX_READ_AS_ROOT},
	[PENDING] = {"unsafe-options.pending",
		     "An option that weakens VFIO's protection is configured for a module, and is "
		     "not in effect yet: it takes effect when the module is loaded next. "
		     "allow_unsafe_interrupts lets VFIO attach devices whose guests can raise "
		     "interrupts of the host; enable_unsafe_noiommu_mode gives devices to user "
		     "space with no IOMMU between them and the memory of the host.",
		     "Remove the option from the file in modprobe.d, or from the kernel command "
		     "line, that sets it. Where an erratum of the chipset keeps interrupt "
		     "remapping off, or Arm's interrupt controller has no ITS, VFIO attaches no "
		     "device without allow_unsafe_interrupts: keep it only for guests that you "
		     "trust as much as the host."},
	[DENYLIST] = {"unsafe-options.denylist-disabled",
		      "disable_denylist=1 makes vfio-pci take devices that the kernel knows to "
		      "be unsafe for guests: Intel QAT of the first generations and DSA, which "
		      "can hang the host (vfio_pci_denylist of drivers/vfio/pci/vfio_pci.c, and "
		      "their errata).",
		      "Remove disable_denylist from the file in modprobe.d, or from the kernel "
		      "command line, that sets it, and load vfio-pci anew or reboot."},
	[RELAXED_RMRR] =
		{"unsafe-options.relaxed-rmrr",
		 "intel_iommu=relax_rmrr, which Proxmox VE and others patch into their kernels, "
		 "assigns devices that firmware goes on using in memory of its own (RMRR). "
		 "Firmware's DMA then fails or lands in the guest's memory. The mainline kernel "
		 "does not know the word.",
		 "Take relax_rmrr out of intel_iommu= on the kernel command line and reboot, "
		 "unless a device needs it and its guest is trusted."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static enum kind kind_of(const struct unsafe_option *option)
{
	return option->gives_unsafe ? DENYLIST : PENDING;
}

/* What is in effect is the business of other checks, but for the denylist, which has none. */
static bool is_judged_elsewhere(const struct unsafe_option *option,
				const struct module_option *found)
{
	return !option->gives_unsafe && boolean_of_fact(found->running) == BOOLEAN_YES;
}

static void report_configured(const struct check_context *context,
			      const struct unsafe_option *option, const struct module_option *found)
{
	const struct host *host = context->host;
	struct finding *finding = finding_add(
		context->findings, &kinds[kind_of(option)], FINDING_WARN, subject_host(),
		"%s of %s is configured: it %s", option->name, option->module, option->effect);

	finding_evidence(finding, found->place, "%s", found->text);
	const char *declared = declared_system_option(host, found->place->source);
	const char *file = declared ? declared : found->place->source;

	if (found->on_command_line)
		file = declared_system_place(host);
	if (option->gives_interrupts && interrupts_need_trust(&context->model->interrupts))
		finding_remedy(finding,
			       "Keep %s in %s only if you trust the guests as much as the host: "
			       "nothing else has VFIO attach devices on this machine",
			       option->name, file);
	else
		finding_remedy(finding, "Remove %s from %s", option->name, file);
}

/* The module runs with an option that no place that was read sets. */
static void report_running(const struct unsafe_option *option, const struct module_option *found,
			   struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[kind_of(option)], FINDING_WARN, subject_host(),
			    "%s of %s is on: it %s", option->name, option->module, option->effect);

	finding_evidence(finding, &found->running->fact, "%s", found->running->text);
	finding_remedy(finding, "Load %s anew without %s", option->module, option->name);
}

static bool judge_option(const struct check_context *context, const struct unsafe_option *option)
{
	struct findings *findings = context->findings;
	struct module_option found =
		module_option_find(context->host, findings->arena, option->module, option->name);

	if (is_judged_elsewhere(option, &found))
		return false;
	if (module_option_set(&found))
		report_configured(context, option, &found);
	else if (boolean_of_fact(found.running) == BOOLEAN_YES)
		report_running(option, &found, findings);
	else
		return false;
	return true;
}

/* The kernel does not know the word. */
static void report_idle_rmrr(const struct host *host, const struct cmdline_parameter *it,
			     const struct fact *strict, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[RELAXED_RMRR], FINDING_WARN, subject_host(),
			    "relax_rmrr has no effect: this kernel does not know it");

	finding_evidence(finding, &host->cmdline.fact, "%s=%s", it->name, it->value);
	finding_evidence(finding, strict, "a region of type direct");
	finding_remedy(finding,
		       "Take relax_rmrr out of %s on %s; Proxmox VE's kernels know it from 6.2 on",
		       it->name, declared_system_place(host));
}

static bool judge_rmrr(const struct model *model, struct findings *findings)
{
	const struct cmdline_parameter *it = model->parameters.relaxed_rmrr;
	const struct fact *strict = reserved_memory_strict(model->host, &model->platform);

	if (!it)
		return false;
	if (strict) {
		report_idle_rmrr(model->host, it, strict, findings);
		return true;
	}
	struct finding *finding =
		finding_add(findings, &kinds[RELAXED_RMRR], FINDING_WARN, subject_host(),
			    "relax_rmrr assigns devices that firmware still uses");
	finding_evidence(finding, &model->host->cmdline.fact, "%s=%s", it->name, it->value);
	finding_remedy(finding,
		       "Take relax_rmrr out of %s on %s and reboot, unless a device needs it and "
		       "its guest is trusted",
		       it->name, declared_system_place(model->host));
	return true;
}

static void report_unread(const struct fact *fact, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
			    "cannot tell whether unsafe options are configured");

	finding_evidence_state(finding, fact);
	finding_remedy_unread(finding, fact);
}

static void report_none(const struct host *host, struct findings *findings)
{
	struct finding *finding = finding_add(findings, &kinds[NONE], FINDING_PASS, subject_host(),
					      "no unsafe option of VFIO is configured");

	finding_evidence(finding, &host->cmdline.fact, "none of VFIO's unsafe options");
	finding_evidence(finding, &host->modprobe.fact, "none of VFIO's unsafe options");
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	bool found = judge_rmrr(context->model, findings);

	for (size_t i = 0; i < UNSAFE_OPTION_COUNT; i++)
		found |= judge_option(context, &unsafe_options[i]);
	if (!fact_settled(&host->modprobe.fact))
		report_unread(&host->modprobe.fact, findings);
	else if (!fact_known(&host->cmdline.fact))
		report_unread(&host->cmdline.fact, findings);
	else if (!found)
		report_none(host, findings);
}

const struct check check_unsafe_options = {
	.id = "unsafe-options",
	.title = "Is an option configured that weakens VFIO's protection?",
	.needs = "/proc/cmdline, modprobe.d and the parameters of VFIO's modules; no privilege",
	.advisory = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
