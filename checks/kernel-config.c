/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include "model/platform.h"

enum kind { UNREADABLE, MISSING, RECOMMENDED, HARMFUL, COMPLETE };

static const struct finding_kind kinds[] = {
	[UNREADABLE] = {"kernel-config.unreadable",
			"The running kernel's configuration was found in none of the places where "
			"distributions keep it (/proc/config.gz, /boot/config-RELEASE and others), "
			"or could not be read. What the kernel was built with is unknown."},
	[MISSING] = {"kernel-config.missing",
		     "The kernel was built without an option that passthrough or SR-IOV cannot do "
		     "without. No module or parameter makes up for it: another kernel is needed."},
	[RECOMMENDED] =
		{"kernel-config.recommended",
		 "The kernel was built without an option that most uses of passthrough want; "
		 "the summary says what is lost."},
	[HARMFUL] = {"kernel-config.harmful",
		     "The kernel was built with an option that is for debugging or gives up "
		     "protection, and should not run in production."},
	[COMPLETE] = {"kernel-config.complete",
		      "The kernel was built with every option that passthrough on this kind of "
		      "host needs."},
};

enum level { REQUIRED, WANTED, HURTS };

/* Hosts that an option matters on. */
enum scope { EVERYWHERE, ON_X86, ON_VTD, ON_AMD_VI, ON_INTEL_CPU, ON_AMD_CPU, ON_X86_64 };

struct release {
	unsigned major;
	unsigned minor;
};

/* One option of the kernel's Kconfig files. since 0.0: older than any kernel that VFIO is in. */
struct option {
	const char *name;
	enum level level;
	enum scope scope;
	struct release since; /* the first release that has the option */
	const char *lost;     /* what is not there without it, or what it does where it hurts */
};

/*
 * drivers/iommu/Kconfig, drivers/vfio/Kconfig, drivers/pci/Kconfig, arch/x86/Kconfig,
 * arch/x86/kvm/Kconfig; the releases by the field guide, platform.md, section 6.
 */
static const struct option options[] = {
	{"IOMMU_SUPPORT", REQUIRED, EVERYWHERE, {0, 0}, "IOMMU drivers"},
	{"IOMMU_API", REQUIRED, EVERYWHERE, {0, 0}, "IOMMU groups"},
	{"INTEL_IOMMU", REQUIRED, ON_VTD, {0, 0}, "the VT-d driver"},
	{"DMAR_TABLE", REQUIRED, ON_VTD, {0, 0}, "the parser of the DMAR table"},
	{"AMD_IOMMU", REQUIRED, ON_AMD_VI, {0, 0}, "the AMD-Vi driver"},
	{"IRQ_REMAP", REQUIRED, ON_X86, {0, 0}, "interrupt remapping"},
	{"VFIO", REQUIRED, EVERYWHERE, {0, 0}, "VFIO"},
	{"VFIO_IOMMU_TYPE1", REQUIRED, ON_X86, {0, 0}, "VFIO's driver for x86 IOMMUs"},
	{"VFIO_PCI", REQUIRED, EVERYWHERE, {0, 0}, "vfio-pci"},
	{"VFIO_PCI_CORE", REQUIRED, EVERYWHERE, {5, 15}, "vfio-pci"},
	{"PCI_IOV", REQUIRED, EVERYWHERE, {0, 0}, "SR-IOV"},
	{"PCI_MMCONFIG",
	 REQUIRED,
	 ON_X86,
	 {0, 0},
	 "extended config space, and with it the ACS and SR-IOV capabilities"},
	{"KVM", REQUIRED, EVERYWHERE, {0, 0}, "KVM"},
	{"KVM_INTEL", REQUIRED, ON_INTEL_CPU, {0, 0}, "KVM for VT-x"},
	{"KVM_AMD", REQUIRED, ON_AMD_CPU, {0, 0}, "KVM for AMD-V"},
	{"IOMMUFD", WANTED, EVERYWHERE, {6, 2}, "/dev/iommu"},
	{"VFIO_GROUP", WANTED, EVERYWHERE, {6, 6}, "/dev/vfio/GROUP, which most tools open"},
	{"VFIO_CONTAINER", WANTED, EVERYWHERE, {6, 2}, "/dev/vfio/vfio, which most tools open"},
	{"PCI_QUIRKS", WANTED, EVERYWHERE, {0, 0}, "ACS and reset quirks of devices"},
	{"PCIEPORTBUS", WANTED, EVERYWHERE, {0, 0}, "hotplug and error reporting of ports"},
	{"HOTPLUG_PCI", WANTED, EVERYWHERE, {0, 0}, "hotplug"},
	{"HOTPLUG_PCI_PCIE", WANTED, EVERYWHERE, {0, 0}, "hotplug on PCI Express"},
	{"HOTPLUG_PCI_ACPI", WANTED, ON_X86, {0, 0}, "hotplug by ACPI"},
	{"X86_X2APIC", WANTED, ON_X86_64, {0, 0}, "x2APIC"},
	{"KVM_VFIO", WANTED, EVERYWHERE, {0, 0}, "KVM's knowledge of assigned devices"},
	{"HUGETLBFS", WANTED, EVERYWHERE, {0, 0}, "huge pages for guests"},
	{"VFIO_NOIOMMU",
	 HURTS,
	 EVERYWHERE,
	 {0, 0},
	 "lets devices be given away without an IOMMU once a module parameter asks for it"},
	{"IOMMU_DEBUGFS", HURTS, EVERYWHERE, {0, 0}, "is for debugging only"},
	{"INTEL_IOMMU_DEBUGFS", HURTS, ON_VTD, {0, 0}, "is for debugging only"},
};

