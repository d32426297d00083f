/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"
#include "host/base/buffer.h"
#include "model/assign/bar_room.h"
#include "model/boot/declared_system.h"
#include "model/boot/firmware_setup.h"
#include "model/pcie.h"
#include "model/sriov/vf_bars.h"

#include <inttypes.h>
#include <pci/header.h>

enum kind {
	FULL,
	DRIVER_LIMIT,
	UP_TO,
	BUS_NUMBERS,
	MEMORY,
	ONE_GROUP,
	UNREACHABLE,
	NONE,
	BOUND,
	KIND_COUNT
};

static const struct finding_kind kinds[] = {
	[FULL] = {"vf-budget.full", "The kernel accepts as many VFs as the PF's capability has.",
		  NULL},
	[DRIVER_LIMIT] =
		{"vf-budget.driver-limit",
		 "The kernel accepts as many VFs as the PF's driver allows, which are "
		 "fewer than the capability has: sriov_totalvfs is lower than TotalVFs, or "
		 "the driver is known to refuse more.",
		 NULL},
	[UP_TO] = {"vf-budget.up-to",
		   "The kernel's rules allow that many VFs, but the PF's driver has a rule of its "
		   "own by which it may refuse some, and no attribute shows what it leaves.",
		   NULL},
	[BUS_NUMBERS] =
		{"vf-budget.bus-numbers",
		 "The last VFs would be on a bus beyond those below the bridge above the PF, and "
		 "the kernel refuses them (\"can't enable N VFs (bus XX out of range)\"). Each VF "
		 "has a requester id of its own: the PF's plus the first VF offset plus a stride "
		 "for each VF before it, and a bus holds 256 of them.",
		 "Switch on SR-IOV, and ARI where the port above does not forward it, in the "
		 "firmware setup, or move the device to a port that forwards ARI: its VFs then "
		 "fit on fewer buses. Below a hotplug port add pci=hpbussize=N to the kernel "
		 "command line: the port then keeps N buses. Otherwise add "
		 "pci=assign-busses, which renumbers every bus: addresses and interface names "
		 "change."},
	[MEMORY] =
		{"vf-budget.memory",
		 "The kernel found no room for the VF BARs of a PF in the memory windows of the "
		 "bridges above it, and without room it enables no VF (\"not enough MMIO resources "
		 "for SR-IOV\"). Room is reserved for all of TotalVFs, however few are wanted.",
		 "Remove pci=realloc=off from the kernel command line, if it is there, and reboot: "
		 "the kernel may then widen the windows of the bridges. Otherwise switch on "
		 "SR-IOV, and for 64-bit VF BARs Above 4G Decoding, in the firmware setup; if that "
		 "does not help, add pci=realloc to the kernel command line."},
	[ONE_GROUP] =
		{"vf-budget.one-group",
		 "The kernel can enable VFs of the PF, but all would be in the PF's IOMMU group: a "
		 "port above them does not isolate. A group goes to one guest as a whole, and none "
		 "of it while a host driver has the PF.",
		 "Move the device to a slot whose ports isolate, or look for ACS in the firmware "
		 "setup. No kernel parameter gives ACS to a port that lacks it: "
		 "pcie_acs_override=, of patched kernels, splits the group and isolates nothing."},
	[UNREACHABLE] =
		{"vf-budget.unreachable",
		 "The kernel can enable VFs of the PF, but no guest could use one: the VFs would be "
		 "other devices of the PF's bus than device 0, and a port that does not forward "
		 "ARI reaches device 0 alone.",
		 "Move the device to a port that has ARI forwarding, or switch on ARI where the "
		 "firmware setup has it. Where the port has it and it is off, take noari out of "
		 "pci= on the kernel command line, if it is there: the kernel switches it on "
		 "itself where function 0 of the device has ARI."},
	[NONE] = {"vf-budget.none",
		  "The PF can give no VFs: the kernel, its driver or its own registers prevent "
		  "it. The checks sriov and sriov-vfs judge that.",
		  NULL},
	[BOUND] = {"vf-budget.bound",
		   "passcheck cannot tell exactly how many VFs the kernel accepts: at most as "
		   "many as the summary says. The evidence names what is missing.",
		   FIX_READ_AS_ROOT
		   " Where offset and stride of the VFs are missing, enable a VF and run passcheck "
		   "again. Otherwise write the number that is wanted to sriov_numvfs: the kernel "
		   "refuses what it cannot give."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static enum kind kind_of_limit(const struct vf_budget *budget)
{
	switch (budget->limited_by) {
	case VF_TERM_BUS_NUMBERS:
		return BUS_NUMBERS;
	case VF_TERM_MMIO:
		return MEMORY;
	case VF_TERM_DRIVER:
		return budget->at_most ? DRIVER_LIMIT : NONE;
	case VF_TERM_TOTAL_VFS:
		return budget->at_most ? FULL : NONE;
	case VF_TERM_KERNEL:
	case VF_TERM_DEPENDENCY_LINK:
		return NONE;
	}
	return NONE;
}

/* Returns why none of the VFs that there can be is of use, or kind. Of VFs that are there, other
 * checks judge that. */
static enum kind kind_of_use(const struct vf_budget *budget, const struct usable_vfs *usable,
			     enum kind kind)
{
	if (kind == NONE || !usable || usable->at_most || budget->vf_count)
		return kind;
	if (usable->limit == USABLE_GROUP)
		return ONE_GROUP;
	return usable->limit == USABLE_ARI ? UNREACHABLE : kind;
}

static enum kind kind_of(const struct vf_budget *budget, const struct usable_vfs *usable)
{
	enum kind kind = kind_of_limit(budget);

	/* What limits for certain is worth telling though another fact may limit further. */
	if (kind == BUS_NUMBERS || kind == MEMORY)
		return kind;
	if (!vf_budget_exact(budget))
		return BOUND;
	if (budget->driver_may_refuse)
		kind = UP_TO;
	return kind_of_use(budget, usable, kind);
}

static const enum finding_verdict verdicts[] = {
	[FULL] = FINDING_PASS,           [DRIVER_LIMIT] = FINDING_PASS,
	[UP_TO] = FINDING_PASS,          [BUS_NUMBERS] = FINDING_WARN,
	[MEMORY] = FINDING_WARN,         [ONE_GROUP] = FINDING_WARN,
	[UNREACHABLE] = FINDING_WARN,    [BOUND] = FINDING_UNKNOWN,
	[NONE] = FINDING_NOT_APPLICABLE,
};

ASSERT_COVERS(verdicts, KIND_COUNT);

static struct finding *add(const struct vf_budget *budget, const struct usable_vfs *usable,
			   enum kind kind, struct findings *findings)
{
	const struct pci_function *pf = budget->function;
	struct subject subject = subject_function(pf);
	const char *summary = vf_budget_summary(budget, findings->arena);

	if (kind == UP_TO)
		return finding_add(findings, &kinds[kind], verdicts[kind], subject,
				   "%s can give up to %s; %s %s", pf->name,
				   counted(findings->arena, budget->at_most, "VF"), pf->driver.text,
				   budget->driver_may_refuse);
	if (kind == ONE_GROUP || kind == UNREACHABLE)
		return finding_add(findings, &kinds[kind], verdicts[kind], subject,
				   "no VF of %s could go to a guest of its own: %s", pf->name,
				   usable->why);
	return finding_add(findings, &kinds[kind], verdicts[kind], subject, "%s can give %s",
			   pf->name, summary);
}

/* Adds the terms that limit the number of VFs, or the others. */
static void show_terms_that(struct finding *finding, const struct vf_budget *budget, bool limit)
{
	for (int i = 0; i < VF_TERM_COUNT; i++) {
		const struct vf_term *term = &budget->terms[i];
		bool limits = vf_term_known(term) && term->at_most == budget->at_most;

		if (!term->evidence || limits != limit)
			continue;
		if (vf_term_known(term))
			finding_evidence(finding, term->evidence, "%s: at most %u", term->why,
					 term->at_most);
		else
			finding_evidence(finding, term->evidence, "%s", term->why);
	}
}

/* Those that limit the number come first: a report shows few of a finding's pieces of evidence. */
static void show_terms(struct finding *finding, const struct vf_budget *budget)
{
	show_terms_that(finding, budget, true);
	show_terms_that(finding, budget, false);
}

/* Vectors that PF and VFs share, where the driver is known to run out of them. */
static void show_vectors(struct finding *finding, const struct vf_budget *budget)
{
	const struct pci_function *pf = budget->function;
	struct msix_capability msix = msix_decode(&pf->config);

	if (budget->driver && budget->driver->vf_vectors && msix.capability.state == FACT_KNOWN)
		finding_evidence(finding, &pf->config.fact,
				 "%u MSI-X vectors in its table, of which each VF takes %u",
				 msix.table_size, budget->driver->vf_vectors);
	if (fact_known(&pf->sriov.vf_total_msix.fact) && pf->sriov.vf_total_msix.value)
		finding_evidence(finding, &pf->sriov.vf_total_msix.fact,
				 "%" PRId64 " MSI-X vectors for all VFs",
				 pf->sriov.vf_total_msix.value);
}

static void show_bars(struct finding *finding, const struct vf_budget *budget)
{
	const struct fact *resources = &budget->function->resources.fact;

	for (size_t i = 0; i < SRIOV_BAR_COUNT; i++) {
		const struct vf_bar *bar = &budget->bars[i];
		if (bar->implemented && bar->size)
			finding_evidence(finding, resources,
					 "VF BAR %zu: %s, 0x%" PRIx64 " bytes for each VF", i,
					 bar->placed ? "placed" : "not placed", bar->size);
		else if (bar->implemented)
			finding_evidence(finding, resources, "VF BAR %zu: %s, size not shown", i,
					 bar->placed ? "placed" : "not placed");
	}
}

enum { BRIDGE_WINDOW_LINES = 4, MEMORY_WINDOW = 1, PREFETCHABLE_WINDOW = 2 };

static void show_window(struct finding *finding, const struct pci_function *bridge, size_t index,
			const char *name)
{
	const struct pci_resources *resources = &bridge->resources;
	const struct pci_resource *window =
		&resources->lines[resources->count - BRIDGE_WINDOW_LINES + index];

	if (window->end > window->start)
		finding_evidence(finding, &resources->fact, "%s window 0x%" PRIx64 "-0x%" PRIx64,
				 name, window->start, window->end);
	else
		finding_evidence(finding, &resources->fact, "no %s window", name);
}

/* The windows of the bridge above, which the VF BARs have to fit into with all else below it. */
static void show_windows(struct finding *finding, const struct vf_budget *budget)
{
	const struct pci_function *bridge = budget->function->parent;
	uint64_t needed = vf_budget_memory(budget);

	if (bridge && fact_known(&bridge->resources.fact) &&
	    bridge->resources.count > BRIDGE_WINDOW_LINES) {
		show_window(finding, bridge, MEMORY_WINDOW, "memory");
		show_window(finding, bridge, PREFETCHABLE_WINDOW, "prefetchable");
	}
	if (needed)
		finding_evidence(finding, &budget->function->resources.fact,
				 "all VF BARs together need 0x%" PRIx64 " bytes", needed);
}

/* The kernel widens windows by itself where firmware left room for it, and pci=realloc lets it. */
static void remedy_memory(struct finding *finding, const struct model *model,
			  const struct vf_budget *budget)
{
	const struct host *host = model->host;
	struct arena *arena = finding->owner->arena;
	struct text_line *room = NULL;
	bool wide = false;

	for (size_t i = 0; i < SRIOV_BAR_COUNT; i++)
		wide |= budget->bars[i].implemented && budget->bars[i].wide;
	if (bar_room_is_firmwares(&host->cpu)) {
		finding_remedy(finding,
			       "Firmware of %s places VF BARs: see there, or at its console (HMC), "
			       "whether the slot and the adapter may have SR-IOV, and update it",
			       host->cpu.architecture);
		return;
	}
	if (model->next_boot.pci_realloc == REALLOC_OFF) {
		finding_remedy(finding,
			       "Remove pci=realloc=off from %s and reboot: the kernel may then "
			       "widen the windows of the bridges",
			       declared_system_place(host));
		return;
	}
	bar_room_by_kernel(host, model->next_boot.pci_realloc, budget->function, arena, &room);
	finding_remedy(finding,
		       "Switch on SR-IOV%s in the firmware setup (look for %s%s%s) and reboot; %s",
		       wide ? " and Above 4G Decoding" : "",
		       firmware_setup_words(host, FIRMWARE_SRIOV, arena), wide ? ", and " : "",
		       wide ? firmware_setup_words(host, FIRMWARE_ABOVE_4G, arena) : "",
		       lines_join(arena, room, "; "));
}

/* pci=assign-busses is a word of x86 alone: pcibios_setup() of arch/x86/pci/common.c. */
static const char *assign_buses(const struct host *host, struct arena *arena)
{
	const struct cpu *cpu = &host->cpu;

	return cpu->architecture && !cpu_is_x86(cpu)
		       ? ""
		       : arena_printf(arena,
				      ". Otherwise add pci=assign-busses to %s, which renumbers "
				      "every bus: addresses and interface names change",
				      declared_system_place(host));
}

/* Firmware may hide what a port can do. What the port shows, the kernel switches on itself. */
static const char *forward_ari(const struct model *model, const struct pci_function *pf,
			       struct arena *arena)
{
	const char *port = pf->parent->name;

	if (pcie_ari_of(pf->parent) == PCIE_ARI_NONE)
		return arena_printf(arena,
				    "Move the device to a port that has ARI forwarding, or switch "
				    "on ARI where the firmware setup has it, as %s shows none",
				    port);
	if (model->parameters.ari.state == SWITCH_OFF)
		return arena_printf(arena,
				    "Take noari out of pci= on %s and reboot: %s can forward ARI",
				    declared_system_place(model->host), port);
	return arena_printf(arena,
			    "See whether function 0 of the device has ARI: where it has, the "
			    "kernel has %s forward ARI, and no setting of the firmware does",
			    port);
}

static void remedy_bus_numbers(struct finding *finding, const struct model *model,
			       const struct vf_budget *budget, struct arena *arena)
{
	const struct host *host = model->host;
	const char *place = declared_system_place(host), *assign = assign_buses(host, arena);
	const struct vf_term *term = &budget->terms[VF_TERM_BUS_NUMBERS];
	const bool hotplug =
		term->bridge &&
		express_decode(&term->bridge->config).slot_capabilities & PCI_EXP_SLTCAP_HPC;

	if (term->reason == VF_REASON_ARI_OFF)
		finding_remedy(finding, "%s. VFs then fit on fewer buses%s",
			       forward_ari(model, budget->function, arena), assign);
	else if (hotplug)
		finding_remedy(finding,
			       "Add pci=hpbussize=N to %s and reboot: the hotplug port %s then "
			       "keeps N buses",
			       place, term->bridge->name);
	else
		finding_remedy(finding,
			       "Switch on SR-IOV in the firmware setup: firmware then keeps bus "
			       "numbers for VFs%s",
			       assign);
}

static void add_remedy(struct finding *finding, const struct model *model,
		       const struct vf_budget *budget, enum kind kind, struct arena *arena)
{
	const struct vf_term *missing = vf_budget_missing(budget);

	if (kind == MEMORY)
		remedy_memory(finding, model, budget);
	else if (kind == BUS_NUMBERS)
		remedy_bus_numbers(finding, model, budget, arena);
	else if (kind == UNREACHABLE)
		finding_remedy(finding, "%s", forward_ari(model, budget->function, arena));
	else if (kind == BOUND && missing && missing->evidence)
		finding_remedy_unread(finding, missing->evidence);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	const struct model *model = context->model;

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct vf_budget *budget =
			vf_budget_of(&model->vf_budgets, &host->pci.functions[i]);
		if (!budget)
			continue;
		const struct usable_vfs *usable =
			usable_vfs_of(&model->usable_vfs, budget->function);
		enum kind kind = kind_of(budget, usable);
		struct finding *finding = add(budget, usable, kind, context->findings);
		show_terms(finding, budget);
		show_vectors(finding, budget);
		if (kind == MEMORY) {
			show_bars(finding, budget);
			show_windows(finding, budget);
		}
		add_remedy(finding, model, budget, kind, context->findings->arena);
	}
}

const struct check check_vf_budget = {
	.id = "vf-budget",
	.title = "How many VFs can each physical function really give?",
	.needs = "config space, resource and sriov_* attributes; CAP_SYS_ADMIN for config space",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
