/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include <string.h>

enum kind { NONE, UNREADABLE, PENDING, DENYLIST, RELAXED_RMRR, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[NONE] = {"unsafe-options.none",
		  "No configuration that passcheck reads (the kernel command line and modprobe.d) "
		  "sets an option that takes protection from VFIO. What is in effect now is judged "
		  "by interrupt-remapping, iommu-groups and kernel-cmdline.",
		  NULL},
	[UNREADABLE] =
		{"unsafe-options.unreadable",
		 "Part of the configuration that could set an unsafe option was not read, so that "
		 "what a reboot or the loading of a module brings is unknown.",
		 FIX_READ_AS_ROOT},
	[PENDING] =
		{"unsafe-options.pending",
		 "An option that takes protection from VFIO is configured for a module, and is not "
		 "in effect yet: it will be when the module is loaded next. "
		 "allow_unsafe_interrupts lets VFIO attach devices whose guests can raise "
		 "interrupts of the host; enable_unsafe_noiommu_mode gives devices to user space "
		 "with no IOMMU between them and the memory of the host.",
		 "Remove the option from the file in modprobe.d, or from the kernel command "
		 "line, that sets it."},
	[DENYLIST] = {"unsafe-options.denylist-disabled",
		      "disable_denylist=1 makes vfio-pci take devices that the kernel knows to "
		      "be unsafe in a guest's hands: Intel QAT of the first generations and DSA, "
		      "which can hang the host (vfio_pci_denylist of "
		      "drivers/vfio/pci/vfio_pci.c, and their errata).",
		      "Remove disable_denylist from the file in modprobe.d, or from the kernel "
		      "command line, that sets it, and load vfio-pci anew or reboot."},
	[RELAXED_RMRR] =
		{"unsafe-options.relaxed-rmrr",
		 "intel_iommu=relax_rmrr, which Proxmox VE and others patch into their kernels, "
		 "gives away devices that firmware goes on using in memory of its own (RMRR). "
		 "Firmware's DMA then fails or lands in the guest's memory. The mainline kernel "
		 "does not know the word.",
		 "Take relax_rmrr out of intel_iommu= on the kernel command line and reboot, "
		 "unless a device needs it and its guest is trusted."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* An option of a module that takes protection away. */
struct unsafe_option {
	const char *module;
	const char *name;
	enum kind kind;
	const char *effect; /* what it does, after "MODULE NAME=1" */
};

static const struct unsafe_option options[] = {
	{"vfio_iommu_type1", "allow_unsafe_interrupts", PENDING,
	 "lets guests raise interrupts of the host"},
	{"iommufd", "allow_unsafe_interrupts", PENDING, "lets guests raise interrupts of the host"},
	{"vfio", "enable_unsafe_noiommu_mode", PENDING, "gives devices away without an IOMMU"},
	{"vfio_pci", "disable_denylist", DENYLIST, "gives away devices known to be unsafe"},
};

enum { OPTION_COUNT = ARRAY_LENGTH(options) };

/* Where an option is set, and with what. */
struct setting {
	struct fact file;
	const char *text;
	const char *value; /* NULL: none, which sets it */
};

/* As param_set_bool() of kernel/params.c takes a value. */
static bool means_yes(const char *value)
{
	return !value || (*value && strchr("yYtT1", *value)) || strncasecmp(value, "on", 2) == 0;
}

/* Returns the value that the running module has; NULL where it has none to show. */
static const struct fact_text *running_value(const struct host *host,
					     const struct unsafe_option *option)
{
	const struct modules *modules = &host->modules;

	if (strcmp(option->module, "vfio_iommu_type1") == 0)
		return &modules->type1_unsafe_interrupts;
	if (strcmp(option->module, "iommufd") == 0)
		return &modules->iommufd_unsafe_interrupts;
	return strcmp(option->module, "vfio") == 0 ? &modules->vfio_noiommu : NULL;
}

/* modprobe gives a module the options of its files first, those of the command line after them. */
static bool find_setting(const struct host *host, const struct unsafe_option *option,
			 struct arena *arena, struct setting *ret)
{
	const char *name = arena_printf(arena, "%s.%s", option->module, option->name);
	const struct cmdline_parameter *parameter = cmdline_find(&host->cmdline, name);

	if (parameter) {
		*ret = (struct setting){.file = host->cmdline.fact, .value = parameter->value};
		ret->text = cmdline_spell(arena, parameter);
		return means_yes(parameter->value);
	}
	struct modprobe_option found =
		modprobe_find_option(&host->modprobe, arena, option->module, option->name);
	if (!found.line)
		return false;
	*ret = (struct setting){
		.file = {.state = FACT_KNOWN, .source = found.line->source},
		.text = found.line->text,
		.value = found.value,
	};
	return means_yes(found.value);
}

static bool is_in_effect(const struct host *host, const struct unsafe_option *option)
{
	const struct fact_text *value = running_value(host, option);

	return value && fact_known(&value->fact) && value->text[0] == 'Y';
}

static bool judge_option(const struct host *host, const struct unsafe_option *option,
			 struct findings *findings)
{
	struct setting setting;

	/* What is in effect is the business of other checks. */
	if (is_in_effect(host, option) || !find_setting(host, option, findings->arena, &setting))
		return false;
	struct finding *finding = finding_add(findings, &kinds[option->kind], FINDING_WARN,
					      subject_host(), "%s of %s is configured: it %s",
					      option->name, option->module, option->effect);
	finding_evidence(finding, &setting.file, "%s", setting.text);
	finding_remedy(finding, "Remove %s from %s", option->name,
		       setting.file.source == host->cmdline.fact.source ? "the kernel command line"
									: setting.file.source);
	return true;
}

static bool judge_rmrr(const struct host *host, struct findings *findings)
{
	const struct cmdline *cmdline = &host->cmdline;

	for (size_t i = 0; i < cmdline->count; i++) {
		const struct cmdline_parameter *it = &cmdline->parameters[i];
		if (!cmdline_same_name(it->name, "intel_iommu") || !it->value ||
		    !strstr(it->value, "relax_rmrr"))
			continue;
		struct finding *finding =
			finding_add(findings, &kinds[RELAXED_RMRR], FINDING_WARN, subject_host(),
				    "relax_rmrr gives away devices that firmware still uses");
		finding_evidence(finding, &cmdline->fact, "%s=%s", it->name, it->value);
		finding_remedy(finding,
			       "Take relax_rmrr out of %s on the kernel command line and "
			       "reboot, unless a device needs it and its guest is trusted",
			       it->name);
		return true;
	}
	return false;
}

static void report_unread(const struct fact *fact, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
			    "whether unsafe options are configured could not be told");

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
	bool found = judge_rmrr(host, findings);

	for (size_t i = 0; i < OPTION_COUNT; i++)
		found |= judge_option(host, &options[i], findings);
	if (!fact_settled(&host->modprobe.fact))
		report_unread(&host->modprobe.fact, findings);
	else if (!fact_known(&host->cmdline.fact))
		report_unread(&host->cmdline.fact, findings);
	else if (!found)
		report_none(host, findings);
}

const struct check check_unsafe_options = {
	.id = "unsafe-options",
	.title = "Is an option configured that takes protection from VFIO?",
	.needs = "/proc/cmdline and modprobe.d; no privilege",
	.advisory = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
