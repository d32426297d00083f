/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <pci/header.h>

#include "host/base/buffer.h"
#include "model/assign/vfio_driver.h"
#include "model/persistence/persistence.h"
#include "model/sriov/vf_budget.h"
#include "model/sriov/vf_holders.h"
#include "model/sriov/vf_refusal.h"
#include "plan/boot/binding.h"
#include "plan/boot/ids.h"
#include "plan/boot/options.h"
#include "plan/builder.h"
#include "plan/sriov/nvme_online.h"
#include "plan/sriov/pf.h"
#include "plan/sriov/pf_up.h"
#include "plan/sriov/vf_guids.h"
#include "plan/sriov/vf_limits.h"
#include "plan/sriov/vfs_at_boot.h"

static void load_driver(struct plan_builder *builder, const struct pci_function *pf)
{
	struct plan_step *step;

	if (!fact_absent(&pf->driver.fact))
		return;
	step = plan_add_step(builder, PLAN_NOW, "load-driver", pf, "Load the driver of %s",
			     pf->name);
	step->why = "it is the driver that makes VFs";
	plan_run(builder, &step->commands, "modprobe \"$(cat " PLAN_DEVICES "/%s/modalias)\"",
		 pf->name);
	/* A driver that is loaded already takes only what it is asked to. */
	plan_run(builder, &step->commands, "echo %s > /sys/bus/pci/drivers_probe", pf->name);
	plan_run(builder, &step->undo, "echo %s > " PLAN_DEVICES "/%s/driver/unbind", pf->name,
		 pf->name);
	step->done = plan_condition(builder, "[ -e " PLAN_DEVICES "/%s/driver ]", pf->name);
}

static bool guests_may_have_vfs(const struct vf_budget *budget)
{
	for (size_t i = 0; budget && i < budget->vf_count; i++) {
		if (driver_is_vfio(budget->vfs[i]))
			return true;
	}
	return false;
}

/* Returns "held now: " and who loses a VF when all go; "" for nobody. The driver of VFIO lets go of
 * a device once nobody has it open: vfio_unregister_group_dev(), drivers/vfio. */
static const char *held_now(struct plan_builder *builder, const struct pci_function *pf)
{
	const struct vf_budget *budget = vf_budget_of(&builder->model->vf_budgets, pf);
	const char *holders = vf_holders(budget, &builder->model->host_uses, builder->arena);
	const struct vf_driver *driver = plan_vf_driver(builder, pf);

	if (!*holders)
		return "";
	if (!guests_may_have_vfs(budget))
		return arena_printf(builder->arena, "held now: %s", holders);
	return arena_printf(builder->arena,
			    "held now: %s. Shut down the guests that have them first: until then "
			    "the %s does not return",
			    holders, driver && driver->tool ? "tool" : "write");
}

/* What a PF keeps of its VFs, and forgets with them. */
static const char *lost_settings(const struct pci_function *pf)
{
	if (pci_is_infiniband(pf))
		return ", with their GUIDs and link states";
	if (pci_base_class(pf) == PCI_BASE_CLASS_NETWORK)
		return ", with their MAC addresses, VLANs and trust";
	return "";
}

/* Why the number changes by way of 0, and who loses a VF by that. */
static const char *why_zero(struct plan_builder *builder, const struct pci_function *pf)
{
	const char *held = held_now(builder, pf);

	return arena_printf(
		builder->arena,
		"changing the number removes its %s first%s, also those that guests have%s%s",
		plan_vfs_words(builder, pf->sriov.numvfs.value), lost_settings(pf),
		*held ? "; " : "", held);
}

static bool needs_up(const struct plan_builder *builder, const struct pci_function *pf)
{
	const struct vf_budget *budget = vf_budget_of(&builder->model->vf_budgets, pf);

	return budget && vf_budget_needs_up(builder->host, budget);
}

/* Such a driver accepts the number while the interface is down, and makes no VFs. */
static void set_up(struct plan_builder *builder, struct plan_step *step,
		   const struct pci_function *pf)
{
	if (!needs_up(builder, pf))
		return;
	for (size_t i = 0; i < pf->netdevs.count; i++)
		plan_run(builder, &step->commands, "ip link set dev %s up",
			 shell_word(builder->arena, pf->netdevs.names[i]));
}

