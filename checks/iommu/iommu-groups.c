/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include <inttypes.h>
#include <pci/header.h>

#include "host/base/buffer.h"
#include "host/boot/boolean.h"
#include "model/boot/declared_system.h"
#include "model/caution/caution.h"
#include "model/isolation/isolation.h"
#include "model/pcie.h"
#include "model/platform.h"

enum kind {
	UNREADABLE,
	NONE,
	GROUPED,
	SEVERAL,
	UNGROUPED,
	WITH_DRIVER,
	GROUP_UNREADABLE,
	NOIOMMU,
	KIND_COUNT
};

static const struct finding_kind kinds[] = {
	[UNREADABLE] =
		{"iommu-groups.unreadable",
		 "The kernel's IOMMU groups could not be listed, so passcheck cannot tell whether "
		 "any function can be assigned to a guest.",
		 FIX_READ_AT_ALL},
	[NONE] = {"iommu-groups.none",
		  "No PCI function is in an IOMMU group: the kernel translates no DMA. VFIO "
		  "assigns groups to guests; without a group it can assign nothing. The other "
		  "findings say why translation is off.",
		  "Switch the IOMMU on in the firmware setup and in the kernel: the findings on "
		  "ACPI tables, on the command line and on the kernel's configuration say which "
		  "is missing. A virtual machine needs a virtual IOMMU, if its own guests are "
		  "to get devices: Hyper-V and Xen give none. In Xen's dom0 VFIO does not work: "
		  "assign devices with Xen (xl pci-assignable-add), or boot without it. Where a "
		  "device tree gives the PCI host bridges no IOMMU (no iommu-map in their nodes), "
		  "as on many boards with Arm processors, no kernel parameter helps: take "
		  "another machine, or a kernel whose device tree gives them one."},
	[GROUPED] = {"iommu-groups.present",
		     "The kernel has put PCI functions into IOMMU groups: DMA remapping runs.",
		     NULL},
	[SEVERAL] = {"iommu-groups.several-endpoints",
		     "An IOMMU group holds several functions. They can reach each other without "
		     "passing the IOMMU, so VFIO assigns them to one guest only, and to none "
		     "while a host driver holds one of them. Bridges in the group do not count. "
		     "The functions of one card in a group of their own are no problem.",
		     "Assign all functions of the group to one guest. To assign one alone, move "
		     "it to a slot whose ports isolate; the findings on isolation say which "
		     "port does not."},
	[UNGROUPED] =
		{"iommu-groups.ungrouped",
		 "A function is in no IOMMU group although others are: no unit translates its "
		 "DMA (a graphics function under intel_iommu=igfx_off, a function that firmware "
		 "left out of its tables), or its driver gave up while it was set up. It cannot "
		 "be assigned to a guest.",
		 "Take igfx_off out of intel_iommu= on the kernel command line and reboot, if "
		 "a graphics function is concerned. Otherwise move the device to another slot, "
		 "or update the firmware. The kernel's log says whether setting up the "
		 "function failed."},
	[WITH_DRIVER] =
		{"iommu-groups.with-driver",
		 "The function is in no IOMMU group yet, for no driver is bound to it: up to "
		 "Linux 6.14, an IOMMU that a device tree, the IORT or the VIOT describes "
		 "takes a device when a driver is bound. vfio-pci is one. What group it "
		 "will be in is predicted.",
		 "Bind vfio-pci to it, and audit the host again: it is in a group then, if an IOMMU "
		 "translates it."},
	[GROUP_UNREADABLE] = {"iommu-groups.group-unreadable",
			      "Which group a function is in, or what a group holds, could not be "
			      "read.",
			      FIX_READ_AT_ALL},
	[NOIOMMU] =
		{"iommu-groups.noiommu",
		 "VFIO's noiommu mode takes devices without an IOMMU. Nothing keeps "
		 "such a device from reading and writing all memory: it is never safe for a "
		 "guest.",
		 "Write N to /sys/module/vfio/parameters/enable_unsafe_noiommu_mode, and "
		 "remove it where it is configured (/etc/modprobe.d, the kernel command line). "
		 "To assign the device to a guest, have an IOMMU translate it: switch the IOMMU "
		 "on in the firmware setup and in the kernel; a virtual machine has one only "
		 "from its hypervisor. Programs of this system, such as DPDK, can go on with "
		 "noiommu mode."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* How the functions of a host stand. */
struct tally {
	size_t grouped;
	size_t ungrouped;
	size_t unread;
};

static struct tally count_functions(const struct host *host)
{
	struct tally tally = {0};

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		if (platform_in_real_group(host, function))
			tally.grouped++;
		else if (fact_settled(&function->group.fact))
			tally.ungrouped++;
		else
			tally.unread++;
	}
	return tally;
}

/*
 * Returns whether no function is in a group for certain. A unit that runs speaks against it: then
 * the kernel must have listed its groups, and every function its own. On a board whose device tree
 * leaves PCI out, groups hold other devices.
 */
static bool is_certainly_none(const struct model *model, const struct tally *tally)
{
	const struct host *host = model->host;

	if (host->units.count == 0)
		return model->platform.translation == TRANSLATION_OFF;
	return fact_known(&host->groups.fact) && tally->unread == 0 &&
	       (host->groups.count == 0 || dma_units_left_out_by_device_tree(&model->dma_units));
}

/* Whether the driver of virtio-iommus waits to be loaded. Of a kernel without it another check
 * speaks. */
static bool lacks_virtio_module(const struct model *model)
{
	const struct kconfig *kconfig = &model->host->kconfig;
	struct fact present = modules_present(&model->host->modules, "virtio_iommu");

	return model->platform.has_viot && fact_absent(&present) &&
	       (!fact_known(&kconfig->fact) ||
		kconfig_get(kconfig, "VIRTIO_IOMMU") == KCONFIG_MODULE);
}

/* Units of such a board translate other devices than PCI's. A newer device tree may say more: that
 * of RK3588 does from Linux 6.14 on (arch/arm64/boot/dts/rockchip/rk3588-base.dtsi). */
static void report_left_out(const struct model *model, struct findings *findings)
{
	const struct device_tree *tree = &model->host->device_tree;
	struct finding *finding =
		finding_add(findings, &kinds[NONE], FINDING_FAIL, subject_host(),
			    "no PCI function is in an IOMMU group: the device tree gives PCI none "
			    "of the machine's IOMMUs");

	for (size_t i = 0; i < tree->map_count; i++)
		finding_evidence_state(finding, &tree->maps[i].map.fact);
	if (model->platform.is_guest)
		finding_remedy(finding, "%s",
			       platform_virtual_remedy(&model->platform, "a virtual SMMU",
						       "-machine virt,iommu=smmuv3",
						       findings->arena));
	else
		finding_remedy(
			finding,
			"Use another machine, or give guests virtual devices (virtio): no kernel "
			"parameter puts PCI behind an IOMMU here, only a device tree with an "
			"iommu-map for it, which a newer kernel may bring");
}

/* Returns what helps where Linux itself, up to 7.3, has VFIO take nothing: NULL elsewhere. It has
 * no driver of Loongson's IOMMUs (drivers/iommu), and of that of RISC-V see coherency_is_told(). */
static const char *remedy_by_architecture(const struct cpu *cpu)
{
	if (cpu_is_architecture(cpu, "loongarch64"))
		return "Use another machine, or a distribution's kernel with a driver of this one's "
		       "IOMMU: Linux up to 7.3 has none for LoongArch";
	if (cpu_is_architecture(cpu, "riscv64") || cpu_is_architecture(cpu, "riscv32"))
		return "Use another machine: VFIO of Linux up to 7.3 takes nothing behind a RISC-V "
		       "IOMMU";
	return NULL;
}

static void report_none(const struct model *model, struct findings *findings)
{
	const struct host *host = model->host;

	if (dma_units_left_out_by_device_tree(&model->dma_units)) {
		report_left_out(model, findings);
		return;
	}
	struct finding *finding = finding_add(findings, &kinds[NONE], FINDING_FAIL, subject_host(),
					      "no PCI function is in an IOMMU group%s",
					      host->units.count ? ", though an IOMMU is on"
								: ": DMA remapping is off");

	finding_evidence(finding, &host->groups.fact, "%s",
			 counted(findings->arena, host->groups.count, "group"));
	finding_evidence(finding, &host->units.fact, "%s",
			 counted(findings->arena, host->units.count, "unit"));
	const char *option = declared_system_option(host, "/etc/modules-load.d");
	const char *by_architecture = remedy_by_architecture(&host->cpu);

	if (model->platform.below == BELOW_XEN_DOM0)
		finding_remedy(finding, "%s", PLATFORM_DOM0_REMEDY);
	else if (lacks_virtio_module(model))
		finding_remedy(finding,
			       "Load the module virtio_iommu when the host boots: name it in %s "
			       "and reboot",
			       option ? option : "a file below /etc/modules-load.d");
	else if (model->platform.has_table || model->platform.has_viot ||
		 model->dma_units.count > host->units.count)
		finding_remedy(finding, "Let the kernel use the IOMMU that firmware offers: the "
					"findings on the command line and on the kernel's "
					"configuration say what keeps it off");
	else if (model->platform.is_guest)
		finding_remedy(finding, "%s",
			       platform_virtual_remedy(&model->platform, "a virtual IOMMU", NULL,
						       findings->arena));
	else if (by_architecture)
		finding_remedy(finding, "%s", by_architecture);
	else if (host->device_tree.map_count)
		finding_remedy(finding, "Run a kernel with the driver of the IOMMU that the device "
					"tree gives PCI (CONFIG_ARM_SMMU, CONFIG_ARM_SMMU_V3), and "
					"a device tree in which the IOMMU's node is not disabled");
	else
		finding_remedy(finding, "Switch the IOMMU on in the firmware setup and in the "
					"kernel; the findings on ACPI tables and on the command "
					"line say which is missing");
}

static void report_unreadable(const struct host *host, struct findings *findings)
{
	const struct fact *fact =
		fact_settled(&host->groups.fact) ? &host->pci.fact : &host->groups.fact;
	struct finding *finding =
		finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
			    "cannot tell whether PCI functions are in IOMMU groups");

	for (size_t i = 0; i < host->pci.count && fact_settled(fact); i++)
		fact = &host->pci.functions[i].group.fact;
	finding_evidence_state(finding, fact);
	finding_remedy_unread(finding, fact);
}

