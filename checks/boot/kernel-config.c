/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include "host/base/buffer.h"
#include "host/boot/boolean.h"
#include "host/pci/capabilities.h"
#include "model/platform.h"

enum kind {
	UNREADABLE,
	UNDETERMINED,
	MISSING,
	RECOMMENDED,
	HARMFUL,
	DORMANT,
	COMPLETE,
	KIND_COUNT
};

static const struct finding_kind kinds[] = {
	[UNREADABLE] =
		{"kernel-config.unreadable",
		 "The running kernel's configuration was found in none of the places where "
		 "distributions keep it (/proc/config.gz, /boot/config-RELEASE and others), or "
		 "could not be read. passcheck cannot tell what the kernel was built with, except "
		 "for what it sees running.",
		 "Install the package that holds /boot/config-RELEASE of the running kernel, and "
		 "capture the host again if it was captured. Where a file was there and could not "
		 "be read, run passcheck as root, or capture the host as root."},
	[UNDETERMINED] = {"kernel-config.undetermined",
			  "The kernel was built without an option, and passcheck cannot tell "
			  "whether this host needs it: its processor, its IOMMU or its devices "
			  "were not read.",
			  FIX_READ_AS_ROOT},
	[MISSING] = {"kernel-config.missing",
		     "The kernel was built without an option that passthrough or SR-IOV cannot do "
		     "without.",
		     "Run a kernel that was built with the option. No module or parameter replaces "
		     "it."},
	[RECOMMENDED] =
		{"kernel-config.recommended",
		 "The kernel was built without an option that most uses of passthrough want; "
		 "the summary says what is lost.",
		 "Run a kernel that was built with the option, if what is lost matters here."},
	[HARMFUL] =
		{"kernel-config.harmful",
		 "The kernel was built with an option that is for debugging or gives up "
		 "protection, and should not run in production.",
		 "Turn VFIO's mode without an IOMMU off: echo N > "
		 "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode. An option for debugging "
		 "goes only with another kernel."},
	[DORMANT] = {"kernel-config.dormant",
		     "The kernel was built with VFIO's mode without an IOMMU, which lets a guest "
		     "reach all memory. The mode is off unless a module parameter turns it on.",
		     NULL},
	[COMPLETE] = {"kernel-config.complete",
		      "The kernel was built with every option that passthrough on this kind of "
		      "host needs.",
		      NULL},
};

ASSERT_COVERS(kinds, KIND_COUNT);

enum level {
	REQUIRED,
	WANTED,
	HURTS,
	HURTS_BY_PARAMETER, /* once VFIO's enable_unsafe_noiommu_mode is set */
};

enum { CONVENTIONAL_CONFIG_SIZE = 256 };

/* Hosts that an option matters on. */
enum scope {
	EVERYWHERE,
	ON_X86,
	ON_VTD,
	ON_AMD_VI,
	ON_INTEL_CPU,
	ON_AMD_CPU,
	ON_ARM,
	ON_ARM_WITH_ACPI,
	ON_SMMU,
	ON_VIRTIO_IOMMU,
	WITH_PORTS,
	WITH_TYPE1,
	WITH_X2APIC,
	WITH_SRIOV,
};

/* One option of the kernel's Kconfig files. */
struct option {
	const char *name;
	enum level level;
	enum scope scope;
	struct kernel_version since; /* the first release that has it; 0.0: older than VFIO */
	const char *instead;         /* another option that does as well */
	/* Options that select a hidden one: where one is set, the other is. */
	const char *const *selected_by;
	const char *within; /* an option without which it cannot be: missing is then that one */
	const char *module; /* that is there only with the option */
	bool (*runs)(const struct model *model); /* whether the host shows what the option makes */
	const char *lost; /* what is not there without it; where it hurts, what it does */
};

static bool has_groups(const struct model *model)
{
	return model->host->groups.count > 0;
}

static bool has_unit(const struct host *host, enum iommu_kind kind)
{
	for (size_t i = 0; i < host->units.count; i++) {
		if (host->units.units[i].kind == kind)
			return true;
	}
	return false;
}

