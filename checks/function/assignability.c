/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/function/assignability.h"

#include <pci/header.h>

#include "checks/support/check.h"
#include "checks/support/fixes.h"
#include "checks/support/hardware_remedy.h"
#include "host/base/buffer.h"
#include "model/assign/leaving.h"
#include "model/own_commands.h"
#include "model/pcie.h"
#include "model/shell.h"

enum kind {
	ASSIGNABLE_ALONE,
	WITH_COMPANIONS,
	BLOCKED,
	BAR_UNPLACED,
	UNREACHABLE,
	VGPU_PROFILE,
	UNDETERMINED,
	SPLIT,
	KIND_COUNT,
};

static const struct finding_kind kinds[] = {
	[ASSIGNABLE_ALONE] = {"assignability.assignable",
			      "VFIO can assign this function to a guest: no host driver holds "
			      "another function of its group, and nothing blocks it.",
			      NULL},
	[WITH_COMPANIONS] =
		{"assignability.companions",
		 "VFIO assigns a group to a guest only when no host driver holds a function of "
		 "it. The companions named hold one now and must leave it, too. What is behind a "
		 "VMD endpoint needs no step: it is gone once that leaves its driver.",
		 "Unbind the companions from their drivers (echo ADDRESS > "
		 "/sys/bus/pci/devices/ADDRESS/driver/unbind), or bind them to vfio-pci or "
		 "pci-stub."},
	[BLOCKED] =
		{"assignability.blocked",
		 "VFIO refuses this function, or the host would go down without it: it is in no "
		 "group, firmware ties it to reserved memory, it is a PF with VFs enabled, it is a "
		 "VF in the group of its PF, vfio-pci denies it, interrupts are not remapped, the "
		 "running kernel lacks a module of VFIO, or the host needs it or another function "
		 "of its group. The summary says which.",
		 "Switch the VFs off, or assign them instead of their PF. Assign a VMD endpoint "
		 "as a whole, or switch VMD off in the firmware setup. Move what the host needs "
		 "to other hardware. Where the IOMMU, interrupt remapping, a module or reserved "
		 "memory is the cause, the findings on these say what helps. A VF in the group of "
		 "its PF needs a slot that isolates. What vfio-pci denies needs another device."},
	[BAR_UNPLACED] =
		{"assignability.bar-unplaced",
		 "The kernel found no addresses for a BAR of the function: it is larger than "
		 "what firmware left room for. Some kernels keep such a BAR as not assigned and "
		 "refuse to enable the function (\"not assigned; can't enable device\"), so "
		 "vfio-pci cannot open it. Others clear it: VFIO opens the function, and the "
		 "guest's driver finds no memory (Windows: code 12 or 43). passcheck sees it by "
		 "the resource attribute, and by the type bits that the BAR's register keeps.",
		 "Switch on Above 4G decoding in the firmware setup, and Resizable BAR where it is "
		 "offered. If that does not help, add pci=realloc to the kernel command line (or "
		 "remove pci=realloc=off). Where the BAR is resizable, a smaller size may fit: the "
		 "finding says which."},
	[UNREACHABLE] =
		{"assignability.unreachable",
		 "The function does not answer: all of its config space reads as ones, or its "
		 "power state is an error. It has left the bus, or did not wake from D3cold "
		 "(\"Unable to change power state\", \"device inaccessible\", \"Unknown PCI "
		 "header type '127'\", \"stuck in D3\"). A function that only sleeps in D3cold "
		 "wakes when it is read, and is fine.",
		 "Switch the host off, and its power supply for some seconds, and start it again: "
		 "a reboot may not reset the card. If it is lost again after a guest, keep it "
		 "from D3cold: write 0 to its d3cold_allowed, or set "
		 "vfio-pci.disable_idle_d3=1."},
	[VGPU_PROFILE] =
		{"assignability.vgpu-profile",
		 "The function is a VF of NVIDIA's vGPU software (17 or later), which registers "
		 "it with VFIO itself. Until a vGPU profile is set, no guest can open it (QEMU: "
		 "\"error getting device from group\"). nvidia/current_vgpu_type says 0 then. Or it "
		 "is a VF of version 16 or older, of which guests get mediated devices. Or another "
		 "driver has it, as vfio-pci: then it is no vGPU, and has no memory of the card.",
		 "Write the number of a profile that nvidia/creatable_vgpu_types lists to "
		 "nvidia/current_vgpu_type. The VF stays with the driver nvidia: libvirt's "
		 "managed='no'. VFs of this kind come from sriov-manage -e, not from "
		 "sriov_numvfs. Up to version 16, make a mediated device of the VF, and assign "
		 "that. Where another driver has it, give it back to nvidia first."},
	[UNDETERMINED] = {"assignability.undetermined",
			  "passcheck cannot tell whether VFIO would take this function; the "
			  "summary says what was not read.",
			  FIX_READ_AS_ROOT},
	[SPLIT] =
		{"assignability.split-device",
		 "The functions of one graphics card are in different groups, and some are not on "
		 "vfio-pci. They share power, reset and firmware: VFIO resets the card only where "
		 "all groups of its slot belong to the same guest, and drivers expect all of it.",
		 "Give all functions of the card to the same guest."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static enum kind kind_of(const struct blocker *blocker)
{
	switch (blocker->kind) {
	case BLOCKER_BAR_UNPLACED:
		return BAR_UNPLACED;
	case BLOCKER_UNREACHABLE:
		return UNREACHABLE;
	case BLOCKER_VGPU_PROFILE:
		return VGPU_PROFILE;
	default:
		return BLOCKED;
	}
}

const char *assignability_finding(const struct blocker *blocker)
{
	if (blocker->kind == BLOCKER_HOST_USE && !blocker->companion)
		return "host-use.vital";
	if (blocker->kind == BLOCKER_RESERVED_MEMORY)
		return "reserved-memory.blocks";
	return kinds[kind_of(blocker)].id;
}

/* Too many to be named here: see MOST_COMPANIONS_LISTED. */
static void report_many_companions(const struct pci_function *function, const struct fact *members,
				   size_t count, struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[WITH_COMPANIONS], FINDING_WARN, subject_function(function),
		"%s can be assigned to a guest only together with %zu others of group %d that "
		"drivers of the host hold",
		function->name, count, (int)function->group.value);

	finding_evidence(finding, members, "%zu are held", count);
	finding_remedy(finding, "Unbind them from their drivers: " OWN_PLAN " %s says how",
		       function->name);
}

/* Returns whether the driver that the function leaves takes the companion from the host. */
static bool goes_along(const struct model *model, const struct pci_function *function,
		       const struct pci_function *companion)
{
	return leaving_with(&model->assignability, companion, function) == LEAVING_ALONG;
}

static bool all_go_along(const struct model *model, const struct pci_function *function,
			 const struct assignable *assignable)
{
	for (size_t i = 0; i < assignable->companion_count; i++) {
		if (!goes_along(model, function, assignable->companions[i]))
			return false;
	}
	return true;
}

static const char *companion_names(struct arena *arena, const struct assignable *assignable)
{
	struct buffer names = {.arena = arena, .separator = ", "};

	for (size_t i = 0; i < assignable->companion_count; i++)
		buffer_item(&names, "%s (%s)", assignable->companions[i]->name,
			    assignable->companions[i]->driver.text);
	return buffer_text(&names);
}

/* Functions of one card go to one guest as a matter of course. */
static bool is_one_card(const struct pci_function *function, const struct assignable *assignable)
{
	for (size_t i = 0; i < assignable->companion_count; i++) {
		if (!pcie_same_device(function, assignable->companions[i]))
			return false;
	}
	return true;
}

static void unbind_companions(const struct model *model, const struct pci_function *function,
			      const struct assignable *assignable, struct finding *finding)
{
	if (all_go_along(model, function, assignable)) {
		finding_remedy(finding, "Assign it once the host needs nothing that goes with it");
		finding_command(finding, OWN_PLAN " %s", function->name);
		return;
	}
	finding_remedy(finding,
		       "Unbind the companions from their drivers, or bind them to vfio-pci");
	for (size_t i = 0; i < assignable->companion_count; i++) {
		const char *name = assignable->companions[i]->name;
		if (!goes_along(model, function, assignable->companions[i]))
			finding_command(finding, "echo %s > /sys/bus/pci/devices/%s/driver/unbind",
					name, name);
	}
}

static void report_companions(const struct model *model, const struct pci_function *function,
			      const struct assignable *assignable, struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[WITH_COMPANIONS],
		is_one_card(function, assignable) ? FINDING_PASS : FINDING_WARN,
		subject_function(function), "%s can be assigned to a guest%s %s", function->name,
		all_go_along(model, function, assignable)
			? ", and what is behind it leaves the host with it:"
			: " only together with",
		companion_names(findings->arena, assignable));

	if (fact_known(&function->group.fact))
		finding_follows(finding, "iommu-groups.several-endpoints",
				subject_group(findings, (uint32_t)function->group.value));
	for (size_t i = 0; i < assignable->companion_count; i++)
		finding_evidence(finding, &assignable->companions[i]->driver.fact, "%s",
				 assignable->companions[i]->driver.text);
	if (finding->verdict != FINDING_PASS)
		unbind_companions(model, function, assignable, finding);
}

