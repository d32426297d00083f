/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <string.h>

#include "model/platform.h"

enum kind {
	UNREADABLE,
	IOMMU_DISABLED,
	DEFAULT_OFF,
	DEFAULT_UNKNOWN,
	EFFECTIVE,
	NO_EFFECT,
	INEXACT,
	MISSPELT,
	CONTRADICTION,
	INTERRUPT_REMAPPING_OFF,
	SOURCE_ID_OFF,
	MSI_OFF,
	ACS_OVERRIDE,
	ACS_LOWERED,
};

static const struct finding_kind kinds[] = {
	[UNREADABLE] = {"kernel-cmdline.unreadable",
			"/proc/cmdline could not be read, so what the kernel was told about the "
			"IOMMU is unknown. The file is readable by everyone on an ordinary host."},
	[IOMMU_DISABLED] =
		{"kernel-cmdline.iommu-off",
		 "An argument on the kernel command line turns DMA remapping off, and "
		 "with it every IOMMU group: no function can be given to a guest. "
		 "iommu=off beats intel_iommu=on; of several intel_iommu= words the last "
		 "wins."},
	[DEFAULT_OFF] =
		{"kernel-cmdline.default-off",
		 "This kernel was built with VT-d off (CONFIG_INTEL_IOMMU_DEFAULT_ON is not "
		 "set), and the command line does not turn it on."},
	[DEFAULT_UNKNOWN] = {"kernel-cmdline.default-unknown",
			     "The command line says nothing about VT-d, and the kernel's default "
			     "(CONFIG_INTEL_IOMMU_DEFAULT_ON) could not be read."},
	[EFFECTIVE] = {"kernel-cmdline.iommu-on",
		       "The command line leaves DMA remapping on, by itself or by the kernel's "
		       "default. AMD-Vi is on unless it is turned off."},
	[NO_EFFECT] = {"kernel-cmdline.no-effect",
		       "A word on the kernel command line does nothing: the kernel skips it, at "
		       "most with a line in its log. iommu=on and iommu=1 do not exist, nor does "
		       "intel_iommu=1; VT-d is turned on by intel_iommu=on."},
	[INEXACT] = {"kernel-cmdline.inexact",
		     "A word on the kernel command line is taken for another, because the kernel "
		     "compares beginnings only. It works by accident."},
	[MISSPELT] = {"kernel-cmdline.misspelt",
		      "A parameter's name is one letter away from one that passthrough depends on. "
		      "The kernel hands a name that it does not know to user space."},
	[CONTRADICTION] =
		{"kernel-cmdline.contradiction",
		 "The command line turns VT-d on and off; the later word wins, and iommu=off "
		 "beats both."},
	[INTERRUPT_REMAPPING_OFF] = {"kernel-cmdline.interrupt-remapping-off",
				     "The command line turns interrupt remapping off. VFIO then "
				     "refuses a device (EPERM) unless allow_unsafe_interrupts is "
				     "set, which lets a guest raise any interrupt on the host."},
	[SOURCE_ID_OFF] = {"kernel-cmdline.source-id-off",
			   "intremap=nosid switches off the check of who sends a remapped "
			   "interrupt: a device may then send another's."},
	[MSI_OFF] = {"kernel-cmdline.msi-off",
		     "pci=nomsi leaves devices without message-signalled interrupts, which most "
		     "of them, and every VF, need."},
	[ACS_OVERRIDE] =
		{"kernel-cmdline.acs-override",
		 "pcie_acs_override= belongs to a patch that is not in the mainline kernel. "
		 "It makes the kernel believe in isolation that the hardware does not have: "
		 "groups look smaller than they are, and devices of different guests can "
		 "reach each other."},
	[ACS_LOWERED] =
		{"kernel-cmdline.acs-lowered",
		 "pci=disable_acs_redir= or pci=config_acs= changes Access Control Services "
		 "of the ports that it names, which can merge IOMMU groups."},
};

static void show_parameter(struct finding *finding, const struct host *host,
			   const struct cmdline_parameter *parameter)
{
	if (parameter->value)
		finding_evidence(finding, &host->cmdline.fact, "%s=%s", parameter->name,
				 parameter->value);
	else
		finding_evidence(finding, &host->cmdline.fact, "%s", parameter->name);
}

static const char *with_value(struct findings *findings, const struct cmdline_parameter *parameter)
{
	if (!parameter->value)
		return arena_printf(findings->arena, "%s", parameter->name);
	return arena_printf(findings->arena, "%s=%s", parameter->name, parameter->value);
}