static bool may_be_display(const struct pci_function *function)
{
	return !fact_known(&function->class_code.fact) ||
	       pci_base_class(function) == PCI_BASE_CLASS_DISPLAY;
}

static void report_ungrouped(const struct model *model, const struct pci_function *function,
			     struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[UNGROUPED], FINDING_WARN, subject_function(function),
			    "%s is in no IOMMU group, though others are", function->name);

	finding_evidence_state(finding, &function->group.fact);
	if (caution_keeps_igd(model->host, function)) {
		finding_evidence(finding, &model->host->cmdline.fact, "igfx_off");
		finding_remedy(finding, "Take igfx_off out of intel_iommu= on the kernel command "
					"line and reboot");
		return;
	}
	/* igfx_off is a word of VT-d, and of graphics. */
	if (model->platform.kind != PLATFORM_VTD || !may_be_display(function))
		finding_remedy(finding,
			       "Move the device to another slot, or update the firmware. The "
			       "kernel's log says whether setting up the function failed");
}

static void report_with_driver(const struct pci_function *function, bool known,
			       struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[WITH_DRIVER], known ? FINDING_PASS : FINDING_UNKNOWN,
			    subject_function(function),
			    "%s joins an IOMMU group when a driver is bound to it%s",
			    function->name, known ? "" : ", if an IOMMU translates it");

	finding_evidence_state(finding, &function->driver.fact);
	finding_evidence_state(finding, &function->group.fact);
}