/* What helps against each kind of blocker; NULL where the findings on the host say it. */
static const char *const remedies[] = {
	[BLOCKER_UNKNOWN] = NULL,
	[BLOCKER_REMAPPING_OFF] = NULL,
	[BLOCKER_NO_GROUP] = NULL,
	[BLOCKER_NOIOMMU] = NULL,
	[BLOCKER_RESERVED_MEMORY] = "The finding on reserved memory says what may lift it",
	[BLOCKER_DENYLIST] = "Use another device: this one is known to harm the host when a guest "
			     "drives it. Only for a guest that you trust as you trust the host, "
			     "vfio-pci's disable_denylist=1 takes it all the same",
	[BLOCKER_VFS_ENABLED] = "Assign its VFs. To assign it itself, which takes them away, ask "
				"for a plan",
	[BLOCKER_INTERRUPTS] = NULL,
	[BLOCKER_VFIO_MODULE] = NULL,
	[BLOCKER_COHERENCY] = "Use a device behind another SMMU, or update the firmware",
	[BLOCKER_VMD] = "Assign the VMD endpoint, or switch VMD off in the firmware setup",
	[BLOCKER_HOST_USE] = NULL,
	[BLOCKER_OWN_PF] = NULL,
	[BLOCKER_BAR_UNPLACED] = NULL,
	[BLOCKER_UNREACHABLE] = NULL,
	[BLOCKER_VGPU_PROFILE] = NULL,
};