static bool runs_vtd(const struct model *model)
{
	return has_unit(model->host, IOMMU_VTD);
}

static bool runs_amd_vi(const struct model *model)
{
	return has_unit(model->host, IOMMU_AMD_VI);
}

static bool remaps_interrupts(const struct model *model)
{
	return interrupts_remapped(&model->interrupts);
}

static bool has_kvm_device(const struct model *model)
{
	return fact_known(&model->host->cpu.kvm.fact);
}

static bool shows_sriov(const struct model *model)
{
	for (size_t i = 0; i < model->host->pci.count; i++) {
		if (pci_is_pf(&model->host->pci.functions[i]))
			return true;
	}
	return false;
}

static bool reads_extended_config(const struct model *model)
{
	for (size_t i = 0; i < model->host->pci.count; i++) {
		const struct config_space *config = &model->host->pci.functions[i].config;
		if (fact_known(&config->fact) && config->length > CONVENTIONAL_CONFIG_SIZE)
			return true;
	}
	return false;
}

/*
 * drivers/iommu/Kconfig, drivers/iommu/arm/Kconfig, drivers/acpi/arm64/Kconfig,
 * drivers/irqchip/Kconfig, drivers/vfio/Kconfig, drivers/pci/Kconfig, arch/x86/Kconfig,
 * arch/x86/kvm/Kconfig; levels and releases by the field guide, platform.md, section 6. What that
 * calls informational is not here, nor what was removed (AMD_IOMMU_V2, VFIO_VIRQFD).
 */
static const char *const api_selectors[] = {"INTEL_IOMMU", "AMD_IOMMU",    "ARM_SMMU",
					    "ARM_SMMU_V3", "VIRTIO_IOMMU", NULL};
static const char *const table_selectors[] = {"INTEL_IOMMU", "IRQ_REMAP", NULL};
static const char *const core_selectors[] = {"VFIO_PCI", NULL};

