/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "checks/support/check.h"
#include "checks/support/fixes.h"
#include "checks/support/verdicts.h"

#include "model/boot/declared_system.h"
#include "model/boot/line_effects.h"
#include "model/boot/line_remedy.h"
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
	PCI_OFF,
	NO_TABLE,
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
			"/proc/cmdline could not be read, so passcheck cannot tell what the kernel "
			"was told about the IOMMU. The file is readable by everyone on an ordinary "
			"host.",
			FIX_READ_AT_ALL},
	[INCOMPLETE] = {"kernel-cmdline.incomplete",
			"/proc/cmdline lacks the newline that the kernel ends it with: it was cut "
			"short when it was saved, and what is missing may turn the IOMMU off.",
			"Audit the host itself, or capture it again with passcheck capture."},
	[IOMMU_DISABLED] =
		{"kernel-cmdline.iommu-off",
		 "An argument on the kernel command line turns DMA remapping off, and with it "
		 "every IOMMU group: no function can be assigned to a guest. iommu=off beats "
		 "intel_iommu=on; of several intel_iommu= words the last wins. acpi=off hides "
		 "the tables that describe the IOMMU, and initcall_blacklist=pci_iommu_init "
		 "keeps its driver from starting.",
		 "Remove the argument from the kernel command line and reboot. On an Intel host "
		 "whose kernel leaves VT-d off by default, put intel_iommu=on in its place."},
	[DEFAULT_OFF] =
		{"kernel-cmdline.default-off",
		 "This kernel was built with VT-d off (CONFIG_INTEL_IOMMU_DEFAULT_ON is not "
		 "set), and the command line does not turn it on.",
		 "Add intel_iommu=on to the kernel command line and reboot."},
	[DEFAULT_UNKNOWN] =
		{"kernel-cmdline.default-unknown",
		 "The command line says nothing about the IOMMU, and passcheck cannot tell "
		 "whether the kernel turns it on by itself: its configuration "
		 "(CONFIG_INTEL_IOMMU_DEFAULT_ON) or the kind of IOMMU is unknown.",
		 "On an Intel host, add intel_iommu=on to the kernel command line and reboot. "
		 "To find out the default, run passcheck where it can read /proc/cpuinfo and "
		 "the kernel's configuration (as root, if that is denied)."},
	[EFFECTIVE] = {"kernel-cmdline.iommu-on",
		       "The command line leaves DMA remapping on, by itself or by the kernel's "
		       "default. AMD-Vi is on unless it is turned off.",
		       NULL},
	[NO_EFFECT] =
		{"kernel-cmdline.no-effect",
		 "A word on the kernel command line does nothing: the kernel skips it, at most "
		 "with a line in its log. iommu=on and iommu=1 do not exist, nor does "
		 "intel_iommu=1. Other words are of another vendor's IOMMU, another architecture, "
		 "a newer kernel, a patch that this one lacks, or another tool of the initramfs; "
		 "an option of a module needs the "
		 "module's name, a space ends a list, and quotes make one word of all that they "
		 "enclose.",
		 "Write what is meant instead, and reboot: intel_iommu=on turns VT-d on, iommu=pt "
		 "leaves what host drivers do untranslated, iommu.strict=1 asks for strict mode, "
		 "vfio-pci.NAME=VALUE sets an option of vfio-pci. Remove a word that stands for "
		 "none of them."},
	[INEXACT] = {"kernel-cmdline.inexact",
		     "The kernel takes a word on its command line for another, because it compares "
		     "beginnings only. The word works by chance.",
		     "Write the word as the finding spells it."},
	[MISSPELT] = {"kernel-cmdline.misspelt",
		      "A parameter's name is a letter or two away from one that passthrough "
		      "depends on. The kernel hands a name that it does not know to user space.",
		      "Write the parameter that is meant on the kernel command line and reboot."},
	[CONTRADICTION] =
		{"kernel-cmdline.contradiction",
		 "The command line contradicts itself. The later word wins, but nothing undoes "
		 "iommu=off.",
		 "Keep the one that is meant on the kernel command line, and remove the other."},
	[NO_TABLE] = {"kernel-cmdline.no-table",
		      "Nothing on the command line turns DMA remapping off, and firmware gives no "
		      "table of an IOMMU that it could leave on.",
		      NULL},
	[PCI_OFF] =
		{"kernel-cmdline.pci-off",
		 "pci=off keeps the kernel from looking for PCI functions, and pci=conf2 has it "
		 "look in a way that only hardware of the early nineties answers. No guest can "
		 "get what is not found.",
		 "Take off or conf2 out of pci= on the kernel command line and reboot."},
	[INTERRUPT_REMAPPING_OFF] =
		{"kernel-cmdline.interrupt-remapping-off",
		 "The command line turns interrupt remapping off: intremap=off, nointremap, or an "
		 "argument that turns off the IO-APIC, as nosmp and maxcpus=0 do, too. VFIO then "
		 "refuses a device (EPERM) unless "
		 "allow_unsafe_interrupts is set, which lets a guest raise any interrupt on the "
		 "host.",
		 "Remove the argument (intremap=off, nointremap, noapic, nolapic, disableapic, "
		 "nosmp or maxcpus=0) from the kernel command line and reboot."},
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
		 "pci=nommconf or conf1 keeps the kernel from extended config space, where "
		 "the ACS and SR-IOV capabilities are: ports then do not isolate, "
		 "and there are no VFs. AMD's processors from family 10h on do without it.",
		 "Take nommconf or conf1 out of pci= on the kernel command line and "
		 "reboot."},
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
		 "Remove pcie_acs_override= from the kernel command line and reboot. Then move "
		 "a device to a slot that isolates, or assign the whole group to one guest."},
	[ACS_LOWERED] =
		{"kernel-cmdline.acs-lowered",
		 "pci=disable_acs_redir= or pci=config_acs= changes Access Control Services "
		 "of the ports that it names, which can merge IOMMU groups.",
		 "Remove the parameter from the kernel command line and reboot, unless it is "
		 "meant."},
	[MODULE_REFUSED] =
		{"kernel-cmdline.module-refused",
		 "module_blacklist= makes the kernel refuse a module that passthrough needs, even "
		 "to modprobe; modprobe.blacklist= keeps libvirt and udev from loading it, though "
		 "not modprobe by hand; initcall_blacklist= keeps it from starting. The first two "
		 "do not concern what is built into the kernel.",
		 "Take the module, or its function, out of the list on the kernel command line and "
		 "reboot."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* What the judgements share. */
struct audit {
	const struct host *host;
	const struct line_effects *effects;
	const struct interrupt_remapping *interrupts;
	struct findings *findings;
	enum platform platform;
	bool is_seen;                       /* the platform, and not only its processor */
	bool translates;                    /* DMA remapping is seen to run */
	bool is_off;                        /* DMA remapping is seen to be off */
	const struct fact *translates_fact; /* where that is seen */
};

/* How an effect is reported. */
struct report {
	enum kind kind;
	enum finding_verdict verdict;
};

static const struct report reports[] = {
	[EFFECT_IOMMU_OFF] = {IOMMU_DISABLED, FINDING_FAIL},
	[EFFECT_PCI_OFF] = {PCI_OFF, FINDING_FAIL},
	[EFFECT_INTERRUPT_REMAPPING_OFF] = {INTERRUPT_REMAPPING_OFF, FINDING_FAIL},
	[EFFECT_SOURCE_ID_OFF] = {SOURCE_ID_OFF, FINDING_WARN},
	[EFFECT_MSI_OFF] = {MSI_OFF, FINDING_WARN},
	[EFFECT_EXTENDED_CONFIG_OFF] = {EXTENDED_CONFIG_OFF, FINDING_WARN},
	[EFFECT_ARI_OFF] = {ARI_OFF, FINDING_WARN},
	[EFFECT_ACS_OVERRIDE] = {ACS_OVERRIDE, FINDING_WARN},
	[EFFECT_ACS_LOWERED] = {ACS_LOWERED, FINDING_WARN},
	[EFFECT_MODULE_REFUSED] = {MODULE_REFUSED, FINDING_FAIL},
	[EFFECT_UNSAFE] = {KIND_COUNT, FINDING_PASS},
	[EFFECT_OVERRULED] = {CONTRADICTION, FINDING_WARN},
	[EFFECT_NONE] = {NO_EFFECT, FINDING_WARN},
	[EFFECT_FOREIGN] = {NO_EFFECT, FINDING_WARN},
	[EFFECT_INEXACT] = {INEXACT, FINDING_WARN},
	[EFFECT_MISSPELT] = {MISSPELT, FINDING_WARN},
};

ASSERT_COVERS(reports, LINE_EFFECT_COUNT);

/* A vendor's word convicts where the IOMMU is known to be that vendor's. */
static bool is_culprit(const struct audit *audit, const struct line_effect *effect)
{
	const struct kernel_parameters *parameters = &audit->effects->parameters;

	if (effect->kind != EFFECT_IOMMU_OFF)
		return false;
	return audit->platform != PLATFORM_UNKNOWN ||
	       (effect->parameter != parameters->intel_iommu.decided_by &&
		effect->parameter != parameters->amd_iommu.decided_by);
}

static bool has_culprit(const struct audit *audit)
{
	for (const struct line_effect *it = audit->effects->first; it; it = it->next) {
		if (is_culprit(audit, it))
			return true;
	}
	return false;
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

/* Nothing turns the IOMMU off, and nothing shows that there is one. */
static void report_no_table(const struct audit *audit)
{
	const struct acpi_tables *acpi = &audit->host->acpi;
	struct finding *finding = finding_add(
		audit->findings, &kinds[NO_TABLE], FINDING_NOT_APPLICABLE, subject_host(),
		"firmware gives no table of an IOMMU that the command "
		"line could leave on");

	finding_evidence_state(finding, &acpi->dmar.fact);
	finding_evidence_state(finding, &acpi->ivrs.fact);
}

static void report_platform_unknown(const struct audit *audit)
{
	const struct fact *cpu = &audit->host->cpu.fact;
	struct finding *finding = finding_add(
		audit->findings, &kinds[DEFAULT_UNKNOWN], FINDING_UNKNOWN, subject_host(),
		"whose IOMMU this host has is unknown, and so whether it is on");

	finding_evidence(finding, cpu, "vendor_id %s", audit->host->cpu.vendor_id);
	finding_evidence_state(finding, &audit->host->acpi.dmar.fact);
	finding_remedy_unread(finding, fact_known(cpu) ? &audit->host->acpi.dmar.fact : cpu);
}

static void report_unseen(const struct audit *audit)
{
	const struct acpi_tables *acpi = &audit->host->acpi;

	if (fact_absent(&acpi->dmar.fact) && fact_absent(&acpi->ivrs.fact))
		report_no_table(audit);
	else
		report_platform_unknown(audit);
}

enum { LONGEST_SHOWN = 256 }; /* of a parameter: a list may have a finding for each of its words */

/* The values of parameters that are not known may be secrets. */
static void show_parameter(struct finding *finding, const struct audit *audit,
			   const struct cmdline_parameter *parameter)
{
	const char *text = kernel_parameter_known(parameter->name)
				   ? cmdline_spell(audit->findings->arena, parameter)
				   : parameter->name;

	if (strlen(text) > LONGEST_SHOWN)
		finding_evidence(finding, &audit->host->cmdline.fact, "%.*s...", LONGEST_SHOWN,
				 text);
	else
		finding_evidence(finding, &audit->host->cmdline.fact, "%s", text);
}

/* Returns the other vendor's word that was taken for intel_iommu=on, or NULL. */
static const struct line_effect *mistaken_word(const struct audit *audit)
{
	for (const struct line_effect *it = audit->effects->first; it; it = it->next) {
		if (it->kind == EFFECT_FOREIGN && it->instead)
			return it;
	}
	return NULL;
}

static struct finding *add_default_off(const struct audit *audit)
{
	const struct line_effect *mistaken = mistaken_word(audit);
	const struct line_place place = {"on", declared_system_place(audit->host)};
	struct finding *finding;

	if (!mistaken) {
		finding = finding_add(audit->findings, &kinds[DEFAULT_OFF], FINDING_FAIL,
				      subject_host(),
				      "the kernel leaves VT-d off: intel_iommu=on is missing");
		finding_remedy(finding, "Add intel_iommu=on to %s and reboot", place.name);
		return finding;
	}
	finding = finding_add(audit->findings, &kinds[DEFAULT_OFF], FINDING_FAIL, subject_host(),
			      "the kernel leaves VT-d off: intel_iommu=on is missing, and "
			      "%s has no effect on VT-d",
			      mistaken->spelt);
	show_parameter(finding, audit, mistaken->parameter);
	finding_remedy(finding, "%s and reboot",
		       line_effect_remedy(mistaken, &place, audit->findings->arena));
	return finding;
}

static void judge_default(const struct audit *audit)
{
	const struct kconfig *kconfig = &audit->host->kconfig;
	enum switch_state state = vtd_default(kconfig);
	struct finding *finding;

	if (state == SWITCH_ON) {
		if (audit->is_seen)
			pass(audit, &kconfig->fact, "the kernel turns it on by default");
		else
			report_unseen(audit);
		return;
	}
	if (state == SWITCH_OFF)
		finding = add_default_off(audit);
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

/* Returns whether the kernel's default decides on VT-d. */
static bool default_decides(const struct audit *audit)
{
	return audit->platform == PLATFORM_VTD && !audit->translates && !has_culprit(audit) &&
	       !audit->host->cmdline.cut_short &&
	       audit->effects->parameters.intel_iommu.state != SWITCH_ON;
}

static void judge_iommu(const struct audit *audit)
{
	/* What runs wins: firmware may force VT-d on whatever the command line says. */
	if (audit->translates)
		pass(audit, audit->translates_fact, "translation runs");
	else if (has_culprit(audit))
		return;
	else if (audit->host->cmdline.cut_short)
		report_incomplete(audit);
	else if (default_decides(audit))
		judge_default(audit);
	else if (!audit->is_seen)
		report_unseen(audit);
	else
		pass(audit, &audit->host->cmdline.fact, "nothing on it turns it off");
}

/* Returns whether nothing is lost by words without effect: what they ask for is there without
 * them. */
static bool is_moot(const struct audit *audit, const struct line_effect *effect)
{
	if (effect->asks_for_remapping)
		return effect->asks_for_on && interrupts_remapped(audit->interrupts);
	return effect->asks_for_on && audit->translates;
}

/* Returns whether the finding on VT-d's default names the word. */
static bool is_said_of_default(const struct audit *audit, const struct line_effect *effect)
{
	return effect == mistaken_word(audit) && default_decides(audit) &&
	       vtd_default(&audit->host->kconfig) == SWITCH_OFF;
}

/* Whether what is seen to run, or not to, makes the effect one to speak of. */
static bool matters(const struct audit *audit, const struct line_effect *effect)
{
	switch (effect->kind) {
	case EFFECT_IOMMU_OFF:
		return !audit->translates && is_culprit(audit, effect);
	case EFFECT_INTERRUPT_REMAPPING_OFF:
		return audit->platform != PLATFORM_OTHER && !interrupts_remapped(audit->interrupts);
	case EFFECT_OVERRULED:
		return !audit->translates ||
		       effect->winner != audit->effects->parameters.iommu.decided_by;
	case EFFECT_MODULE_REFUSED:
		return line_effect_refuses(effect, audit->host) != BOOLEAN_NO;
	case EFFECT_UNSAFE: /* of unsafe-options */
		return false;
	case EFFECT_NONE:
		return !is_moot(audit, effect);
	case EFFECT_FOREIGN: /* what the user meant to switch on, perhaps */
		return audit->is_off && !is_said_of_default(audit, effect);
	default:
		return true;
	}
}

static enum finding_verdict verdict_of(const struct audit *audit, const struct line_effect *effect)
{
	if (effect->kind == EFFECT_INTERRUPT_REMAPPING_OFF)
		return verdict_without_remapping(audit->interrupts);
	if (effect->kind == EFFECT_PCI_OFF && audit->host->pci.count)
		return FINDING_WARN;
	if (effect->kind == EFFECT_MODULE_REFUSED &&
	    line_effect_refuses(effect, audit->host) == BOOLEAN_UNKNOWN)
		return FINDING_UNKNOWN;
	if (effect->by_hand)
		return FINDING_WARN;
	return reports[effect->kind].verdict;
}

static void report(const struct audit *audit, const struct line_effect *effect)
{
	const struct line_place place = {"on", declared_system_place(audit->host)};
	struct arena *arena = audit->findings->arena;
	const char *remedy = line_effect_remedy(effect, &place, arena);
	struct finding *finding =
		finding_add(audit->findings, &kinds[reports[effect->kind].kind],
			    verdict_of(audit, effect), subject_host(), "%s", effect->statement);

	show_parameter(finding, audit, effect->parameter);
	if (effect->winner && effect->winner != effect->parameter)
		show_parameter(finding, audit, effect->winner);
	if (effect->module) {
		struct fact present = modules_present(&audit->host->modules, effect->module);
		finding_evidence_state(finding, &present);
	}
	finding_remedy(finding, effect->advice ? "%s" : "%s and reboot", remedy);
}

static void judge_effects(const struct audit *audit)
{
	for (const struct line_effect *it = audit->effects->first; it; it = it->next) {
		if (matters(audit, it))
			report(audit, it);
	}
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
	const struct audit audit = {
		.host = host,
		.effects = &context->model->line_effects,
		.interrupts = &context->model->interrupts,
		.findings = findings,
		.platform = context->model->platform.kind,
		.is_seen = context->model->platform.is_seen,
		.translates = context->model->platform.translation == TRANSLATION_ON,
		.is_off = context->model->platform.translation == TRANSLATION_OFF,
		.translates_fact = context->model->platform.translation_fact,
	};

	if (!fact_known(&host->cmdline.fact)) {
		report_unreadable(host, findings);
		return;
	}
	judge_iommu(&audit);
	judge_effects(&audit);
}

const struct check check_kernel_cmdline = {
	.id = "kernel-cmdline",
	.title = "What was the kernel told about the IOMMU?",
	.needs = "/proc/cmdline, and the kernel's configuration for its defaults; no privilege",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