ASSERT_COVERS(remedies, BLOCKER_KIND_COUNT);

static const char *coherency_remedy(const struct host *host, const struct pci_function *function,
				    const struct blocker *blocker)
{
	if (blocker->evidence == &host->units.fact)
		return "Boot Linux 6.4 or newer";
	if (blocker->evidence == &function->iommu.fact)
		return "Use another machine: no setting helps, only a kernel whose driver of that "
		       "IOMMU does, which Linux up to 7.3 is not";
	if (blocker->evidence == &host->acpi.iort.fact)
		return remedies[BLOCKER_COHERENCY];
	return "Use another machine, or a device behind another SMMU; or a device tree "
	       "that says dma-coherent, if the SMMU is";
}

static const char *remedy_of(const struct host *host, const struct pci_function *function,
			     const struct blocker *blocker)
{
	if (blocker->kind == BLOCKER_COHERENCY)
		return coherency_remedy(host, function, blocker);
	if (blocker->kind != BLOCKER_HOST_USE)
		return remedies[blocker->kind];
	return blocker->companion ? "Move what the host has in this group to other hardware, or "
				    "use a device in another group"
				  : "Keep it with the host, or move what the host has on it to "
				    "other hardware";
}

/* The steps take VFs from guests, so the plan says that first, and who has them. */
static void add_plan(const struct model *model, const struct pci_function *function,
		     struct finding *finding)
{
	const struct vf_budget *budget = vf_budget_of(&model->vf_budgets, function);
	bool all_blocked = budget && budget->vf_count;

	for (size_t i = 0; all_blocked && i < budget->vf_count; i++)
		all_blocked = assignability_of(&model->assignability, budget->vfs[i])->verdict ==
			      ASSIGNABLE_BLOCKED;
	if (all_blocked)
		finding_remedy(finding, "To assign it itself, which takes its VFs away, ask for a "
					"plan");
	finding_command(finding, OWN_PLAN " %s", function->name);
}

/* Returns a VF of the function that a guest can have, or NULL. */
static const struct pci_function *vf_for_guests(const struct model *model,
						const struct pci_function *function)
{
	const struct vf_budget *budget = vf_budget_of(&model->vf_budgets, function);

	for (size_t i = 0; budget && i < budget->vf_count; i++) {
		enum assignable_verdict verdict =
			assignability_of(&model->assignability, budget->vfs[i])->verdict;
		if (verdict == ASSIGNABLE || verdict == ASSIGNABLE_WITH)
			return budget->vfs[i];
	}
	return NULL;
}