/* Appends that the SR-IOV network operator keeps another number: its daemon compares the two, and
 * writes its own, NeedToUpdateSriov() of api/v1/helper.go. */
static void add_operator(struct plan_builder *builder, const struct pci_function *pf, int64_t vfs,
			 struct buffer *why)
{
	const struct vf_makers *makers = vf_makers_of(&builder->model->persistences, pf);

	for (size_t i = 0; makers && i < makers->count; i++) {
		const struct vf_persistence *line = &makers->lines[i];
		if (line->setting->owner != SRIOV_OWNER_OPERATOR ||
		    (line->counted && line->count == vfs))
			continue;
		buffer_item(why,
			    "the SR-IOV network operator keeps the number (%s), and sets its own "
			    "again while it runs: rather set numVfs in its SriovNetworkNodePolicy",
			    line->setting->source);
		return;
	}
}

/* Appends that the host, which needs the PF, is without it for a moment. */
static void add_reset(struct plan_builder *builder, const struct pci_function *pf,
		      struct buffer *why)
{
	const struct host_uses *uses = &builder->model->host_uses;
	const struct vf_driver *driver = plan_vf_driver(builder, pf);

	if (driver && driver->resets && host_uses_vital(uses, pf))
		buffer_item(why,
			    "the driver %s resets the adapter by this, which the host needs for "
			    "%s: its link is gone for some seconds",
			    driver->name, host_uses_vital_words(uses, pf, builder->arena));
}

/* Returns why the number is another than was asked for, and what it costs; NULL for neither. */
static const char *why_enable(struct plan_builder *builder, const struct pci_function *pf,
			      int64_t vfs)
{
	struct buffer why = {.arena = builder->arena, .separator = "; "};

	add_operator(builder, pf, vfs, &why);
	if (plan_makes_all_vfs(builder, pf))
		buffer_item(&why, "its driver %s makes all of them, whatever number is written",
			    pf->driver.text);
	if (pci_has_vfs(pf))
		buffer_item(&why, "%s", why_zero(builder, pf));
	add_reset(builder, pf, &why);
	return why.count ? buffer_text(&why) : NULL;
}

static void enable(struct plan_builder *builder, const struct pci_function *pf, unsigned vfs)
{
	struct plan_step *step = plan_add_step(builder, PLAN_NOW, "enable-vfs", pf, "Make %s of %s",
					       plan_vfs_words(builder, vfs), pf->name);

	set_up(builder, step, pf);
	step->why = why_enable(builder, pf, vfs);
	/* The kernel changes the number only from 0: sriov_numvfs_store(), EBUSY. */
	if (pci_has_vfs(pf))
		plan_no_vfs(builder, &step->commands, pf);
	plan_run(builder, &step->commands, "echo %u > " PLAN_DEVICES "/%s/sriov_numvfs", vfs,
		 pf->name);
	plan_no_vfs(builder, &step->undo, pf);
	if (pci_has_vfs(pf))
		plan_run(builder, &step->undo,
			 "echo %" PRId64 " > " PLAN_DEVICES "/%s/sriov_numvfs",
			 pf->sriov.numvfs.value, pf->name);
	/* An undo finds VFs that a plan made by its rule, which keeps them. */
	step->unread =
		builder->wish->how != PLAN_HOW_BOOT || plan_vfs_kept_by_others(builder, pf, vfs);
	step->done =
		plan_condition(builder, "holds %u " PLAN_DEVICES "/%s/sriov_numvfs", vfs, pf->name);
}

/* Returns where the driver is told of its VFs on this host, and how that is changed, as the end of
 * a sentence; "" where nothing that was read tells it. Of probe_vf= of mlx4_core:
 * __mlx4_init_one() of drivers/net/ethernet/mellanox/mlx4/main.c, 6.1. */