enum { OPTION_COUNT = sizeof(options) / sizeof(options[0]) };

static bool is_in_scope(const struct option *option, const struct host *host)
{
	enum platform platform = platform_of(host);

	switch (option->scope) {
	case EVERYWHERE:
		return true;
	case ON_X86:
		return cpu_is_x86(&host->cpu);
	case ON_X86_64:
		return cpu_is_x86(&host->cpu) && cpu_has(&host->cpu, "lm");
	case ON_VTD:
		return platform == PLATFORM_VTD;
	case ON_AMD_VI:
		return platform == PLATFORM_AMD_VI;
	case ON_INTEL_CPU:
		return host->cpu.vendor == CPU_INTEL;
	case ON_AMD_CPU:
		return host->cpu.vendor == CPU_AMD;
	}
	return false;
}

/* An option that this kernel is too old for cannot be missed; nor where its age is unknown. */
static bool is_in_kernel(const struct option *option, const struct host *host)
{
	struct kernel_version version;

	if (option->since.major == 0)
		return true;
	return host_kernel_version(host, &version) &&
	       kernel_at_least(&version, option->since.major, option->since.minor);
}

static void report_missing(const struct option *option, const struct host *host,
			   struct findings *findings)
{
	bool required = option->level == REQUIRED;
	struct finding *finding = finding_add(
		findings, &kinds[required ? MISSING : RECOMMENDED],
		required ? FINDING_FAIL : FINDING_WARN, subject_host(),
		"the kernel was built without CONFIG_%s: it lacks %s", option->name, option->lost);

	finding_evidence(finding, &host->kconfig.fact, "CONFIG_%s is not set", option->name);
	finding_remedy(finding, "Run a kernel with CONFIG_%s", option->name);
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
static bool judge(const struct option *option, const struct host *host, struct findings *findings)
{
	bool set = kconfig_get(&host->kconfig, option->name) != KCONFIG_NO;

	if (!is_in_scope(option, host) || !is_in_kernel(option, host))
		return true;
	if (option->level == HURTS && set)
		report_harmful(option, host, findings);
	if (option->level != HURTS && !set)
		report_missing(option, host, findings);
	return option->level != REQUIRED || set;
}

static void run(const struct host *host, const struct model *model, struct findings *findings)
{
	struct finding *finding;
	bool complete = true;

	(void)model;
	if (!fact_known(&host->kconfig.fact)) {
		finding = finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
				      "the kernel's configuration was not found");
		finding_evidence_state(finding, &host->kconfig.fact);
		if (fact_absent(&host->kconfig.fact) && fact_known(&host->kernel_release.fact))
			finding_remedy(finding, "Install the package that holds /boot/config-%s",
				       host->kernel_release.text);
		else
			finding_remedy_unread(finding, &host->kconfig.fact);
		return;
	}
	for (size_t i = 0; i < OPTION_COUNT; i++)
		complete &= judge(&options[i], host, findings);
	if (!complete)
		return;
	finding = finding_add(findings, &kinds[COMPLETE], FINDING_PASS, subject_host(),
			      "the kernel has what passthrough needs");
	finding_evidence(finding, &host->kconfig.fact, "%zu options set", host->kconfig.count);
}

const struct check check_kernel_config = {
	.id = "kernel-config",
	.title = "Was the kernel built for passthrough?",
	.needs = "the running kernel's configuration: /proc/config.gz, /boot/config-RELEASE, …; "
		 "some distributions keep it from ordinary users",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run = run,
};