static const struct option options[] = {
	{.name = "IOMMU_SUPPORT", .level = REQUIRED, .runs = has_groups, .lost = "IOMMU drivers"},
	{.name = "IOMMU_API",
	 .level = REQUIRED,
	 .selected_by = api_selectors,
	 .within = "IOMMU_SUPPORT",
	 .runs = has_groups,
	 .lost = "IOMMU groups"},
	{.name = "INTEL_IOMMU",
	 .level = REQUIRED,
	 .scope = ON_VTD,
	 .runs = runs_vtd,
	 .lost = "the VT-d driver"},
	{.name = "DMAR_TABLE",
	 .level = REQUIRED,
	 .scope = ON_VTD,
	 .selected_by = table_selectors,
	 .within = "INTEL_IOMMU",
	 .runs = runs_vtd,
	 .lost = "the parser of the DMAR table"},
	{.name = "AMD_IOMMU",
	 .level = REQUIRED,
	 .scope = ON_AMD_VI,
	 .runs = runs_amd_vi,
	 .lost = "the AMD-Vi driver"},
	{.name = "ARM_SMMU_V3",
	 .level = REQUIRED,
	 .scope = ON_SMMU,
	 .instead = "ARM_SMMU",
	 .runs = has_groups,
	 .lost = "the SMMUv3 driver, and that of older SMMUs (CONFIG_ARM_SMMU)"},
	{.name = "VIRTIO_IOMMU",
	 .level = REQUIRED,
	 .scope = ON_VIRTIO_IOMMU,
	 .since = {5, 3, 0},
	 .module = "virtio_iommu",
	 .runs = has_groups,
	 .lost = "the driver of virtio-iommus"},
	{.name = "ACPI_IORT",
	 .level = REQUIRED,
	 .scope = ON_ARM_WITH_ACPI,
	 .runs = has_groups,
	 .lost = "the parser of the IORT table, which names SMMUs"},
	{.name = "ARM_GIC_V3_ITS",
	 .level = REQUIRED,
	 .scope = ON_ARM,
	 .runs = remaps_interrupts,
	 .lost = "the driver of the ITS, which isolates interrupts"},
	{.name = "IRQ_REMAP",
	 .level = REQUIRED,
	 .scope = ON_X86,
	 .runs = remaps_interrupts,
	 .lost = "interrupt remapping"},
	{.name = "VFIO", .level = REQUIRED, .module = "vfio", .lost = "VFIO"},
	/* /dev/iommu and devices opened by themselves do without it. */
	{.name = "VFIO_IOMMU_TYPE1",
	 .level = REQUIRED,
	 .scope = WITH_TYPE1,
	 .instead = "VFIO_DEVICE_CDEV",
	 .within = "VFIO",
	 .module = "vfio_iommu_type1",
	 .lost = "VFIO's driver for IOMMUs"},
	{.name = "VFIO_PCI",
	 .level = REQUIRED,
	 .within = "VFIO",
	 .module = "vfio_pci",
	 .lost = "vfio-pci"},
	{.name = "VFIO_PCI_CORE",
	 .level = REQUIRED,
	 .since = {5, 15, 0},
	 .selected_by = core_selectors,
	 .within = "VFIO_PCI",
	 .module = "vfio_pci_core",
	 .lost = "vfio-pci"},
	{.name = "PCI_IOV",
	 .level = REQUIRED,
	 .scope = WITH_SRIOV,
	 .runs = shows_sriov,
	 .lost = "SR-IOV"},
	{.name = "PCI_MMCONFIG",
	 .level = REQUIRED,
	 .scope = ON_X86,
	 .runs = reads_extended_config,
	 .lost = "extended config space, and with it the ACS and SR-IOV capabilities"},
	{.name = "KVM", .level = REQUIRED, .module = "kvm", .runs = has_kvm_device, .lost = "KVM"},
	{.name = "KVM_INTEL",
	 .level = REQUIRED,
	 .scope = ON_INTEL_CPU,
	 .module = "kvm_intel",
	 .runs = has_kvm_device,
	 .lost = "KVM for VT-x"},
	{.name = "KVM_AMD",
	 .level = REQUIRED,
	 .scope = ON_AMD_CPU,
	 .module = "kvm_amd",
	 .runs = has_kvm_device,
	 .lost = "KVM for AMD-V"},
	/* Who opens /dev/vfio/vfio does without it: Debian builds none. */
	{.name = "IOMMUFD",
	 .level = WANTED,
	 .since = {6, 2, 0},
	 .instead = "VFIO_CONTAINER",
	 .module = "iommufd",
	 .lost = "/dev/iommu"},
	{.name = "VFIO_GROUP",
	 .level = WANTED,
	 .since = {6, 6, 0},
	 .within = "VFIO",
	 .lost = "/dev/vfio/GROUP, which most tools open"},
	{.name = "VFIO_CONTAINER",
	 .level = WANTED,
	 .since = {6, 2, 0},
	 .instead = "IOMMUFD_VFIO_CONTAINER",
	 .within = "VFIO",
	 .lost = "/dev/vfio/vfio, which most tools open"},
	/* Its default is off where there is VFIO_GROUP. */
	{.name = "VFIO_DEVICE_CDEV",
	 .level = WANTED,
	 .since = {6, 6, 0},
	 .instead = "VFIO_GROUP",
	 .within = "VFIO",
	 .lost = "/dev/vfio/devices"},
	{.name = "PCI_QUIRKS", .level = WANTED, .lost = "ACS and reset quirks of devices"},
	{.name = "PCIEPORTBUS",
	 .level = WANTED,
	 .scope = WITH_PORTS,
	 .lost = "hotplug and error reporting of ports"},
	{.name = "HOTPLUG_PCI", .level = WANTED, .lost = "hotplug"},
	{.name = "HOTPLUG_PCI_PCIE",
	 .level = WANTED,
	 .scope = WITH_PORTS,
	 .within = "HOTPLUG_PCI",
	 .lost = "hotplug on PCI Express"},
	{.name = "HOTPLUG_PCI_ACPI",
	 .level = WANTED,
	 .scope = ON_X86,
	 .within = "HOTPLUG_PCI",
	 .lost = "hotplug by ACPI"},
	{.name = "X86_X2APIC", .level = WANTED, .scope = WITH_X2APIC, .lost = "x2APIC"},
	{.name = "KVM_VFIO",
	 .level = WANTED,
	 .within = "KVM",
	 .lost = "KVM's knowledge of assigned devices"},
	{.name = "HUGETLBFS", .level = WANTED, .lost = "huge pages for guests"},
	{.name = "VFIO_NOIOMMU",
	 .level = HURTS_BY_PARAMETER,
	 .lost = "lets devices be assigned without an IOMMU once a module parameter asks for it"},
	{.name = "IOMMU_DEBUGFS", .level = HURTS, .lost = "is for debugging only"},
	{.name = "INTEL_IOMMU_DEBUGFS",
	 .level = HURTS,
	 .scope = ON_VTD,
	 .lost = "is for debugging only"},
};