static const char *told_in(struct plan_builder *builder, const struct pci_function *pf)
{
	const struct vf_persistence found =
		vf_persistence_of(&builder->model->persistences, pf, pf->sriov.numvfs.value);
	const struct vf_driver *driver = plan_vf_driver(builder, pf);
	struct arena *arena = builder->arena;
	const char *most = "";

	if (found.state != PERSISTENCE_MADE || !found.counted)
		return "";
	if (driver->takes_option)
		most = arena_printf(arena,
				    "; where they list ports, no number of %s= may be larger than "
				    "that of its port, or the driver refuses the adapter",
				    driver->takes_option);
	return arena_printf(arena,
			    ". Change the number in %s (it makes %s now), make the initramfs anew "
			    "if it holds a copy, and reboot%s",
			    vf_persistence_place(&found), plan_vfs_words(builder, found.count),
			    most);
}

static void refuse_write(struct plan_builder *builder, const struct pci_function *pf)
{
	const struct vf_driver *driver = plan_vf_driver(builder, pf);
	const char *way = vf_driver_own_way(driver, pf, builder->arena);

	if (!way && driver->instead)
		plan_add_obstacle(
			builder,
			"%s: the driver %s takes no write to sriov_numvfs, not even of 0; %s",
			pf->name, driver->name,
			vf_driver_instead(builder->host, driver, builder->arena));
	else
		plan_add_obstacle(
			builder,
			"%s: the driver %s takes no write to sriov_numvfs, not even of 0%s%s%s",
			pf->name, driver->name, way ? "; it makes VFs " : "", way ? way : "",
			told_in(builder, pf));
}

/* Appends to the step what takes all VFs of pf away, and to its undo what makes them again. */
static void take_vfs(struct plan_builder *builder, struct plan_step *step,
		     const struct pci_function *pf)
{
	const struct vf_driver *driver = plan_vf_driver(builder, pf);
	const char *tool = driver ? driver->tool : NULL;

	step->done = plan_condition(builder, "holds 0 " PLAN_DEVICES "/%s/sriov_numvfs", pf->name);
	if (tool) {
		plan_run(builder, &step->commands, "%s -d %s", tool, pf->name);
		plan_run(builder, &step->undo, "%s -e %s", tool, pf->name);
		return;
	}
	plan_no_vfs(builder, &step->commands, pf);
	plan_run(builder, &step->undo, "echo %" PRId64 " > " PLAN_DEVICES "/%s/sriov_numvfs",
		 pf->sriov.numvfs.value, pf->name);
}

/* Returns whether the VFs of pf may be taken away, and its driver lets them be; notes what is
 * against it. */
static bool may_take_vfs(struct plan_builder *builder, const struct pci_function *pf)
{
	const struct pci_function *vital = vf_holders_vital(
		vf_budget_of(&builder->model->vf_budgets, pf), &builder->model->host_uses);

	if (vital)
		plan_add_obstacle(
			builder,
			"changing the number of VFs of %s removes all of them first, and the host "
			"needs its VF %s for %s",
			pf->name, vital->name,
			host_uses_vital_words(&builder->model->host_uses, vital, builder->arena));
	if (vital || !plan_pf_switches_itself(builder, pf) || plan_vf_driver(builder, pf)->tool)
		return !vital;
	refuse_write(builder, pf);
	return false;
}

void plan_disable_vfs(struct plan_builder *builder, const struct pci_function *pf)
{
	struct buffer why = {.arena = builder->arena, .separator = "; "};
	const char *held = held_now(builder, pf);

	if (!pci_has_vfs(pf) || !may_take_vfs(builder, pf))
		return;
	if (!builder->wish->undo)
		buffer_item(&why, "vfio-pci refuses a physical function that has VFs");
	else
		buffer_item(&why, "passcheck cannot tell how many there were before a plan made "
				  "these: if there were some, write that number to sriov_numvfs "
				  "after this");
	add_operator(builder, pf, 0, &why);
	if (*held)
		buffer_item(&why, "%s", held);
	add_reset(builder, pf, &why);
	struct plan_step *step = plan_add_step(
		builder, PLAN_NOW, "disable-vfs", pf, "Take away the %s of %s",
		pf->sriov.numvfs.value > 1 ? plan_vfs_words(builder, pf->sriov.numvfs.value)
					   : "only VF",
		pf->name);
	step->why = why.count ? buffer_text(&why) : NULL;
	take_vfs(builder, step, pf);
}

