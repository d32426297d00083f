/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/sriov/usable_vfs.h"

#include "host/base/array.h"
#include "model/assign/denylist.h"
#include "model/assign/hardware_fault.h"
#include "model/pcie.h"
#include "model/sriov/vf_bus.h"

/* A count on its way down from what the kernel would make. */
struct counting {
	const struct usable_grounds *grounds;
	const struct vf_budget *budget;
	struct usable_mends mends;
	struct arena *arena;
	struct usable_vfs result;
};

/* None can go, for that reason. */
static void none(struct counting *counting, enum usable_limit limit, const char *why)
{
	counting->result.at_least = counting->result.at_most = 0;
	counting->result.limit = limit;
	counting->result.why = why;
}

/* Whether any can go is open, for want of that. */
static void doubt(struct counting *counting, enum usable_limit limit, const char *why)
{
	if (!counting->result.at_least)
		return;
	counting->result.at_least = 0;
	counting->result.limit = limit;
	counting->result.why = why;
}

static struct usable_vfs of_budget(const struct counting *counting)
{
	const struct vf_budget *budget = counting->budget;
	struct arena *arena = counting->arena;
	struct usable_vfs result = {
		.at_least = budget->at_least,
		.at_most = budget->at_most,
		.term = budget->limited_by,
		.why = vf_budget_summary(budget, arena),
	};

	if (counting->mends.made) {
		result.at_least = result.at_most = counting->mends.made;
		return result;
	}
	if (budget->limited_by == VF_TERM_TOTAL_VFS && budget->at_most == 0)
		result.limit = USABLE_FIRMWARE;
	if (!budget->driver_may_refuse || budget->driver_takes >= result.at_least)
		return result;
	result.at_least = budget->driver_takes;
	result.why = arena_printf(arena, "up to %u; its driver %s %s", budget->at_most,
				  budget->driver->name, budget->driver_may_refuse);
	return result;
}

/* What keeps a PF from every guest keeps its VFs, too, where it is the IOMMU that is amiss. Its
 * hardware stays as it is. */
static const char *iommu_fault(const struct counting *counting, const struct blocker *blocker)
{
	bool mended = counting->mends.iommu;

	switch (blocker->kind) {
	case BLOCKER_REMAPPING_OFF:
		return mended ? NULL : "DMA remapping is off";
	case BLOCKER_NO_GROUP:
	case BLOCKER_NOIOMMU:
		return mended ? NULL : "no IOMMU translates the physical function";
	case BLOCKER_INTERRUPTS:
		if (mended && counting->grounds->interrupts->cause != INTERRUPTS_CAUSE_CONTROLLER)
			return NULL;
		return blocker->why;
	case BLOCKER_COHERENCY:
		return blocker->why;
	default:
		return NULL;
	}
}

static void judge_iommu(struct counting *counting)
{
	const struct assignable *assignable =
		assignability_of(counting->grounds->assignability, counting->budget->function);
	const struct blocker *blocker = assignable->blockers;

	for (; blocker; blocker = blocker->next) {
		const char *why = iommu_fault(counting, blocker);
		if (why)
			none(counting, USABLE_IOMMU, why);
	}
	if (counting->grounds->interrupts->attaches == BOOLEAN_UNKNOWN)
		doubt(counting, USABLE_IOMMU, counting->grounds->interrupts->words);
}

/* Every VF needs what VFIO needs, on whatever driver the PF is. */
static void judge_modules(struct counting *counting)
{
	for (size_t i = 0; i < VFIO_MODULE_COUNT; i++) {
		const struct vfio_module *module = &counting->grounds->vfio_modules->items[i];
		enum boolean lacking = vfio_module_is_lacking(module);
		if (counting->mends.modules && module->by_command_line)
			continue;
		if (lacking == BOOLEAN_YES)
			none(counting, USABLE_VFIO, module->why);
		else if (lacking == BOOLEAN_UNKNOWN)
			doubt(counting, USABLE_VFIO, module->why);
	}
}