/* What stays with the host for its own sake can still give guests VFs. */
static void add_vfs(const struct model *model, const struct pci_function *function,
		    struct finding *finding)
{
	const struct pci_function *vf = vf_for_guests(model, function);
	uint32_t count = usable_vfs_to_make(&model->usable_vfs, function);

	if (vf) {
		finding_remedy(finding, "Keep it with the host, and give guests its VFs. Or move "
					"what the host has on it to other hardware");
		finding_command(finding, OWN_PLAN " %s", vf->name);
	} else if (count) {
		finding_remedy(finding,
			       "Keep it with the host, and give guests VFs of it: a plan says how "
			       "up to %u are made. Or move what the host has on it to other "
			       "hardware",
			       count);
		finding_command(finding, OWN_PLAN_VFS_COUNT "%u %s", count, function->name);
	}
}

static void add_remedy(const struct model *model, const struct pci_function *function,
		       const struct blocker *blocker, struct finding *finding)
{
	const char *remedy = remedy_of(model->host, function, blocker);

	if (!remedy) {
		finding_remedy_none(finding);
		return;
	}
	finding_remedy(finding, "%s", remedy);
	if (blocker->kind == BLOCKER_HOST_USE && !blocker->companion)
		add_vfs(model, function, finding);
	else if (blocker->kind == BLOCKER_VFS_ENABLED)
		add_plan(model, function, finding);
	else if (blocker->kind == BLOCKER_VMD &&
		 assignability_of(&model->assignability, function->vmd)->verdict !=
			 ASSIGNABLE_BLOCKED)
		finding_command(finding, OWN_PLAN " %s", function->vmd->name);
}

static void add_remedy_of(const struct check_context *context, const struct pci_function *function,
			  const struct blocker *blocker, struct finding *finding)
{
	switch (kind_of(blocker)) {
	case BAR_UNPLACED:
		hardware_remedy_bar(context, function, finding);
		return;
	case UNREACHABLE:
		hardware_remedy_unreachable(context, finding);
		return;
	case VGPU_PROFILE:
		hardware_remedy_vgpu(function, finding);
		return;
	default:
		add_remedy(context->model, function, blocker, finding);
		return;
	}
}

static const char *cause_of_interrupts(const struct check_context *context)
{
	return context->model->interrupts.cause == INTERRUPTS_CAUSE_CONTROLLER
		       ? "interrupt-remapping.not-isolated"
		       : "interrupt-remapping.off";
}

/* The finding that says why the running kernel goes without the module that blocks. */
static const char *cause_of_module(const struct check_context *context,
				   const struct blocker *blocker)
{
	const struct vfio_module *items = context->model->vfio_modules.items;
	const struct vfio_module *memory = &items[VFIO_MODULE_MEMORY];
	const struct vfio_module *module =
		blocker->evidence == &memory->fact ? memory : &items[VFIO_MODULE_DRIVER];

	switch (module->state) {
	case VFIO_MODULE_REFUSED:
		return module->by_command_line ? "kernel-cmdline.module-refused"
					       : "vfio-driver.refused";
	case VFIO_MODULE_GONE:
		return "vfio-driver.modules-gone";
	default:
		return "vfio-driver.missing";
	}
}

/* The finding that says why both are in one of the kernel's groups. */
static const char *cause_of_group(const struct model *model, const struct pci_function *function,
				  const struct pci_function *companion)
{
	const struct isolation *isolation = &model->isolation;

	return isolation_of(isolation, function) == isolation_of(isolation, companion)
		       ? "isolation.shared-group"
		       : "isolation.differs";
}

/* The finding that says why a blocker is there. */
static void add_cause(const struct check_context *context, const struct pci_function *function,
		      const struct blocker *blocker, struct finding *finding)
{
	switch (blocker->kind) {
	case BLOCKER_REMAPPING_OFF:
		finding_follows(finding, "iommu-groups.none", subject_host());
		return;
	case BLOCKER_NO_GROUP:
		finding_follows(finding, "iommu-groups.ungrouped", subject_function(function));
		return;
	case BLOCKER_NOIOMMU:
		if (context->model->platform.translation == TRANSLATION_OFF)
			finding_follows(finding, "iommu-groups.none", subject_host());
		else
			finding_follows(finding, "iommu-groups.noiommu",
					subject_function(function));
		return;
	case BLOCKER_INTERRUPTS:
		finding_follows(finding, cause_of_interrupts(context), subject_host());
		return;
	case BLOCKER_VFIO_MODULE:
		finding_follows(finding, cause_of_module(context, blocker), subject_host());
		return;
	case BLOCKER_RESERVED_MEMORY:
		finding_follows(finding, "reserved-memory.blocks", subject_function(function));
		return;
	case BLOCKER_HOST_USE:
		if (blocker->companion && fact_known(&function->group.fact))
			finding_follows(
				finding,
				cause_of_group(context->model, function, blocker->companion),
				subject_group(context->findings, (uint32_t)function->group.value));
		return;
	default:
		return;
	}
}