enum { OPTION_COUNT = ARRAY_LENGTH(options) };

enum answer { NO, YES, OPEN };

static enum answer answer(bool yes)
{
	return yes ? YES : NO;
}

static enum answer both(enum answer one, enum answer other)
{
	if (one == NO || other == NO)
		return NO;
	return one == YES ? other : one;
}

static enum answer is_x86(const struct host *host)
{
	return host->cpu.architecture ? answer(cpu_is_x86(&host->cpu)) : OPEN;
}

static enum answer is_arm(const struct host *host)
{
	return host->cpu.architecture ? answer(cpu_is_arm(&host->cpu)) : OPEN;
}

static enum answer has_acpi(const struct host *host)
{
	enum boolean has = platform_has_acpi(host);

	return has == BOOLEAN_UNKNOWN ? OPEN : answer(has == BOOLEAN_YES);
}

/* A driver of SMMUs helps no board whose device tree gives PCI none of its IOMMUs. */
static enum answer has_smmu(const struct model *model)
{
	if (model->platform.has_viot || dma_units_left_out_by_device_tree(&model->dma_units))
		return NO;
	return is_arm(model->host);
}

/* VFIO has a driver of its own for ppc64: drivers/vfio/vfio_iommu_spapr_tce.c. */
static enum answer has_type1(const struct host *host)
{
	return host->cpu.architecture ? answer(!cpu_is_architecture(&host->cpu, "ppc64")) : OPEN;
}

/* s390 shows functions and hides what is above them: arch/s390/pci/pci_bus.c. */
static enum answer has_ports(const struct host *host)
{
	return host->cpu.architecture ? answer(!cpu_is_architecture(&host->cpu, "s390x")) : OPEN;
}

static enum answer has_platform(enum platform platform, enum platform wanted)
{
	return platform == PLATFORM_UNKNOWN ? OPEN : answer(platform == wanted);
}

static enum answer has_vendor(const struct host *host, enum cpu_vendor vendor)
{
	return fact_known(&host->cpu.fact) ? answer(host->cpu.vendor == vendor) : OPEN;
}

/* A function whose capabilities were not read may be a PF. */
static enum answer has_sriov(const struct host *host)
{
	enum answer result = fact_settled(&host->pci.fact) ? NO : OPEN;

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct config_space *config = &host->pci.functions[i].config;
		enum fact_state state = capability_find(config, CAPABILITY_SRIOV).state;
		if (state == FACT_KNOWN)
			return YES;
		if (state != FACT_ABSENT)
			result = OPEN;
	}
	return result;
}

static enum answer is_in_scope(const struct option *option, const struct model *model)
{
	const struct host *host = model->host;

	switch (option->scope) {
	case EVERYWHERE:
		return YES;
	case ON_X86:
		return is_x86(host);
	case ON_VTD:
		return has_platform(model->platform.kind, PLATFORM_VTD);
	case ON_AMD_VI:
		return has_platform(model->platform.kind, PLATFORM_AMD_VI);
	case ON_INTEL_CPU:
		return has_vendor(host, CPU_INTEL);
	case ON_AMD_CPU:
		return has_vendor(host, CPU_AMD);
	case ON_ARM:
		return is_arm(host);
	case ON_ARM_WITH_ACPI:
		return both(is_arm(host), has_acpi(host));
	case ON_SMMU:
		return has_smmu(model);
	case ON_VIRTIO_IOMMU:
		return answer(model->platform.has_viot);
	case WITH_PORTS:
		return has_ports(host);
	case WITH_TYPE1:
		return has_type1(host);
	case WITH_X2APIC:
		return answer(cpu_is_x86(&host->cpu) && cpu_has(&host->cpu, "x2apic"));
	case WITH_SRIOV:
		return has_sriov(host);
	}
	return OPEN;
}