/* A VF has its PF's vendor. */
static enum boolean are_denied(const struct usable_grounds *grounds, const struct vf_budget *budget)
{
	const struct fact_number *vendor = &budget->function->vendor;

	if (!fact_known(&vendor->fact))
		return BOOLEAN_NO;
	return denylist_refuses(grounds->host, grounds->assignability->denylist_disabled,
				vendor->value, budget->capability.vf_device_id);
}

static void judge_denylist(struct counting *counting)
{
	switch (are_denied(counting->grounds, counting->budget)) {
	case BOOLEAN_NO:
		return;
	case BOOLEAN_YES:
		none(counting, USABLE_DENYLIST, "vfio-pci refuses VFs of this kind (its denylist)");
		return;
	case BOOLEAN_UNKNOWN:
		doubt(counting, USABLE_DENYLIST,
		      "VFs of this kind are on vfio-pci's denylist: cannot tell whether that of "
		      "this kernel has them, and is not switched off");
	}
}

/* VFs of a PF come by address, and those of one group next to each other. */
static void judge_groups_that_are(struct counting *counting)
{
	const struct vf_budget *budget = counting->budget;

	for (size_t i = 0; i < budget->vf_count; i++) {
		const struct pci_function *vf = budget->vfs[i];
		if (pci_same_group(vf, budget->function))
			none(counting, USABLE_GROUP,
			     "its VFs are in the IOMMU group of the physical function");
		else if (i > 0 && pci_same_group(vf, budget->vfs[i - 1]))
			none(counting, USABLE_GROUP, "its VFs share an IOMMU group");
	}
}

/* Returns whether the kernel says which groups the VFs and their PF are in. */
static bool have_groups(const struct vf_budget *budget)
{
	for (size_t i = 0; i < budget->vf_count; i++) {
		if (!fact_known(&budget->vfs[i]->group.fact))
			return false;
	}
	return budget->vf_count && fact_known(&budget->function->group.fact);
}

/* The path upward decides before a VF has a group: pci_acs_path_enabled(). */
static void judge_path_upward(struct counting *counting)
{
	const struct pci_function *pf = counting->budget->function;
	struct arena *arena = counting->arena;

	for (const struct pci_function *port = pf->parent; port; port = port->parent) {
		const struct acs *acs = isolation_acs(counting->grounds->isolation, port);
		enum acs_verdict verdict = acs ? acs->verdict : ACS_UNKNOWN;

		if (verdict == ACS_FAILS) {
			none(counting, USABLE_GROUP,
			     arena_printf(arena,
					  "all VFs would be in one IOMMU group with the physical "
					  "function, because %s %s",
					  port->name, acs->why));
			return;
		}
		if (verdict == ACS_UNKNOWN)
			doubt(counting, USABLE_GROUP,
			      arena_printf(arena,
					   "cannot tell whether %s keeps VFs in groups of their "
					   "own",
					   port->name));
	}
	if (pf->parent_state != FACT_ABSENT && pf->parent_state != FACT_KNOWN)
		doubt(counting, USABLE_GROUP, "the ports above the physical function are unknown");
}

/* On POWER a VF may have a group whatever the ports are: pnv_ioda_setup_vf_PE(). */
static void judge_groups_to_come(struct counting *counting)
{
	if (have_groups(counting->budget))
		return;
	switch (isolation_rules_of(&counting->grounds->host->cpu)) {
	case RULES_OF_PCI:
		judge_path_upward(counting);
		return;
	case RULES_OF_FUNCTIONS:
		return;
	case RULES_OF_FIRMWARE:
		doubt(counting, USABLE_GROUP,
		      "the groups of VFs show once they are made: on POWER they do not follow "
		      "from the ports");
		return;
	}
}