static void report_group_unread(const struct pci_function *function, struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[GROUP_UNREADABLE], FINDING_UNKNOWN, subject_function(function),
		"the IOMMU group of %s could not be read", function->name);

	finding_evidence_state(finding, &function->group.fact);
	finding_remedy_unread(finding, &function->group.fact);
}

static void report_noiommu_group(const struct pci_function *function, struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[NOIOMMU], FINDING_FAIL, subject_function(function),
		"no IOMMU translates the DMA of %s: its group is one of VFIO's noiommu mode",
		function->name);

	finding_evidence(finding, &function->group.fact, "%" PRId64, function->group.value);
}

/* Beside groups of noiommu mode, devices without one. */
static void judge_noiommu_devices(const struct host *host, struct findings *findings)
{
	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		if (!platform_is_noiommu_device(function))
			continue;
		struct finding *finding = finding_add(
			findings, &kinds[NOIOMMU], FINDING_FAIL, subject_function(function),
			"no IOMMU translates the DMA of %s: it is in VFIO's noiommu mode",
			function->name);
		finding_evidence(finding, &function->vfio_devices.fact, "%s",
				 function->vfio_devices.names[0]);
	}
}

static void judge_function(const struct model *model, const struct pci_function *function,
			   struct findings *findings)
{
	enum boolean joins = dma_units_group_with_driver(&model->dma_units, function);