/* Returns the argument that turns DMA remapping off on this platform, or NULL. */
static const struct cmdline_parameter *find_culprit(const struct host *host,
						    const struct kernel_parameters *parameters)
{
	enum platform platform = platform_of(host);

	if (platform == PLATFORM_OTHER)
		return NULL;
	if (parameters->iommu.state == SWITCH_OFF)
		return parameters->iommu.decided_by;
	if (platform == PLATFORM_VTD && parameters->intel_iommu.state == SWITCH_OFF)
		return parameters->intel_iommu.decided_by;
	if (platform == PLATFORM_AMD_VI && parameters->amd_iommu.state == SWITCH_OFF)
		return parameters->amd_iommu.decided_by;
	return NULL;
}

static void report_off(const struct host *host, const struct kernel_parameters *parameters,
		       const struct cmdline_parameter *culprit, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[IOMMU_DISABLED], FINDING_FAIL, subject_host(),
			    "%s turns DMA remapping off", with_value(findings, culprit));

	show_parameter(finding, host, culprit);
	if (platform_of(host) == PLATFORM_VTD && parameters->intel_iommu.state != SWITCH_ON)
		finding_remedy(finding,
			       "Replace %s by intel_iommu=on on the kernel command line "
			       "and reboot",
			       with_value(findings, culprit));
	else
		finding_remedy(finding, "Remove %s from the kernel command line and reboot",
			       with_value(findings, culprit));
}

/* Debian's own options leave VT-d on but for integrated graphics. */
static enum switch_state kernel_default(const struct host *host)
{
	const struct kconfig *kconfig = &host->kconfig;

	if (!fact_known(&kconfig->fact))
		return SWITCH_UNSET;
	if (kconfig_get(kconfig, "INTEL_IOMMU_DEFAULT_ON") == KCONFIG_YES ||
	    kconfig_get(kconfig, "INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF") == KCONFIG_YES)
		return SWITCH_ON;
	return SWITCH_OFF;
}

static void pass(const struct host *host, const struct fact *evidence, const char *why,
		 struct findings *findings)
{
	struct finding *finding = finding_add(findings, &kinds[EFFECTIVE], FINDING_PASS,
					      subject_host(), "the command line leaves %s on: %s",
					      platform_name(platform_of(host)), why);

	finding_evidence(finding, evidence, "%s", why);
}

static void judge_default(const struct host *host, struct findings *findings)
{
	enum switch_state state = kernel_default(host);
	struct finding *finding;

	if (state == SWITCH_ON) {
		pass(host, &host->kconfig.fact, "the kernel turns it on by default", findings);
		return;
	}
	if (state == SWITCH_OFF)
		finding = finding_add(findings, &kinds[DEFAULT_OFF], FINDING_FAIL, subject_host(),
				      "this kernel leaves VT-d off unless the command line says "
				      "intel_iommu=on, and it does not");
	else
		finding = finding_add(findings, &kinds[DEFAULT_UNKNOWN], FINDING_UNKNOWN,
				      subject_host(),
				      "the command line has no intel_iommu=on, and the kernel's "
				      "default could not be read");
	finding_evidence(finding, &host->cmdline.fact, "no intel_iommu=on");
	finding_evidence(finding, &host->kconfig.fact, "CONFIG_INTEL_IOMMU_DEFAULT_ON is not set");
	finding_remedy(finding, "Add intel_iommu=on to the kernel command line and reboot");
}

static void judge_iommu(const struct host *host, const struct kernel_parameters *parameters,
			struct findings *findings)
{
	const struct cmdline_parameter *culprit = find_culprit(host, parameters);
	const struct fact *evidence;

	/* What runs wins: firmware may force VT-d on whatever the command line says. */
	if (platform_translation(host, &evidence) == TRANSLATION_ON)
		pass(host, evidence, "translation runs", findings);
	else if (culprit)
		report_off(host, parameters, culprit, findings);
	else if (platform_of(host) == PLATFORM_VTD && parameters->intel_iommu.state != SWITCH_ON)
		judge_default(host, findings);
	else
		pass(host, &host->cmdline.fact, "nothing on it turns it off", findings);
}

static void judge_contradiction(const struct host *host, const struct kernel_parameters *parameters,
				struct findings *findings)
{
	const struct cmdline_parameter *loser = parameters->intel_iommu.decided_by;
	struct finding *finding;

	if (parameters->intel_iommu.state != SWITCH_ON || parameters->iommu.state != SWITCH_OFF)
		return;
	finding = finding_add(findings, &kinds[CONTRADICTION], FINDING_WARN, subject_host(),
			      "%s has no effect beside %s", with_value(findings, loser),
			      with_value(findings, parameters->iommu.decided_by));
	show_parameter(finding, host, loser);
	show_parameter(finding, host, parameters->iommu.decided_by);
	finding_remedy(finding, "Keep the one that is meant");
}