static void judge_ari(struct counting *counting)
{
	const struct vf_budget *budget = counting->budget;
	const struct pci_function *pf = budget->function;
	uint16_t first = vf_budget_first_id(budget);

	if (budget->vf_count || !pcie_lacks_ari_forwarding(pf) || !first ||
	    first >> 8 != pf->address.bus || (first & 0xff) >> 3 == 0)
		return;
	none(counting, USABLE_ARI,
	     arena_printf(counting->arena,
			  "the first VF would be device 0x%02x of the PF's bus, and %s, which %s, "
			  "reaches device 0 alone",
			  (first & 0xff) >> 3, pf->parent->name, pcie_ari_words(pf->parent)));
}

static bool names_profile(const struct blocker *blocker)
{
	while (blocker && blocker->kind != BLOCKER_VGPU_PROFILE)
		blocker = blocker->next;
	return blocker;
}

/* VFs by their vGPU profiles. */
struct profiles {
	uint32_t ready;  /* have one */
	uint32_t closed; /* have none, and are offered none now */
};

static struct profiles count_profiles(const struct counting *counting)
{
	const struct vf_budget *budget = counting->budget;
	struct profiles found = {0};

	for (size_t i = 0; i < budget->vf_count; i++) {
		const struct assignable *assignable =
			assignability_of(counting->grounds->assignability, budget->vfs[i]);
		if (!names_profile(assignable->blockers) && !names_profile(assignable->missing))
			found.ready++;
		else if (vgpu_offers_none(budget->vfs[i]))
			found.closed++;
	}
	return found;
}

/* What the card offers none of its VFs it offers none that were made beside them. */
static void close_profiles(struct counting *counting, uint32_t ready)
{
	if (ready < counting->result.at_least)
		counting->result.at_least = ready;
	counting->result.at_most = ready;
	counting->result.limit = USABLE_VGPU_PROFILE;
	const char *some =
		arena_printf(counting->arena, "%u of its %zu VFs %s a vGPU profile", ready,
			     counting->budget->vf_count, ready == 1 ? "has" : "have");
	counting->result.why = arena_printf(
		counting->arena,
		"%s, and the driver nvidia offers %snone now (creatable_vgpu_types; the log of "
		"nvidia-vgpu-mgr may say why)",
		ready ? some : "no VF of it has a vGPU profile", ready ? "the others " : "");
}

/* How many vGPUs a card can be is bounded by its memory, which their profiles share. */
static void judge_profiles(struct counting *counting)
{
	const struct vf_budget *budget = counting->budget;
	const struct profiles found = count_profiles(counting);
	uint32_t ready = found.ready;

	if (found.closed && ready + found.closed == budget->vf_count &&
	    ready < counting->result.at_most) {
		close_profiles(counting, ready);
		return;
	}
	if (ready == budget->vf_count || ready >= counting->result.at_least)
		return;
	counting->result.at_least = ready;
	counting->result.limit = USABLE_VGPU_PROFILE;
	counting->result.why = arena_printf(
		counting->arena,
		"%u of %zu VFs have a vGPU profile for certain, and the card's memory bounds how "
		"many can have one",
		ready, budget->vf_count);
}

static void count(struct counting *counting)
{
	static void (*const judges[])(struct counting * counting) = {
		judge_ari,   judge_groups_that_are, judge_groups_to_come, judge_denylist,
		judge_iommu, judge_modules,         judge_profiles,
	};

	counting->result = of_budget(counting);
	for (size_t i = 0; i < ARRAY_LENGTH(judges) && counting->result.at_most; i++)
		judges[i](counting);
}

struct usable_vfs usable_vfs_count(const struct usable_grounds *grounds,
				   const struct vf_budget *budget, struct arena *arena)
{
	struct counting counting = {.grounds = grounds, .budget = budget, .arena = arena};

	count(&counting);
	return counting.result;
}