static void change_count(struct plan_builder *builder, const struct pci_function *pf, unsigned vfs)
{
	if (!may_take_vfs(builder, pf))
		return;
	if (plan_pf_switches_itself(builder, pf))
		refuse_write(builder, pf);
	else
		enable(builder, pf, vfs);
}

/* The tool takes the card from its driver for a while. */
static void run_tool(struct plan_builder *builder, const struct pci_function *pf, const char *tool)
{
	struct plan_step *step =
		plan_add_step(builder, PLAN_NOW, "enable-vfs", pf,
			      "Make all %s of %s with the tool of its driver",
			      plan_vfs_words(builder, pf->sriov.totalvfs.value), pf->name);

	const char *held = held_now(builder, pf);
	const char *some = pci_has_vfs(pf) ? "; no command brings the smaller number back" : "";
	step->why = arena_printf(builder->arena,
				 "the driver takes no write to sriov_numvfs, and the tool makes "
				 "all VFs that the device has; end what has the device open "
				 "first%s%s%s",
				 *held ? "; " : "", held, some);
	if (pci_has_vfs(pf))
		plan_run(builder, &step->commands, "%s -d %s", tool, pf->name);
	plan_run(builder, &step->commands, "%s -e %s", tool, pf->name);
	/* Where it had some, to take all away is not what it was. */
	if (!pci_has_vfs(pf))
		plan_run(builder, &step->undo, "%s -d %s", tool, pf->name);
	step->unread = true;
	step->done = plan_condition(builder, "holds %" PRId64 " " PLAN_DEVICES "/%s/sriov_numvfs",
				    pf->sriov.totalvfs.value, pf->name);
}

/* Returns whether the card offers its VFs too few vGPU profiles, so no number of them helps. */
static bool lacks_profiles(const struct plan_builder *builder, const struct pci_function *pf,
			   unsigned vfs)
{
	const struct usable_vfs *usable = usable_vfs_of(&builder->model->usable_vfs, pf);

	return usable && usable->limit == USABLE_VGPU_PROFILE &&
	       usable_vfs_allow(usable, vfs) == VF_ANSWER_NO;
}

/* nvidia_vgpu_vfio is a part of NVIDIA's software for vGPUs, as the tool is. */
static void plan_tool(struct plan_builder *builder, const struct pci_function *pf, unsigned vfs)
{
	const struct vf_budget *budget = vf_budget_of(&builder->model->vf_budgets, pf);
	const char *tool = plan_vf_driver(builder, pf)->tool;

	if (!modules_loaded(&builder->host->modules, "nvidia_vgpu_vfio"))
		plan_add_unknown(builder,
				 "whether NVIDIA's software for vGPUs, which has %s, is installed",
				 tool);
	if (budget)
		plan_check_vf_use(builder, budget, vfs, budget->capability.total_vfs);
	if (lacks_profiles(builder, pf, vfs))
		return;
	if (pf->sriov.numvfs.value < (int64_t)vfs &&
	    (!pci_has_vfs(pf) || may_take_vfs(builder, pf))) {
		load_driver(builder, pf);
		run_tool(builder, pf, tool);
	}
	if (builder->wish->how == PLAN_HOW_BOOT)
		plan_persist_vfs(builder, pf, pf->sriov.totalvfs.value);
	plan_add_step(builder, PLAN_GUEST, "vgpu-profile", pf,
		      "Set a vGPU profile of each VF of %s that a guest is to have: write one of "
		      "its nvidia/creatable_vgpu_types to its nvidia/current_vgpu_type",
		      pf->name);
}