/* That the host keeps what it lives on is no fault of the host, whatever else blocks it. */
static bool stays_with_host(const struct blocker *first)
{
	return first->kind == BLOCKER_HOST_USE && !first->companion;
}

/* Reports all blockers that one kind of finding explains: the first is the headline. */
static void report_blocked(const struct check_context *context, const struct pci_function *function,
			   const struct blocker *first)
{
	struct finding *finding =
		finding_add(context->findings, &kinds[kind_of(first)],
			    stays_with_host(first) ? FINDING_NOT_APPLICABLE : FINDING_FAIL,
			    subject_function(function), "%s cannot be assigned to a guest: %s",
			    function->name, first->why);

	add_remedy_of(context, function, first, finding);
	add_cause(context, function, first, finding);
	for (const struct blocker *blocker = first; blocker; blocker = blocker->next) {
		if (kind_of(blocker) == kind_of(first))
			finding_evidence(finding, blocker->evidence, "%s", blocker->why);
	}
}

static void report_all_blocked(const struct check_context *context,
			       const struct pci_function *function, const struct blocker *blockers)
{
	bool reported[KIND_COUNT] = {false};

	for (; blockers; blockers = blockers->next) {
		if (!reported[kind_of(blockers)])
			report_blocked(context, function, blockers);
		reported[kind_of(blockers)] = true;
	}
}

static void report_undetermined(const struct pci_function *function, const struct blocker *missing,
				struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[UNDETERMINED], FINDING_UNKNOWN, subject_function(function),
		"cannot tell whether %s can be assigned to a guest: %s", function->name,
		missing->why);

	finding_remedy_unread(finding, missing->evidence);
	for (; missing; missing = missing->next)
		finding_evidence(finding, missing->evidence, "%s", missing->why);
}

static void judge(const struct check_context *context, const struct pci_function *function)
{
	const struct assignable *assignable =
		assignability_of(&context->model->assignability, function);
	struct findings *findings = context->findings;
	struct finding *finding;

	switch (assignable->verdict) {
	case ASSIGNABLE:
		finding = finding_add(findings, &kinds[ASSIGNABLE_ALONE], FINDING_PASS,
				      subject_function(function), "%s can be assigned to a guest",
				      function->name);
		finding_evidence(finding, &function->group.fact, "group %d",
				 (int)function->group.value);
		return;
	case ASSIGNABLE_WITH:
		if (assignable->companion_count > MOST_COMPANIONS_LISTED)
			report_many_companions(function, &function->group.fact,
					       assignable->companion_count, findings);
		else
			report_companions(context->model, function, assignable, findings);
		return;
	case ASSIGNABLE_BLOCKED:
		report_all_blocked(context, function, assignable->blockers);
		return;
	case ASSIGNABLE_UNDETERMINED:
		report_undetermined(function, assignable->missing, findings);
		return;
	case ASSIGNABLE_NOT_A_CANDIDATE:
		return;
	}
}

static void report_split(const struct check_context *context, const struct pci_function *function)
{
	const struct caution *caution =
		cautions_find(&context->model->cautions, function, CAUTION_SPLIT_DEVICE);

	if (!caution)
		return;
	struct finding *finding =
		finding_add(context->findings, &kinds[SPLIT], FINDING_WARN,
			    subject_function(function), "%s: %s", function->name, caution->why);
	finding_evidence(finding, caution->evidence, "group %d", (int)function->group.value);
	finding_remedy(finding, "%s", caution->remedy);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		judge(context, function);
		report_split(context, function);
	}
}

const struct check check_assignability = {
	.id = "assignability",
	.title = "Which functions can VFIO assign to a guest?",
	.needs = "groups, drivers, resource and config space; CAP_SYS_ADMIN to see whether a PF "
		 "has VFs",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
