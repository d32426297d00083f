/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"
#include "checks/support/verdicts.h"

#include <string.h>

#include "host/pci/capabilities.h"
#include "model/platform.h"

enum kind {
	UNREADABLE,
	INCOMPLETE,
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
	EXTENDED_CONFIG_OFF,
	ARI_OFF,
	ACS_OVERRIDE,
	ACS_LOWERED,
	MODULE_REFUSED,
	KIND_COUNT,
};

static const struct finding_kind kinds[] = {
	[UNREADABLE] = {"kernel-cmdline.unreadable",
			"/proc/cmdline could not be read, so what the kernel was told about the "
			"IOMMU is unknown. The file is readable by everyone on an ordinary host.",
			FIX_READ_AT_ALL},
	[INCOMPLETE] = {"kernel-cmdline.incomplete",
			"/proc/cmdline lacks the newline that the kernel ends it with: it was cut "
			"short when it was saved, and what is missing may turn the IOMMU off.",
			"Audit the host itself, or capture it again with passcheck capture."},
	[IOMMU_DISABLED] =
		{"kernel-cmdline.iommu-off",
		 "An argument on the kernel command line turns DMA remapping off, and "
		 "with it every IOMMU group: no function can be given to a guest. "
		 "iommu=off beats intel_iommu=on; of several intel_iommu= words the last "
		 "wins. acpi=off hides the tables that describe the IOMMU.",
		 "Remove the argument from the kernel command line and reboot. On an Intel host "
		 "whose kernel leaves VT-d off by default, put intel_iommu=on in its place."},
	[DEFAULT_OFF] =
		{"kernel-cmdline.default-off",
		 "This kernel was built with VT-d off (CONFIG_INTEL_IOMMU_DEFAULT_ON is not "
		 "set), and the command line does not turn it on.",
		 "Add intel_iommu=on to the kernel command line and reboot."},
	[DEFAULT_UNKNOWN] =
		{"kernel-cmdline.default-unknown",
		 "The command line says nothing about the IOMMU, and whether the "
		 "kernel turns it on by itself could not be told: its configuration "
		 "(CONFIG_INTEL_IOMMU_DEFAULT_ON) or the kind of IOMMU is unknown.",
		 "On an Intel host, add intel_iommu=on to the kernel command line and reboot. To "
		 "have the default told, run passcheck where it can read /proc/cpuinfo and the "
		 "kernel's configuration (as root, if that is denied)."},
	[EFFECTIVE] = {"kernel-cmdline.iommu-on",
		       "The command line leaves DMA remapping on, by itself or by the kernel's "
		       "default. AMD-Vi is on unless it is turned off.",
		       NULL},
	[NO_EFFECT] =
		{"kernel-cmdline.no-effect",
		 "A word on the kernel command line does nothing: the kernel skips it, at most "
		 "with a line in its log. iommu=on and iommu=1 do not exist, nor does "
		 "intel_iommu=1.",
		 "Write what is meant instead, and reboot: intel_iommu=on turns VT-d on, iommu=pt "
		 "leaves what host drivers do untranslated, iommu.strict=1 asks for strict mode. "
		 "Remove a word that stands for none of them."},
	[INEXACT] = {"kernel-cmdline.inexact",
		     "A word on the kernel command line is taken for another, because the kernel "
		     "compares beginnings only. It works by accident.",
		     "Write the word as the finding spells it."},
	[MISSPELT] = {"kernel-cmdline.misspelt",
		      "A parameter's name is a letter or two away from one that passthrough "
		      "depends on. The kernel hands a name that it does not know to user space.",
		      "Write the parameter that is meant on the kernel command line and reboot."},
	[CONTRADICTION] =
		{"kernel-cmdline.contradiction",
		 "The command line says a thing and its opposite. The later word wins, "
		 "but nothing takes iommu=off back.",
		 "Keep the one that is meant on the kernel command line, and remove the other."},
	[INTERRUPT_REMAPPING_OFF] =
		{"kernel-cmdline.interrupt-remapping-off",
		 "The command line turns interrupt remapping off: intremap=off, nointremap, or an "
		 "argument that turns off the IO-APIC. VFIO then refuses a device (EPERM) unless "
		 "allow_unsafe_interrupts is set, which lets a guest raise any interrupt on the "
		 "host.",
		 "Remove the argument (intremap=off, nointremap, noapic, nolapic or disableapic) "
		 "from the kernel command line and reboot."},
	[SOURCE_ID_OFF] = {"kernel-cmdline.source-id-off",
			   "intremap=nosid switches off VT-d's check of who sends a remapped "
			   "interrupt: a device may then send another's.",
			   "Take nosid out of intremap= on the kernel command line and reboot."},
	[MSI_OFF] = {"kernel-cmdline.msi-off",
		     "pci=nomsi leaves devices without message-signalled interrupts, which most "
		     "of them, and every VF, need.",
		     "Take nomsi out of pci= on the kernel command line and reboot."},
	[EXTENDED_CONFIG_OFF] =
		{"kernel-cmdline.extended-config-off",
		 "pci=nommconf keeps the kernel from extended config space, where "
		 "the ACS and SR-IOV capabilities are: ports then do not isolate, "
		 "and there are no VFs.",
		 "Take nommconf out of pci= on the kernel command line and reboot."},
	[ARI_OFF] = {"kernel-cmdline.ari-off",
		     "pci=noari turns Alternative Routing-ID Interpretation off. VFs may then need "
		     "more bus numbers, which may not be there.",
		     "Take noari out of pci= on the kernel command line and reboot."},
	[ACS_OVERRIDE] =
		{"kernel-cmdline.acs-override",
		 "pcie_acs_override= belongs to a patch that is not in the mainline kernel. "
		 "It makes the kernel believe in isolation that the hardware does not have: "
		 "groups look smaller than they are, and devices of different guests can "
		 "reach each other.",
		 "Remove pcie_acs_override= from the kernel command line and reboot. Then move a "
		 "device to a slot that isolates, or give the whole group to one guest."},
	[ACS_LOWERED] =
		{"kernel-cmdline.acs-lowered",
		 "pci=disable_acs_redir= or pci=config_acs= changes Access Control Services "
		 "of the ports that it names, which can merge IOMMU groups.",
		 "Remove the parameter from the kernel command line and reboot, unless it is "
		 "meant."},
	[MODULE_REFUSED] =
		{"kernel-cmdline.module-refused",
		 "module_blacklist= makes the kernel refuse a module that passthrough needs, even "
		 "to modprobe. What is built into the kernel is not concerned.",
		 "Take the module out of module_blacklist= on the kernel command line and reboot."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* What the judgements share. */
struct audit {
	const struct host *host;
	const struct kernel_parameters *parameters;
	const struct interrupt_remapping *interrupts;
	struct findings *findings;
	enum platform platform;
	bool translates;                    /* DMA remapping is seen to run */
	bool is_off;                        /* DMA remapping is seen to be off */
	const struct fact *translates_fact; /* where that is seen */
};

/* A word of a parameter's list, or the parameter alone, as it would be typed. */
static const char *spell(const struct audit *audit, const struct cmdline_parameter *parameter,
			 const char *word)
{
	const char *value = word ? word : parameter->value;

	if (!value)
		return arena_printf(audit->findings->arena, "%s", parameter->name);
	return arena_printf(audit->findings->arena, "%s=%s", parameter->name, value);
}

static const char *spell_switch(const struct audit *audit, const struct kernel_switch *it)
{
	return spell(audit, it->decided_by, it->word);
}

static void show_parameter(struct finding *finding, const struct audit *audit,
			   const struct cmdline_parameter *parameter)
{
	finding_evidence(finding, &audit->host->cmdline.fact, "%s", spell(audit, parameter, NULL));
}

/* Says how to take a word, or the whole parameter, off the command line. */
static void remedy_removal(struct finding *finding, const struct audit *audit,
			   const struct cmdline_parameter *parameter, const char *word)
{
	if (word && strchr(parameter->value, ','))
		finding_remedy(finding, "Take %s out of %s on the kernel command line and reboot",
			       word, spell(audit, parameter, NULL));
	else
		finding_remedy(finding, "Remove %s from the kernel command line and reboot",
			       spell(audit, parameter, NULL));
}

/* Returns what turns DMA remapping off on this platform, or NULL. */
static const struct kernel_switch *find_culprit(const struct audit *audit)
{
	const struct kernel_parameters *parameters = audit->parameters;

	if (audit->platform == PLATFORM_OTHER)
		return NULL;
	if (parameters->acpi.state == SWITCH_OFF)
		return &parameters->acpi;
	if (parameters->iommu.state == SWITCH_OFF)
		return &parameters->iommu;
	if (audit->platform == PLATFORM_VTD && parameters->intel_iommu.state == SWITCH_OFF)
		return &parameters->intel_iommu;
	if (audit->platform == PLATFORM_AMD_VI && parameters->amd_iommu.state == SWITCH_OFF)
		return &parameters->amd_iommu;
	return NULL;
}

/* Debian's own option leaves VT-d on but for integrated graphics. */
static enum switch_state kernel_default(const struct kconfig *kconfig)
{
	if (!fact_known(&kconfig->fact))
		return SWITCH_UNSET;
	if (kconfig_get(kconfig, "INTEL_IOMMU_DEFAULT_ON") == KCONFIG_YES ||
	    kconfig_get(kconfig, "INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF") == KCONFIG_YES)
		return SWITCH_ON;
	return kconfig->cut_short ? SWITCH_UNSET : SWITCH_OFF;
}

static void report_off(const struct audit *audit, const struct kernel_switch *culprit)
{
	bool is_on = audit->platform != PLATFORM_VTD ||
		     audit->parameters->intel_iommu.state == SWITCH_ON ||
		     kernel_default(&audit->host->kconfig) == SWITCH_ON;
	struct finding *finding =
		finding_add(audit->findings, &kinds[IOMMU_DISABLED], FINDING_FAIL, subject_host(),
			    "%s turns DMA remapping off", spell_switch(audit, culprit));

	show_parameter(finding, audit, culprit->decided_by);
	if (is_on)
		remedy_removal(finding, audit, culprit->decided_by, culprit->word);
	else
		finding_remedy(finding,
			       "Replace %s by intel_iommu=on on the kernel command line and reboot",
			       spell_switch(audit, culprit));
}

static void pass(const struct audit *audit, const struct fact *evidence, const char *why)
{
	struct finding *finding = finding_add(audit->findings, &kinds[EFFECTIVE], FINDING_PASS,
					      subject_host(), "the command line leaves %s on: %s",
					      platform_name(audit->platform), why);

	finding_evidence(finding, evidence, "%s", why);
}

static void report_incomplete(const struct audit *audit)
{
	struct finding *finding =
		finding_add(audit->findings, &kinds[INCOMPLETE], FINDING_UNKNOWN, subject_host(),
			    "the end of the kernel command line is missing");

	finding_evidence(finding, &audit->host->cmdline.fact, "no newline at its end");
}

static void report_platform_unknown(const struct audit *audit)
{
	const struct fact *cpu = &audit->host->cpu.fact;
	struct finding *finding = finding_add(
		audit->findings, &kinds[DEFAULT_UNKNOWN], FINDING_UNKNOWN, subject_host(),
		"whose IOMMU this host has is unknown, and so whether it is on by default");

	finding_evidence(finding, &audit->host->cmdline.fact, "no intel_iommu=on");
	finding_evidence(finding, cpu, "vendor_id %s", audit->host->cpu.vendor_id);
	finding_remedy_unread(finding, cpu);
}

static void judge_default(const struct audit *audit)
{
	const struct kconfig *kconfig = &audit->host->kconfig;
	enum switch_state state = kernel_default(kconfig);
	struct finding *finding;

	if (state == SWITCH_ON) {
		pass(audit, &kconfig->fact, "the kernel turns it on by default");
		return;
	}
	if (state == SWITCH_OFF)
		finding = finding_add(audit->findings, &kinds[DEFAULT_OFF], FINDING_FAIL,
				      subject_host(),
				      "the kernel leaves VT-d off: intel_iommu=on is missing");
	else
		finding = finding_add(audit->findings, &kinds[DEFAULT_UNKNOWN], FINDING_UNKNOWN,
				      subject_host(),
				      "the command line has no intel_iommu=on, and the kernel's "
				      "default could not be read");
	finding_evidence(finding, &audit->host->cmdline.fact, "no intel_iommu=on");
	finding_evidence(finding, &kconfig->fact,
			 kconfig->cut_short ? "the end of the file is missing"
					    : "CONFIG_INTEL_IOMMU_DEFAULT_ON is not set");
}

static void judge_iommu(const struct audit *audit)
{
	const struct kernel_switch *culprit = find_culprit(audit);
	bool asked = audit->parameters->intel_iommu.state == SWITCH_ON;

	/* What runs wins: firmware may force VT-d on whatever the command line says. */
	if (audit->translates)
		pass(audit, audit->translates_fact, "translation runs");
	else if (culprit)
		report_off(audit, culprit);
	else if (audit->host->cmdline.cut_short)
		report_incomplete(audit);
	else if (audit->platform == PLATFORM_VTD && !asked)
		judge_default(audit);
	else if (audit->platform == PLATFORM_UNKNOWN && !asked)
		report_platform_unknown(audit);
	else
		pass(audit, &audit->host->cmdline.fact, "nothing on it turns it off");
}

static void report_overruled(const struct audit *audit, const struct cmdline_parameter *loser,
			     const char *loser_word, const struct kernel_switch *winner)
{
	struct finding *finding =
		finding_add(audit->findings, &kinds[CONTRADICTION], FINDING_WARN, subject_host(),
			    "%s has no effect: %s overrules it", spell(audit, loser, loser_word),
			    spell_switch(audit, winner));

	show_parameter(finding, audit, loser);
	if (winner->decided_by != loser)
		show_parameter(finding, audit, winner->decided_by);
}

static void judge_contradictions(const struct audit *audit)
{
	const struct kernel_parameters *parameters = audit->parameters;
	const struct kernel_switch *const switches[] = {
		&parameters->intel_iommu,
		&parameters->passthrough,
		&parameters->interrupt_remapping,
		&parameters->realloc,
	};
	bool vtd = audit->platform == PLATFORM_VTD || audit->platform == PLATFORM_UNKNOWN;

	for (size_t i = 0; i < ARRAY_LENGTH(switches); i++) {
		const struct kernel_switch *it = switches[i];
		if (it->overruled && (vtd || it != &parameters->intel_iommu))
			report_overruled(audit, it->overruled, it->overruled_word, it);
	}
	if (vtd && !audit->translates && parameters->intel_iommu.state == SWITCH_ON &&
	    parameters->iommu.state == SWITCH_OFF)
		report_overruled(audit, parameters->intel_iommu.decided_by,
				 parameters->intel_iommu.word, &parameters->iommu);
}

static bool is_parameter(const struct odd_token *odd, const char *name)
{
	return cmdline_same_name(odd->parameter->name, name);
}

/* Returns whether the word was written to turn something on. */
static bool asks_for_on(const struct odd_token *odd)
{
	static const char *const words[] = {"on", "1", "yes", "y", "true", "enable", "enabled"};

	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (strcmp(odd->token, words[i]) == 0)
			return true;
	}
	return odd->kind == TOKEN_MISSING;
}

/* Returns whether nothing is lost by the word: it is for another platform's IOMMU, or what it asks
 * for is there without it. */
static bool is_moot(const struct audit *audit, const struct odd_token *odd)
{
	if (audit->platform == PLATFORM_OTHER ||
	    (audit->platform == PLATFORM_AMD_VI && is_parameter(odd, "intel_iommu")) ||
	    (audit->platform == PLATFORM_VTD && is_parameter(odd, "amd_iommu")))
		return true;
	if (odd->kind == TOKEN_INEXACT || !asks_for_on(odd))
		return false;
	if (is_parameter(odd, "intremap"))
		return interrupts_remapped(audit->interrupts);
	return audit->translates;
}

/* What is probably meant by a word that the kernel skips. */
static const struct {
	const char *parameter;
	const char *word;
	const char *meant;
} meanings[] = {
	{"intel_iommu", "pt", "iommu=pt"},    {"intel_iommu", "passthrough", "iommu=pt"},
	{"amd_iommu", "pt", "iommu=pt"},      {"amd_iommu", "passthrough", "iommu=pt"},
	{"iommu", "passthrough", "iommu=pt"}, {"iommu", "strict", "iommu.strict=1"},
	{"iommu", "lazy", "iommu.strict=0"},
};

static const char *find_meaning(const struct audit *audit, const struct odd_token *odd)
{
	bool wants_vtd = audit->platform == PLATFORM_VTD && !is_parameter(odd, "intremap") &&
			 audit->parameters->intel_iommu.state == SWITCH_UNSET;

	if (wants_vtd && asks_for_on(odd))
		return "intel_iommu=on";
	for (size_t i = 0; i < ARRAY_LENGTH(meanings); i++) {
		if (is_parameter(odd, meanings[i].parameter) &&
		    strcmp(odd->token, meanings[i].word) == 0)
			return meanings[i].meant;
	}
	return NULL;
}

static void report_inexact(const struct audit *audit, const struct odd_token *odd)
{
	const char *name = odd->parameter->name;
	struct finding *finding = finding_add(audit->findings, &kinds[INEXACT], FINDING_WARN,
					      subject_host(), "the kernel takes %s=%s for %s=%s",
					      name, odd->token, name, odd->taken_for);

	show_parameter(finding, audit, odd->parameter);
	finding_remedy(finding, "Write %s=%s", name, odd->taken_for);
}

static void report_no_effect(const struct audit *audit, const struct odd_token *odd)
{
	const char *word = odd->kind == TOKEN_MISSING ? NULL : odd->token;
	const char *spelt = spell(audit, odd->parameter, word);
	const char *meant = find_meaning(audit, odd);
	struct finding *finding = finding_add(audit->findings, &kinds[NO_EFFECT], FINDING_WARN,
					      subject_host(), "%s has no effect", spelt);

	show_parameter(finding, audit, odd->parameter);
	if (meant)
		finding_remedy(finding, "Write %s instead of %s on the kernel command line", meant,
			       spelt);
	else
		remedy_removal(finding, audit, odd->parameter, word);
}

static void judge_odd_tokens(const struct audit *audit)
{
	struct odd_token *odd;
	size_t count =
		kernel_parameters_odd_tokens(&audit->host->cmdline, audit->findings->arena, &odd);

	for (size_t i = 0; i < count; i++) {
		if (is_moot(audit, &odd[i]))
			continue;
		if (odd[i].kind == TOKEN_INEXACT)
			report_inexact(audit, &odd[i]);
		else
			report_no_effect(audit, &odd[i]);
	}
}

/* Returns the parameter of the IOMMU that this platform does not have. */
static const char *foreign_parameter(enum platform platform)
{
	if (platform == PLATFORM_VTD)
		return "amd_iommu";
	return platform == PLATFORM_AMD_VI ? "intel_iommu" : NULL;
}

/* The other vendor's word, where DMA remapping is off: what the user meant to switch on. */
static void judge_foreign(const struct audit *audit)
{
	const struct cmdline *cmdline = &audit->host->cmdline;
	const char *foreign = foreign_parameter(audit->platform);
	bool on = audit->platform != PLATFORM_VTD ||
		  audit->parameters->intel_iommu.state != SWITCH_UNSET;

	for (size_t i = 0; foreign && audit->is_off && i < cmdline->count; i++) {
		const struct cmdline_parameter *it = &cmdline->parameters[i];
		if (!cmdline_same_name(it->name, foreign))
			continue;
		struct finding *finding =
			finding_add(audit->findings, &kinds[NO_EFFECT], FINDING_WARN,
				    subject_host(), "%s has no effect: this host's IOMMU is %s",
				    spell(audit, it, NULL), platform_name(audit->platform));
		show_parameter(finding, audit, it);
		if (on)
			remedy_removal(finding, audit, it, NULL);
		else
			finding_remedy(finding,
				       "Write intel_iommu=on instead of %s on the kernel "
				       "command line and reboot",
				       spell(audit, it, NULL));
	}
}

static void judge_spelling(const struct audit *audit)
{
	const struct cmdline *cmdline = &audit->host->cmdline;

	for (size_t i = 0; i < cmdline->count; i++) {
		const char *name = cmdline->parameters[i].name;
		const char *meant = kernel_parameter_meant(name);

		if (!meant)
			continue;
		struct finding *finding = finding_add(
			audit->findings, &kinds[MISSPELT], FINDING_WARN, subject_host(),
			"the kernel does not know %s; %s is probably meant", name, meant);
		finding_evidence(finding, &cmdline->fact, "%s", name);
		finding_remedy(finding, "Write %s on the kernel command line", meant);
	}
}

static void report_switch(const struct audit *audit, enum kind kind, enum finding_verdict verdict,
			  const struct kernel_switch *it, const char *effect)
{
	struct finding *finding =
		finding_add(audit->findings, &kinds[kind], verdict, subject_host(), "%s %s",
			    spell_switch(audit, it), effect);

	show_parameter(finding, audit, it->decided_by);
	remedy_removal(finding, audit, it->decided_by, it->word);
}

static void judge_interrupts(const struct audit *audit)
{
	const struct kernel_parameters *parameters = audit->parameters;
	enum finding_verdict verdict = verdict_without_remapping(audit->interrupts);
	bool remapped = interrupts_remapped(audit->interrupts);

	if (parameters->interrupt_remapping.state == SWITCH_OFF && !remapped)
		report_switch(audit, INTERRUPT_REMAPPING_OFF, verdict,
			      &parameters->interrupt_remapping, "turns interrupt remapping off");
	if (parameters->io_apic.state == SWITCH_OFF && !remapped)
		report_switch(audit, INTERRUPT_REMAPPING_OFF, verdict, &parameters->io_apic,
			      "turns the IO-APIC off, and interrupt remapping with it");
	if (parameters->source_id.state == SWITCH_OFF && audit->platform == PLATFORM_VTD)
		report_switch(audit, SOURCE_ID_OFF, FINDING_WARN, &parameters->source_id,
			      "switches off the check of who sends an interrupt");
}

static bool has_sriov(const struct pci *pci)
{
	for (size_t i = 0; i < pci->count; i++) {
		const struct config_space *config = &pci->functions[i].config;
		if (capability_find(config, CAPABILITY_SRIOV).state == FACT_KNOWN)
			return true;
	}
	return false;
}

static void judge_pci(const struct audit *audit)
{
	const struct kernel_parameters *parameters = audit->parameters;

	if (parameters->message_interrupts.state == SWITCH_OFF)
		report_switch(audit, MSI_OFF, FINDING_WARN, &parameters->message_interrupts,
			      "leaves devices without message-signalled interrupts");
	if (parameters->extended_config.state == SWITCH_OFF && audit->platform != PLATFORM_OTHER)
		report_switch(audit, EXTENDED_CONFIG_OFF, FINDING_WARN,
			      &parameters->extended_config,
			      "hides ACS and SR-IOV capabilities from the kernel");
	if (parameters->ari.state == SWITCH_OFF && has_sriov(&audit->host->pci))
		report_switch(audit, ARI_OFF, FINDING_WARN, &parameters->ari,
			      "turns ARI off, and VFs may need more bus numbers");
}

static void report_acs(const struct audit *audit, enum kind kind,
		       const struct cmdline_parameter *parameter, const char *effect)
{
	struct finding *finding;

	if (!parameter)
		return;
	finding = finding_add(audit->findings, &kinds[kind], FINDING_WARN, subject_host(), "%s %s",
			      spell(audit, parameter, NULL), effect);
	show_parameter(finding, audit, parameter);
	finding_remedy(finding, "Remove %s from the kernel command line and reboot",
		       spell(audit, parameter, NULL));
}

static void judge_acs(const struct audit *audit)
{
	const struct kernel_parameters *parameters = audit->parameters;

	report_acs(audit, ACS_OVERRIDE, parameters->acs_override,
		   "makes groups look better isolated than the hardware is");
	report_acs(audit, ACS_LOWERED, parameters->disable_acs_redir,
		   "lowers the isolation of the functions that it names");
	report_acs(audit, ACS_LOWERED, parameters->config_acs,
		   "sets ACS of the functions that it names");
}

static void judge_module(const struct audit *audit, const char *module)
{
	const struct cmdline_parameter *list = audit->parameters->module_blacklist;
	struct fact present = modules_present(&audit->host->modules, module);

	if (fact_known(&present) || !kernel_parameters_refuse_module(audit->parameters, module))
		return;
	struct finding *finding = finding_add(
		audit->findings, &kinds[MODULE_REFUSED],
		fact_absent(&present) ? FINDING_FAIL : FINDING_UNKNOWN, subject_host(),
		fact_absent(&present) ? "module_blacklist= makes the kernel refuse %s"
				      : "module_blacklist= makes the kernel refuse %s, unless it "
					"is built in",
		module);
	show_parameter(finding, audit, list);
	finding_evidence_state(finding, &present);
	finding_remedy(finding, "Take %s out of %s on the kernel command line and reboot", module,
		       spell(audit, list, NULL));
}

static void judge_modules(const struct audit *audit)
{
	static const char *const modules[] = {"vfio", "vfio_pci", "vfio_pci_core",
					      "vfio_iommu_type1", "kvm"};

	for (size_t i = 0; i < ARRAY_LENGTH(modules); i++)
		judge_module(audit, modules[i]);
	if (audit->host->cpu.vendor == CPU_INTEL)
		judge_module(audit, "kvm_intel");
	if (audit->host->cpu.vendor == CPU_AMD)
		judge_module(audit, "kvm_amd");
}

static void report_unreadable(const struct host *host, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
			    "the kernel command line could not be read");

	finding_evidence_state(finding, &host->cmdline.fact);
	finding_remedy_unread(finding, &host->cmdline.fact);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	struct audit audit = {
		.host = host,
		.parameters = &context->model->parameters,
		.interrupts = &context->model->interrupts,
		.findings = findings,
		.platform = context->model->platform.kind,
		.translates = context->model->platform.translation == TRANSLATION_ON,
		.is_off = context->model->platform.translation == TRANSLATION_OFF,
		.translates_fact = context->model->platform.translation_fact,
	};

	if (!fact_known(&host->cmdline.fact)) {
		report_unreadable(host, findings);
		return;
	}
	judge_iommu(&audit);
	judge_contradictions(&audit);
	judge_odd_tokens(&audit);
	judge_foreign(&audit);
	judge_spelling(&audit);
	if (audit.platform != PLATFORM_OTHER)
		judge_interrupts(&audit);
	judge_pci(&audit);
	judge_acs(&audit);
	judge_modules(&audit);
}

const struct check check_kernel_cmdline = {
	.id = "kernel-cmdline",
	.title = "What was the kernel told about the IOMMU?",
	.needs = "/proc/cmdline, and the kernel's configuration for its defaults; no privilege",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
