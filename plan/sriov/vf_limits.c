/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/sriov/vf_limits.h"

#include "model/assign/vfio_access.h"
#include "model/own_commands.h"
#include "model/sriov/usable_vfs.h"
#include "plan/sriov/pf.h"

/* Returns whether the PF waits for a driver, which then says how many VFs it allows. */
static bool needs_driver(const struct vf_budget *budget, unsigned vfs)
{
	const struct vf_term *driver = &budget->terms[VF_TERM_DRIVER];

	return driver->reason == VF_REASON_NO_DRIVER && vfs > driver->at_most &&
	       vfs <= budget->capability.total_vfs;
}

/* How many VFs a device has may be a setting of its firmware: what to say of it, or "". */
static const char *firmware_words(struct plan_builder *builder, const struct pci_function *pf)
{
	const char *setting = vf_adapter_setting(builder->host, pf, builder->arena);

	return setting ? arena_printf(builder->arena, "; this is a setting of the adapter: %s",
				      setting)
		       : "";
}

/* What may lift the limit on the number: the driver's option, or the adapter's setting; or "". */
static const char *limit_words(struct plan_builder *builder, const struct vf_budget *budget,
			       unsigned vfs)
{
	const struct vf_driver *driver = budget->driver;
	enum vf_reason reason = budget->terms[budget->limited_by].reason;
	const char *refused = vf_budget_refused_for_good(budget, vfs, builder->arena);

	if (vfs > budget->capability.total_vfs)
		return firmware_words(builder, budget->function);
	if (budget->limited_by != VF_TERM_DRIVER && refused)
		return arena_printf(builder->arena, "; were that put right, %s", refused);
	if (reason == VF_REASON_NO_HOOK && driver->tool)
		return arena_printf(builder->arena, "; it makes VFs %s",
				    vf_driver_own_way(driver, budget->function, builder->arena));
	/* Of a PF on vfio-pci a program of its own is to serve the VFs: enable_sriov's description.
	 */
	if (reason == VF_REASON_VFIO_SRIOV_OFF)
		return arena_printf(builder->arena,
				    "; to have its own driver make them, give it back to that "
				    "first: " OWN_PLAN_BACK " %s. For a program that drives it "
				    "through vfio-pci, as DPDK, set vfio-pci's enable_sriov",
				    budget->function->name);
	if (reason == VF_REASON_DRIVER_LIMIT && driver && driver->parameter)
		return arena_printf(builder->arena,
				    "; its option %s may be what limits it: load %s with %s=%u",
				    driver->parameter, driver->name, driver->parameter, vfs);
	if (budget->limited_by == VF_TERM_TOTAL_VFS ||
	    (reason == VF_REASON_DRIVER_LIMIT && driver && !driver->limit))
		return firmware_words(builder, budget->function);
	return "";
}

/* Returns how many VFs guests can have once the steps of the plan are done. */
static struct usable_vfs usable_in_the_end(const struct plan_builder *builder,
					   const struct vf_budget *budget,
					   const struct usable_vfs *now, uint32_t made)
{
	const struct model *model = builder->model;
	const struct usable_mends mends = {
		.iommu = builder->changes_iommu,
		.modules = vfio_modules_lack_by_words(&model->vfio_modules),
		.made = made,
	};

	return mends.iommu || mends.modules || made
		       ? usable_vfs_once_mended(&model->usable_vfs, budget->function, &mends,
						builder->arena)
		       : *now;
}

void plan_check_vf_use(struct plan_builder *builder, const struct vf_budget *budget, unsigned vfs,
		       uint32_t made)
{
	const struct usable_vfs *now = usable_vfs_of(&builder->model->usable_vfs, budget->function);

	if (!now || (now->limit == USABLE_BUDGET && !made))
		return;
	const struct usable_vfs usable = usable_in_the_end(builder, budget, now, made);
	if (usable.limit == USABLE_BUDGET)
		return;
	const char *name = budget->function->name;
	switch (usable_vfs_allow(&usable, vfs)) {
	case VF_ANSWER_NO:
		plan_add_obstacle(
			builder, "%s get a VF of %s: %s",
			vfs == 1 ? "a guest cannot"
				 : arena_printf(builder->arena, "%u guests cannot each", vfs),
			name, usable.why);
		return;
	case VF_ANSWER_UNKNOWN:
		plan_add_unknown(builder,
				 "cannot tell whether %u guests can each get a VF of %s: %s", vfs,
				 name, usable.why);
		return;
	case VF_ANSWER_YES:
		return;
	}
}

/* What firmware did not leave room for may be a setting of its own. It gives no more than the
 * driver does. */
static void ask_firmware(struct plan_builder *builder, const struct vf_budget *budget, unsigned vfs)
{
	if (vfs > budget->capability.total_vfs ||
	    vf_budget_refused_for_good(budget, vfs, builder->arena))
		return;
	switch (budget->terms[budget->limited_by].reason) {
	case VF_REASON_UNPLACED_BAR:
		plan_firmware_room_for_vfs(builder, budget->function);
		plan_firmware_sriov(builder, budget->function);
		return;
	case VF_REASON_BUS_RANGE:
	case VF_REASON_ARI_OFF:
		plan_firmware_sriov(builder, budget->function);
		return;
	default:
		return;
	}
}

/* The driver's own rule is what is open once every limit is known to allow that many. */
static const char *why_open(const struct plan_builder *builder, const struct vf_budget *budget,
			    unsigned vfs)
{
	if (vfs > budget->at_least)
		return vf_budget_summary(budget, builder->arena);
	return arena_printf(builder->arena, "its driver %s %s", budget->driver->name,
			    budget->driver_may_refuse);
}

/* What the device never has is no matter of drivers, or of room for them. */
static const char *what_it_can_have(const struct plan_builder *builder,
				    const struct vf_budget *budget, unsigned vfs)
{
	if (vfs > budget->capability.total_vfs)
		return arena_printf(builder->arena, "offers only %u", budget->capability.total_vfs);
	return arena_printf(builder->arena, "can have %s",
			    vf_budget_summary(budget, builder->arena));
}

bool plan_check_vf_budget(struct plan_builder *builder, const struct pci_function *pf, unsigned vfs)
{
	const struct vf_budget *budget = vf_budget_of(&builder->model->vf_budgets, pf);

	if (!budget) {
		plan_add_unknown(builder, "how many VFs %s can have could not be read", pf->name);
		return true;
	}
	if (needs_driver(budget, vfs)) {
		plan_add_unknown(builder,
				 "how many VFs the driver of %s allows, before it is bound",
				 pf->name);
		return true;
	}
	plan_check_vf_use(builder, budget, vfs, 0);
	switch (vf_budget_allows(budget, vfs)) {
	case VF_ANSWER_NO:
		ask_firmware(builder, budget, vfs);
		plan_add_obstacle(builder, "%s cannot have %s; it %s%s", pf->name,
				  plan_vfs_words(builder, vfs),
				  what_it_can_have(builder, budget, vfs),
				  limit_words(builder, budget, vfs));
		return false;
	case VF_ANSWER_UNKNOWN:
		plan_add_unknown(builder, "cannot tell whether %s can have %s: %s", pf->name,
				 plan_vfs_words(builder, vfs), why_open(builder, budget, vfs));
		return true;
	case VF_ANSWER_YES:
		return true;
	}
	return true;
}