/* An option that this kernel is too old for cannot be missed; nor where its age is unknown, or
 * where the configuration names an older kernel than the one that runs. */
static bool is_in_kernel(const struct option *option, const struct host *host)
{
	const struct kernel_version *configured = &host->kconfig.version;
	unsigned major = option->since.major, minor = option->since.minor;
	struct kernel_version running;

	if (major == 0)
		return true;
	return host_kernel_version(host, &running) && kernel_at_least(&running, major, minor) &&
	       (configured->major == 0 || kernel_at_least(configured, major, minor));
}

/* What runs wins over what a file says. */
static bool is_seen(const struct option *option, const struct model *model)
{
	if (option->runs && option->runs(model))
		return true;
	if (!option->module)
		return false;
	struct fact present = modules_present(&model->host->modules, option->module);
	return fact_known(&present);
}

static bool is_selected(const struct option *option, const struct kconfig *kconfig)
{
	for (const char *const *name = option->selected_by; name && *name; name++) {
		if (kconfig_get(kconfig, *name) != KCONFIG_NO)
			return true;
	}
	return false;
}

/* Whether the option is a part of another one that is missing, whose finding says enough. */
static bool is_beside_missing(const struct option *option, const struct kconfig *kconfig)
{
	return option->within && kconfig_get(kconfig, option->within) == KCONFIG_NO;
}

static bool is_set(const struct option *option, const struct kconfig *kconfig)
{
	return is_selected(option, kconfig) || kconfig_get(kconfig, option->name) != KCONFIG_NO ||
	       (option->instead && kconfig_get(kconfig, option->instead) != KCONFIG_NO);
}

static void report_missing(const struct option *option, const struct host *host,
			   struct findings *findings)
{
	bool required = option->level == REQUIRED;
	struct finding *finding = finding_add(
		findings, &kinds[required ? MISSING : RECOMMENDED],
		required ? FINDING_FAIL : FINDING_WARN, subject_host(),
		"the kernel was built without CONFIG_%s: it lacks %s", option->name, option->lost);

	finding_about(finding, option->name);
	finding_evidence(finding, &host->kconfig.fact, "CONFIG_%s is not set", option->name);
	finding_remedy(finding, "Run a kernel with CONFIG_%s", option->name);
}

static void report_undetermined(const struct option *option, const struct host *host,
				struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[UNDETERMINED], FINDING_UNKNOWN, subject_host(),
		"the kernel was built without CONFIG_%s, which this host may need", option->name);
	const struct fact *open = option->scope == WITH_SRIOV ? &host->pci.fact : &host->cpu.fact;

	finding_evidence(finding, &host->kconfig.fact, "CONFIG_%s is not set", option->name);
	if (!fact_known(open))
		finding_evidence_state(finding, open);
	if (option->scope == WITH_SRIOV && fact_known(open))
		finding_remedy_privilege(finding);
	else
		finding_remedy_unread(finding, open);
}

/* VFIO's mode without an IOMMU does nothing until its parameter says so. */
static void report_noiommu(const struct option *option, const struct host *host,
			   struct findings *findings)
{
	const struct fact_text *mode = &host->modules.vfio_noiommu;
	bool on = boolean_of_fact(mode) == BOOLEAN_YES;
	struct finding *finding = finding_add(findings, &kinds[on ? HARMFUL : DORMANT],
					      on ? FINDING_WARN : FINDING_PASS, subject_host(),
					      "the kernel was built with CONFIG_%s, which %s",
					      option->name, option->lost);