/* "on" is AMD-Vi's state anyway; elsewhere a word without effect was meant to do something. */
static bool is_harmless(const struct odd_token *odd)
{
	return cmdline_same_name(odd->parameter->name, "amd_iommu") &&
	       strcmp(odd->token, "on") == 0;
}

static void judge_odd_tokens(const struct host *host, struct findings *findings)
{
	struct odd_token *odd;
	size_t count = kernel_parameters_odd_tokens(&host->cmdline, findings->arena, &odd);
	struct finding *finding;

	for (size_t i = 0; i < count; i++) {
		const char *name = odd[i].parameter->name;

		if (is_harmless(&odd[i]))
			continue;
		if (odd[i].kind == TOKEN_INEXACT)
			finding = finding_add(findings, &kinds[INEXACT], FINDING_WARN,
					      subject_host(), "the kernel takes %s=%s for %s=%s",
					      name, odd[i].token, name, odd[i].taken_for);
		else
			finding = finding_add(findings, &kinds[NO_EFFECT], FINDING_WARN,
					      subject_host(), "%s=%s has no effect", name,
					      odd[i].token);
		show_parameter(finding, host, odd[i].parameter);
		if (odd[i].kind == TOKEN_INEXACT)
			finding_remedy(finding, "Write %s=%s", name, odd[i].taken_for);
		else if (platform_of(host) == PLATFORM_VTD)
			finding_remedy(finding, "Remove it; intel_iommu=on is what turns VT-d on");
		else
			finding_remedy(finding, "Remove it");
	}
}

static void judge_spelling(const struct host *host, struct findings *findings)
{
	for (size_t i = 0; i < host->cmdline.count; i++) {
		const char *name = host->cmdline.parameters[i].name;
		const char *meant = kernel_parameter_meant(name);

		if (!meant)
			continue;
		struct finding *finding = finding_add(
			findings, &kinds[MISSPELT], FINDING_WARN, subject_host(),
			"the kernel does not know %s; %s is probably meant", name, meant);
		finding_evidence(finding, &host->cmdline.fact, "%s", name);
		finding_remedy(finding, "Write %s", meant);
	}
}

static void report(const struct host *host, enum kind kind, enum finding_verdict verdict,
		   const struct cmdline_parameter *parameter, const char *effect,
		   struct findings *findings)
{
	struct finding *finding = finding_add(findings, &kinds[kind], verdict, subject_host(),
					      "%s %s", with_value(findings, parameter), effect);

	show_parameter(finding, host, parameter);
	finding_remedy(finding, "Remove %s from the kernel command line and reboot",
		       with_value(findings, parameter));
}

static void judge_others(const struct host *host, const struct kernel_parameters *parameters,
			 struct findings *findings)
{
	if (parameters->interrupt_remapping.state == SWITCH_OFF && !host->interrupts.remapped_chip)
		report(host, INTERRUPT_REMAPPING_OFF, FINDING_FAIL,
		       parameters->interrupt_remapping.decided_by, "turns interrupt remapping off",
		       findings);
	if (parameters->source_id.state == SWITCH_OFF)
		report(host, SOURCE_ID_OFF, FINDING_WARN, parameters->source_id.decided_by,
		       "switches off the check of who sends an interrupt", findings);
	if (parameters->message_interrupts.state == SWITCH_OFF)
		report(host, MSI_OFF, FINDING_WARN, parameters->message_interrupts.decided_by,
		       "leaves devices without message-signalled interrupts", findings);
	if (parameters->acs_override)
		report(host, ACS_OVERRIDE, FINDING_WARN, parameters->acs_override,
		       "makes groups look better isolated than the hardware is", findings);
	if (parameters->disable_acs_redir)
		report(host, ACS_LOWERED, FINDING_WARN, parameters->disable_acs_redir,
		       "lowers the isolation of the functions that it names", findings);
	if (parameters->config_acs)
		report(host, ACS_LOWERED, FINDING_WARN, parameters->config_acs,
		       "sets ACS of the functions that it names", findings);
}

static void run(const struct host *host, const struct model *model, struct findings *findings)
{
	if (!fact_known(&host->cmdline.fact)) {
		struct finding *finding =
			finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
				    "the kernel command line could not be read");
		finding_evidence_state(finding, &host->cmdline.fact);
		finding_remedy_unread(finding, &host->cmdline.fact);
		return;
	}
	judge_iommu(host, &model->parameters, findings);
	judge_contradiction(host, &model->parameters, findings);
	judge_odd_tokens(host, findings);
	judge_spelling(host, findings);
	judge_others(host, &model->parameters, findings);
}

const struct check check_kernel_cmdline = {
	.id = "kernel-cmdline",
	.title = "What was the kernel told about the IOMMU?",
	.needs = "/proc/cmdline, and the kernel's configuration for its defaults; no privilege",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run = run,
};