	if (platform_in_real_group(model->host, function) ||
	    platform_is_iommu(&model->platform, function) || platform_is_noiommu_device(function))
		return;
	if (fact_known(&function->group.fact))
		report_noiommu_group(function, findings);
	else if (!fact_absent(&function->group.fact))
		report_group_unread(function, findings);
	else if (joins != BOOLEAN_NO)
		report_with_driver(function, joins == BOOLEAN_YES, findings);
	else if (!pcie_is_bridge(function))
		report_ungrouped(model, function, findings);
}

/* The members of a group that a guest would get, or that keep it from getting them. */
struct members {
	const struct pci_function *first;
	bool one_device; /* all are functions of one */
	bool apart;      /* the kernel's rules put two of them into different groups */
	size_t endpoints;
	size_t others; /* devices that are no PCI functions */
	const char *names;
};

/* Whether the groups of both are predicted, and are not one. */
static bool is_predicted_apart(const struct isolation *isolation, const struct pci_function *a,
			       const struct pci_function *b)
{
	const struct isolation_group *one = a ? isolation_of(isolation, a) : NULL;
	const struct isolation_group *two = b ? isolation_of(isolation, b) : NULL;

	return one && two && one->known && two->known && one != two;
}

static struct members members_of(const struct model *model, const struct iommu_group *group,
				 struct arena *arena)
{
	enum { MOST_NAMES = 8 };
	struct members members = {.one_device = true};
	struct buffer names = {.arena = arena, .separator = ", "};

	for (size_t i = 0; i < group->devices.count; i++) {
		const char *name = group->devices.names[i];
		const struct pci_function *function = pci_find_name(&model->host->pci, name);
		if (function && pcie_is_bridge(function))
			continue;
		if (!members.first)
			members.first = function;
		members.apart |= is_predicted_apart(&model->isolation, members.first, function);
		members.one_device &= function && pcie_same_device(members.first, function);
		members.endpoints += function != NULL;
		members.others += function == NULL;
		size_t count = members.endpoints + members.others;
		if (count <= MOST_NAMES)
			buffer_item(&names, "%s", name);
		else if (count == MOST_NAMES + 1)
			buffer_item(&names, "…");
	}
	members.names = buffer_text(&names);
	return members;
}

static void judge_group(const struct model *model, const struct iommu_group *group,
			struct findings *findings)
{
	struct finding *finding;