/* Returns whether a tool of the driver makes that many VFs. */
static bool tool_makes(const struct plan_builder *builder, const struct pci_function *pf,
		       unsigned vfs)
{
	const struct vf_driver *driver = plan_vf_driver(builder, pf);

	return driver && driver->tool && fact_known(&pf->sriov.numvfs.fact) && pci_is_pf(pf) &&
	       pf->sriov.totalvfs.value >= (int64_t)vfs;
}

/* Returns whether pf has what was asked for: of a driver that makes all, some more do no harm. */
static bool has_enough(const struct plan_builder *builder, const struct pci_function *pf,
		       unsigned vfs)
{
	int64_t there = pf->sriov.numvfs.value;

	return there == (int64_t)vfs ||
	       (there > (int64_t)vfs && vfs && plan_makes_all_vfs(builder, pf));
}

/* vfio_pci_validate_vf_token(), drivers/vfio/pci/vfio_pci_core.c. */
static void ask_for_token(struct plan_builder *builder, const struct pci_function *pf)
{
	struct plan_step *step;

	if (!driver_is_vfio(pf))
		return;
	step = plan_add_step(builder, PLAN_GUEST, "vf-token", pf,
			     "Give QEMU 8.1 or newer the VF token of %s for each of its VFs "
			     "(-device vfio-pci,…,vf-token=UUID)",
			     pf->name);
	step->why = arena_printf(
		builder->arena,
		"%s has the physical function, so VFIO opens its VFs only for a process that knows "
		"the token set by the program that has that open (DPDK: --vfio-vf-token=UUID); "
		"libvirt has no field for it",
		pf->driver.text);
}

static void plan_pf(struct plan_builder *builder, const struct pci_function *pf, unsigned vfs)
{
	const struct fact_number *numvfs = &pf->sriov.numvfs;

	if (fact_absent(&pf->sriov.totalvfs.fact)) {
		const char *setting = vf_adapter_setting(builder->host, pf, builder->arena);
		plan_add_obstacle(builder, "%s offers no VFs%s%s", pf->name,
				  setting ? "; this may be a setting of the adapter: " : "",
				  setting ? setting : "");
		return;
	}
	if (tool_makes(builder, pf, vfs)) {
		plan_tool(builder, pf, vfs);
		return;
	}
	if (!plan_check_vf_budget(builder, pf, vfs))
		return;
	if (!fact_known(&numvfs->fact)) {
		plan_add_unknown(builder, "how many VFs %s has could not be read", pf->name);
		return;
	}
	bool enough = has_enough(builder, pf, vfs);
	vfs = plan_vfs_made_for(builder, pf, vfs);
	/* Where the driver makes none before, the step that makes them sets it up. */
	if (enough || !needs_up(builder, pf))
		plan_pf_up(builder, pf);
	if (!enough) {
		load_driver(builder, pf);
		change_count(builder, pf, vfs);
	}
	ask_for_token(builder, pf);
	bool offline = plan_nvme_is_offline(builder, pf, vfs);
	if (offline)
		plan_nvme_online(builder, pf, 1, vfs,
				 arena_printf(builder->arena, "%s of %s",
					      plan_vfs_words(builder, vfs), pf->name));
	plan_guids(
		builder, pf,
		arena_printf(builder->arena, "%s of %s", plan_vfs_words(builder, vfs), pf->name));
	if (builder->wish->how != PLAN_HOW_BOOT)
		return;
	if (plan_persist_pf(builder, pf) || plan_ids_take_pf(builder, pf))
		plan_take_out_ids(builder);
	plan_persist_vfs(builder, pf, vfs);
	plan_pf_up_again(builder, pf);
	if (offline)
		plan_nvme_online_again(builder, pf);
}

void plan_vfs(struct plan_builder *builder, unsigned vfs)
{
	for (size_t i = 0; i < builder->count; i++)
		plan_pf(builder, builder->functions[i], vfs);
}

void plan_set_up_vfs(struct plan_builder *builder)
{
	const struct pci_function *done = NULL;

	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *pf = builder->taken[i]->pf;
		if (!pf || pf == done)
			continue;
		done = pf;
		plan_pf_up(builder, pf);
	}
	plan_nvme_set_up(builder);
	plan_guids_set_up(builder);
}