	finding_evidence(finding, &host->kconfig.fact, "CONFIG_%s=y", option->name);
	finding_evidence(finding, &mode->fact, "%s", on ? "Y" : "N");
	if (!on)
		return;
	finding_remedy(finding, "Turn the mode off");
	finding_command(finding, "echo N > %s", mode->fact.source);
}

static void report_harmful(const struct option *option, const struct host *host,
			   struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[HARMFUL], FINDING_WARN, subject_host(),
		"the kernel was built with CONFIG_%s, which %s", option->name, option->lost);

	finding_evidence(finding, &host->kconfig.fact, "CONFIG_%s=y", option->name);
	finding_remedy(finding, "Run a kernel without CONFIG_%s", option->name);
}

/* Returns whether the option is as it must be. */
static bool judge(const struct option *option, const struct model *model, struct findings *findings)
{
	const struct host *host = model->host;
	enum answer needed = is_in_kernel(option, host) ? is_in_scope(option, model) : NO;

	if (needed == NO || is_seen(option, model) || is_set(option, &host->kconfig) ||
	    is_beside_missing(option, &host->kconfig))
		return true;
	if (needed == YES)
		report_missing(option, host, findings);
	else if (option->level == REQUIRED)
		report_undetermined(option, host, findings);
	return option->level != REQUIRED;
}

static void judge_harm(const struct option *option, const struct model *model,
		       struct findings *findings)
{
	const struct host *host = model->host;

	if (is_in_scope(option, model) == NO || !is_set(option, &host->kconfig))
		return;
	if (option->level == HURTS_BY_PARAMETER)
		report_noiommu(option, host, findings);
	else
		report_harmful(option, host, findings);
}

static void report_complete(const struct fact *evidence, const char *how, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[COMPLETE], FINDING_PASS, subject_host(),
			    "the kernel has what passthrough needs");

	finding_evidence(finding, evidence, "%s", how);
}

static void judge_options(const struct model *model, struct findings *findings)
{
	bool complete = true;

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (options[i].level == HURTS || options[i].level == HURTS_BY_PARAMETER)
			judge_harm(&options[i], model, findings);
		else
			complete &= judge(&options[i], model, findings);
	}
	if (complete)
		report_complete(&model->host->kconfig.fact,
				"no option that this host needs is missing", findings);
}

/* Returns the required options that neither a file nor what runs shows, with commas between. */
static const char *list_open(const struct model *model, struct arena *arena)
{
	const struct host *host = model->host;
	struct buffer list = {.arena = arena, .separator = ", "};

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option *option = &options[i];
		if (option->level != REQUIRED || !is_in_kernel(option, host) ||
		    is_in_scope(option, model) == NO || is_seen(option, model) ||
		    is_set(option, &host->kconfig))
			continue;
		buffer_item(&list, "%s", option->name);
	}
	return buffer_text(&list);
}

static void remedy_no_configuration(struct finding *finding, const struct host *host)
{
	if (fact_absent(&host->kconfig.fact) && fact_known(&host->kernel_release.fact))
		finding_remedy(finding, "Install the package that holds /boot/config-%s",
			       host->kernel_release.text);
	else
		finding_remedy_unread(finding, &host->kconfig.fact);
}

/* Without the whole file only what runs speaks. */
static void judge_without_file(const struct model *model, struct findings *findings)
{
	const struct host *host = model->host;
	const char *open = list_open(model, findings->arena);
	struct finding *finding;

	if (!*open) {
		report_complete(&host->groups.fact, "all of it is seen to run", findings);
		return;
	}
	finding = finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
			      "the kernel's configuration was not found, and nothing shows "
			      "whether it has %s",
			      open);
	finding_evidence(finding, &host->kconfig.fact, "the end of the file is missing");
	remedy_no_configuration(finding, host);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;

	if (fact_known(&host->kconfig.fact) && !host->kconfig.cut_short)
		judge_options(context->model, findings);
	else
		judge_without_file(context->model, findings);
}

const struct check check_kernel_config = {
	.id = "kernel-config",
	.title = "Was the kernel built for passthrough?",
	.needs = "the running kernel's configuration: /proc/config.gz, /boot/config-RELEASE, …; "
		 "some distributions keep it from ordinary users",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