	if (!fact_known(&group->devices.fact)) {
		finding = finding_add(findings, &kinds[GROUP_UNREADABLE], FINDING_UNKNOWN,
				      subject_group(findings, group->id),
				      "what IOMMU group %" PRIu32 " holds could not be read",
				      group->id);
		finding_evidence_state(finding, &group->devices.fact);
		finding_remedy_unread(finding, &group->devices.fact);
		return;
	}
	struct members members = members_of(model, group, findings->arena);
	if (members.endpoints == 0 || members.endpoints + members.others < 2)
		return;
	finding = finding_add(
		findings, &kinds[SEVERAL], members.one_device ? FINDING_PASS : FINDING_WARN,
		subject_group(findings, group->id),
		"IOMMU group %" PRIu32 " holds %zu %s, which cannot go to different guests",
		group->id, members.endpoints + members.others,
		members.one_device ? "functions of one device" : "functions");
	finding_follows(finding, members.apart ? "isolation.differs" : "isolation.shared-group",
			subject_group(findings, group->id));
	finding_evidence(finding, &group->devices.fact, "%s", members.names);
	/* The findings on isolation say what there is to do on this host. */
	finding_remedy_none(finding);
}

/* Every group that a link names is listed; one that is not says that the list was not read whole.
 */
static void judge_list(const struct host *host, struct findings *findings)
{
	const struct fact *list = &host->groups.fact;

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct fact_number *link = &host->pci.functions[i].group;
		if (!fact_known(&link->fact) || iommu_group_find(&host->groups, link->value))
			continue;
		struct finding *finding = finding_add(
			findings, &kinds[GROUP_UNREADABLE], FINDING_UNKNOWN, subject_host(),
			"the list of IOMMU groups lacks group %" PRId64 ", which %s is in",
			link->value, host->pci.functions[i].name);
		finding_evidence(finding, &link->fact, "%" PRId64, link->value);
		if (fact_known(list))
			finding_evidence(finding, list, "%s",
					 counted(findings->arena, host->groups.count, "group"));
		else
			finding_evidence_state(finding, list);
		finding_remedy_unread(finding, list);
		return;
	}
}

static void report_groups(const struct model *model, size_t grouped, struct findings *findings)
{
	const struct host *host = model->host;
	struct finding *finding = finding_add(findings, &kinds[GROUPED], FINDING_PASS,
					      subject_host(), "%zu of %s in IOMMU groups", grouped,
					      counted_as(findings->arena, host->pci.count,
							 "PCI function is", "PCI functions are"));

	finding_evidence(finding, &host->groups.fact, "%s",
			 counted(findings->arena, host->groups.count, "group"));
	for (size_t i = 0; i < host->pci.count; i++)
		judge_function(model, &host->pci.functions[i], findings);
	judge_list(host, findings);
	for (size_t i = 0; i < host->groups.count; i++)
		judge_group(model, &host->groups.groups[i], findings);
}

static void judge_noiommu(const struct host *host, struct findings *findings)
{
	const struct fact_text *mode = &host->modules.vfio_noiommu;

	if (boolean_of_fact(mode) != BOOLEAN_YES)
		return;
	struct finding *finding = finding_add(findings, &kinds[NOIOMMU], FINDING_WARN,
					      subject_host(), "VFIO's unsafe noiommu mode is on");
	finding_evidence(finding, &mode->fact, "%s", mode->text);
	finding_remedy(finding, "Switch it off");
	finding_command(finding, "echo N > %s", mode->fact.source);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	struct tally tally = count_functions(host);

	judge_noiommu(host, findings);
	judge_noiommu_devices(host, findings);
	if (tally.grouped)
		report_groups(context->model, tally.grouped, findings);
	else if (is_certainly_none(context->model, &tally))
		report_none(context->model, findings);
	else
		report_unreadable(host, findings);
}

const struct check check_iommu_groups = {
	.id = "iommu-groups",
	.title = "Has the kernel put the PCI functions into IOMMU groups?",
	.needs = "/sys/kernel/iommu_groups, the iommu_group and driver links of functions; no "
		 "privilege",
	.effect = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