struct usable_vfs usable_vfs_once_mended(const struct usable_counts *counts,
					 const struct pci_function *function,
					 const struct usable_mends *mends, struct arena *arena)
{
	struct counting counting = {
		.grounds = &counts->grounds,
		.budget = vf_budget_of(counts->grounds.budgets, function),
		.mends = *mends,
		.arena = arena,
	};

	count(&counting);
	return counting.result;
}

void usable_vfs_build(const struct usable_grounds *grounds, struct arena *arena,
		      struct usable_counts *ret)
{
	const struct pci *pci = &grounds->host->pci;

	*ret = (struct usable_counts){
		.grounds = *grounds,
		.counts = arena_array(arena, pci->count + 1, sizeof(*ret->counts)),
	};
	for (size_t i = 0; ret->counts && i < pci->count; i++) {
		const struct vf_budget *budget = vf_budget_of(grounds->budgets, &pci->functions[i]);
		struct usable_vfs *count = budget ? arena_alloc(arena, sizeof(*count)) : NULL;
		if (count)
			*count = usable_vfs_count(grounds, budget, arena);
		ret->counts[i] = count;
	}
}

const struct usable_vfs *usable_vfs_of(const struct usable_counts *counts,
				       const struct pci_function *function)
{
	return counts->counts ? counts->counts[function - counts->grounds.host->pci.functions]
			      : NULL;
}

enum vf_answer usable_vfs_allow(const struct usable_vfs *usable, uint32_t count)
{
	if (count > usable->at_most)
		return VF_ANSWER_NO;
	return count > usable->at_least ? VF_ANSWER_UNKNOWN : VF_ANSWER_YES;
}

const char *usable_vfs_summary(const struct usable_vfs *usable, struct arena *arena)
{
	if (!usable || usable->limit == USABLE_BUDGET || usable->limit == USABLE_FIRMWARE)
		return NULL;
	if (!usable->at_most)
		return arena_printf(arena, "none: %s", usable->why);
	return arena_printf(arena, "%s%u: %s",
			    usable->at_least == usable->at_most ? "" : "unknown, at most ",
			    usable->at_most, usable->why);
}

uint32_t usable_vfs_to_make(const struct usable_counts *counts, const struct pci_function *function)
{
	const struct usable_vfs *usable = usable_vfs_of(counts, function);

	return usable && !pci_has_vfs(function) ? usable->at_least : 0;
}

static bool goes_with_its_pf(const struct assignability *assignability,
			     const struct pci_function *vf)
{
	const struct blocker *blocker = assignability_of(assignability, vf)->blockers;

	while (blocker && blocker->kind != BLOCKER_OWN_PF)
		blocker = blocker->next;
	return blocker;
}

static bool all_go_with_the_pf(const struct usable_grounds *grounds, const struct vf_budget *budget)
{
	for (size_t i = 0; i < budget->vf_count; i++) {
		if (!goes_with_its_pf(grounds->assignability, budget->vfs[i]))
			return false;
	}
	return budget->vf_count;
}

bool usable_vfs_out_of_reach(const struct usable_counts *counts, const struct vf_budget *budget)
{
	return are_denied(&counts->grounds, budget) == BOOLEAN_YES ||
	       all_go_with_the_pf(&counts->grounds, budget);
}

static const char *const limit_names[] = {
	[USABLE_BUDGET] = NULL, /* the budget's term tells */
	[USABLE_GROUP] = "group",
	[USABLE_DENYLIST] = "denylist",
	[USABLE_IOMMU] = "iommu",
	[USABLE_ARI] = "ari",
	[USABLE_VFIO] = "vfio",
	[USABLE_FIRMWARE] = "firmware",
	[USABLE_VGPU_PROFILE] = "vgpu_profile",
};

ASSERT_COVERS(limit_names, USABLE_LIMIT_COUNT);

const char *usable_vfs_limit_name(const struct usable_vfs *usable)
{
	return usable->limit == USABLE_BUDGET ? vf_term_name(usable->term)
					      : limit_names[usable->limit];
}
