/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <pci/header.h>
#include <string.h>

#include "host/access/buffer.h"
#include "host/sriov/sriov_redact.h"
#include "host/sriov/sriov_word.h"
#include "model/assign/vfio_driver.h"
#include "model/boot/declared_system.h"
#include "model/modules/module_option.h"
#include "model/persistence/persistence.h"
#include "model/sriov/nvme_setup.h"
#include "model/sriov/vf_bus.h"
#include "model/sriov/vf_holders.h"
#include "model/sriov/vf_refusal.h"
#include "plan/boot/binding.h"
#include "plan/boot/options.h"
#include "plan/builder.h"

enum { MOST_OTHER_PFS = 4 }; /* that share a line, to be named */

static const struct vf_driver *driver_of(const struct plan_builder *builder,
					 const struct pci_function *pf)
{
	return vf_driver_to_be(builder->host, pf);
}

static const char *vfs_words(const struct plan_builder *builder, int64_t count)
{
	return counted(builder->arena, (size_t)count, "VF");
}

/* Returns whether the PF's driver makes VFs in a way of its own, and takes no write to
 * sriov_numvfs.
 */
static bool pf_switches_itself(const struct plan_builder *builder, const struct pci_function *pf)
{
	const struct vf_driver *driver = driver_of(builder, pf);

	return driver && !driver->has_hook;
}

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

	if (reason == VF_REASON_NO_HOOK && driver->own_switch)
		return arena_printf(builder->arena, "; it makes VFs %s", driver->own_switch);
	if (reason == VF_REASON_NO_HOOK && driver->instead)
		return arena_printf(builder->arena, "; %s", driver->instead);
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

/* Notes what keeps VFs from guests of their own, which the kernel would make, or a tool (made: how
 * many). */
static void check_use(struct plan_builder *builder, const struct vf_budget *budget, unsigned vfs,
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

/* What firmware did not leave room for may be a setting of its own. */
static void ask_firmware(struct plan_builder *builder, const struct vf_budget *budget)
{
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

static const char *what_it_can_have(const struct plan_builder *builder,
				    const struct vf_budget *budget)
{
	if (vf_budget_exact(budget) && budget->at_most == budget->capability.total_vfs)
		return arena_printf(builder->arena, "offers only %u", budget->at_most);
	return arena_printf(builder->arena, "can have %s",
			    vf_budget_summary(budget, builder->arena));
}

/* Returns whether the kernel can make that many VFs; notes what is against it. */
static bool check_budget(struct plan_builder *builder, const struct pci_function *pf, unsigned vfs)
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
	check_use(builder, budget, vfs, 0);
	switch (vf_budget_allows(budget, vfs)) {
	case VF_ANSWER_NO:
		ask_firmware(builder, budget);
		plan_add_obstacle(builder, "%s cannot have %s; it %s%s", pf->name,
				  vfs_words(builder, vfs), what_it_can_have(builder, budget),
				  limit_words(builder, budget, vfs));
		return false;
	case VF_ANSWER_UNKNOWN:
		plan_add_unknown(builder, "cannot tell whether %s can have %s: %s", pf->name,
				 vfs_words(builder, vfs), why_open(builder, budget, vfs));
		return true;
	case VF_ANSWER_YES:
		return true;
	}
	return true;
}

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

	if (!*holders)
		return "";
	return arena_printf(builder->arena, "held now: %s%s", holders,
			    guests_may_have_vfs(budget)
				    ? ". Shut down the guests that have them first: until then "
				      "the write does not return"
				    : "");
}

/* Why the number changes by way of 0, and who loses a VF by that. */
static const char *why_zero(struct plan_builder *builder, const struct pci_function *pf)
{
	const char *held = held_now(builder, pf);

	return arena_printf(
		builder->arena,
		"changing the number removes its %s first%s, also those that guests have%s%s",
		vfs_words(builder, pf->sriov.numvfs.value),
		pci_base_class(pf) == PCI_BASE_CLASS_NETWORK
			? ", with their MAC addresses, VLANs and trust"
			: "",
		*held ? "; " : "", held);
}

/* Such a driver accepts the number while the interface is down, and makes no VFs. */
static void set_up(struct plan_builder *builder, struct plan_step *step,
		   const struct pci_function *pf)
{
	const struct vf_budget *budget = vf_budget_of(&builder->model->vf_budgets, pf);

	if (!budget || !vf_budget_needs_up(builder->host, budget))
		return;
	for (size_t i = 0; i < pf->netdevs.count; i++)
		plan_run(builder, &step->commands, "ip link set dev %s up",
			 shell_word(builder->arena, pf->netdevs.names[i]));
}

/* Returns whether the driver makes all VFs, of which the host says how many they are. */
static bool makes_all(const struct plan_builder *builder, const struct pci_function *pf)
{
	const struct vf_driver *driver = driver_of(builder, pf);

	return driver && driver->makes_all && fact_known(&pf->sriov.totalvfs.fact);
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

/* Returns why the number is another than was asked for, and what it costs; NULL for neither. */
static const char *why_enable(struct plan_builder *builder, const struct pci_function *pf,
			      int64_t vfs)
{
	struct buffer why = {.arena = builder->arena, .separator = "; "};

	add_operator(builder, pf, vfs, &why);
	if (makes_all(builder, pf))
		buffer_item(&why, "its driver %s makes all of them, whatever number is written",
			    pf->driver.text);
	if (pci_has_vfs(pf))
		buffer_item(&why, "%s", why_zero(builder, pf));
	return why.count ? buffer_text(&why) : NULL;
}

static void enable(struct plan_builder *builder, const struct pci_function *pf, unsigned vfs)
{
	struct plan_step *step = plan_add_step(builder, PLAN_NOW, "enable-vfs", pf, "Make %s of %s",
					       vfs_words(builder, vfs), pf->name);

	set_up(builder, step, pf);
	step->why = why_enable(builder, pf, vfs);
	/* The kernel changes the number only from 0: sriov_numvfs_store(), EBUSY. */
	if (pci_has_vfs(pf))
		plan_run(builder, &step->commands, "echo 0 > " PLAN_DEVICES "/%s/sriov_numvfs",
			 pf->name);
	plan_run(builder, &step->commands, "echo %u > " PLAN_DEVICES "/%s/sriov_numvfs", vfs,
		 pf->name);
	plan_run(builder, &step->undo, "echo 0 > " PLAN_DEVICES "/%s/sriov_numvfs", pf->name);
	if (pci_has_vfs(pf))
		plan_run(builder, &step->undo,
			 "echo %" PRId64 " > " PLAN_DEVICES "/%s/sriov_numvfs",
			 pf->sriov.numvfs.value, pf->name);
	/* An undo finds VFs that a plan made by the rule that keeps them. */
	step->unread = builder->wish->how != PLAN_HOW_BOOT;
	step->done =
		plan_condition(builder, "holds %u " PLAN_DEVICES "/%s/sriov_numvfs", vfs, pf->name);
}

static void refuse_write(struct plan_builder *builder, const struct pci_function *pf)
{
	const struct vf_driver *driver = driver_of(builder, pf);

	if (!driver->own_switch && driver->instead)
		plan_add_obstacle(
			builder,
			"%s: the driver %s takes no write to sriov_numvfs, not even of 0; %s",
			pf->name, driver->name, driver->instead);
	else
		plan_add_obstacle(
			builder,
			"%s: the driver %s takes no write to sriov_numvfs, not even of 0%s%s",
			pf->name, driver->name, driver->own_switch ? "; it makes VFs " : "",
			driver->own_switch ? driver->own_switch : "");
}

/* Appends to the step what takes all VFs of pf away, and to its undo what makes them again. */
static void take_vfs(struct plan_builder *builder, struct plan_step *step,
		     const struct pci_function *pf)
{
	const struct vf_driver *driver = driver_of(builder, pf);
	const char *tool = driver ? driver->tool : NULL;

	step->done = plan_condition(builder, "holds 0 " PLAN_DEVICES "/%s/sriov_numvfs", pf->name);
	if (tool) {
		plan_run(builder, &step->commands, "%s -d %s", tool, pf->name);
		plan_run(builder, &step->undo, "%s -e %s", tool, pf->name);
		return;
	}
	plan_run(builder, &step->commands, "echo 0 > " PLAN_DEVICES "/%s/sriov_numvfs", pf->name);
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
	if (vital || !pf_switches_itself(builder, pf) || driver_of(builder, pf)->tool)
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
	struct plan_step *step = plan_add_step(
		builder, PLAN_NOW, "disable-vfs", pf, "Take away the %s of %s",
		pf->sriov.numvfs.value > 1 ? vfs_words(builder, pf->sriov.numvfs.value) : "only VF",
		pf->name);
	step->why = why.count ? buffer_text(&why) : NULL;
	take_vfs(builder, step, pf);
}

static void change_count(struct plan_builder *builder, const struct pci_function *pf, unsigned vfs)
{
	if (!may_take_vfs(builder, pf))
		return;
	if (pf_switches_itself(builder, pf))
		refuse_write(builder, pf);
	else
		enable(builder, pf, vfs);
}

/* Returns how many VFs there are once vfs are asked for. */
static unsigned made_for(const struct plan_builder *builder, const struct pci_function *pf,
			 unsigned vfs)
{
	return makes_all(builder, pf) ? (unsigned)pf->sriov.totalvfs.value : vfs;
}

/* Returns whether the plan makes as many VFs of another PF, too. */
static bool makes_as_many(const struct plan_builder *builder, const struct pci_function *pf,
			  int64_t vfs)
{
	return plan_asks_for(builder, pf) &&
	       (int64_t)made_for(builder, pf, builder->wish->vfs) == vfs;
}

const char *plan_other_pfs(const struct plan_builder *builder, const struct pci_function *pf,
			   const struct vf_persistence *line, int64_t vfs)
{
	const struct persistences *persistences = &builder->model->persistences;
	struct buffer names = {.arena = builder->arena, .separator = ", ", .most = MOST_OTHER_PFS};

	for (const struct pci_function *it = vf_persistence_next_pf(persistences, line, NULL); it;
	     it = vf_persistence_next_pf(persistences, line, it)) {
		bool changes = builder->wish->undo ? plan_asks_for(builder, it)
						   : makes_as_many(builder, it, vfs);
		if (it != pf && !changes)
			buffer_item(&names, "%s", it->name);
	}
	return names.count ? buffer_list(&names) : NULL;
}

/* Returns whether a step for a PF in front of this one changes the line for both. */
static bool edited_for_another(const struct plan_builder *builder, const struct pci_function *pf,
			       const struct vf_persistence *line, int64_t vfs)
{
	const struct persistences *persistences = &builder->model->persistences;

	for (const struct pci_function *it = vf_persistence_next_pf(persistences, line, NULL);
	     it && it != pf; it = vf_persistence_next_pf(persistences, line, it)) {
		if (vf_persistence_of(persistences, it, vfs).setting == line->setting)
			return true;
	}
	return false;
}

const char *plan_shown_line(struct plan_builder *builder, const struct sriov_setting *setting)
{
	const struct fact_line text = {.text = setting->line, .length = strlen(setting->line)};
	const struct sriov_place *place = sriov_place_of(setting->source);
	const char *word = place ? sriov_word_within(place, &text) : NULL;

	if (sriov_line_whole(setting->line) || !word || !shell_takes_path(setting->source))
		return setting->line;
	return arena_printf(builder->arena,
			    "%s (its other words are not shown: `grep -n %s %s` finds it)",
			    setting->line, word, setting->source);
}

/* How a line for several PFs is told apart. Of .link files udev applies the first that matches, in
 * the order of their names, and no other: systemd.link(5). */
static const char *split_words(const struct plan_builder *builder, const struct pci_function *pf,
			       const struct vf_persistence *line, int64_t vfs)
{
	struct arena *arena = builder->arena;

	switch (line->setting->owner) {
	case SRIOV_OWNER_LINK:
		return arena_printf(arena,
				    "copy the file to one in /etc/systemd/network whose name sorts "
				    "before it, with Path=pci-%s as all that its [Match] has, and "
				    "SR-IOVVirtualFunctions=%" PRId64
				    ": of .link files that match, the first alone counts",
				    pf->name, vfs);
	case SRIOV_OWNER_MODPROBE:
	case SRIOV_OWNER_KERNEL_CMDLINE:
		return "an option is for all functions of its driver: take it away, and let a udev "
		       "rule for each make its VFs";
	default:
		return "write one for each in its place";
	}
}

/* A number that is written for several PFs is left to a person: what is changed for one would be
 * for all. */
static void split_line(struct plan_builder *builder, const struct pci_function *pf,
		       const struct vf_persistence *line, int64_t vfs, const char *others)
{
	struct plan_step *step = plan_add_step(
		builder, PLAN_PERSIST, "vfs-existing", pf,
		"Have %s make %s of %s at every boot instead of %" PRId64
		", and as many as before of %s",
		vf_persistence_place(line), vfs_words(builder, vfs), pf->name, line->count, others);

	step->why = arena_printf(builder->arena, "by hand, for one line is for all of them: %s; %s",
				 plan_shown_line(builder, line->setting),
				 split_words(builder, pf, line, vfs));
}

static void edit_line(struct plan_builder *builder, const struct pci_function *pf,
		      const struct vf_persistence *found, int64_t vfs)
{
	const struct sriov_setting *setting = found->setting;
	struct arena *arena = builder->arena;
	struct plan_step *step = plan_add_step(
		builder, PLAN_PERSIST, "vfs-existing", pf,
		"Let %s make %s of %s at every boot instead of %" PRId64,
		vf_persistence_place(found), vfs_words(builder, vfs), pf->name, found->count);
	bool editable = vf_persistence_editable(&builder->model->persistences, found) &&
			shell_takes(setting->line);

	step->why =
		arena_printf(arena, "%s: %s", editable ? "its line is" : "edit its line by hand",
			     plan_shown_line(builder, setting));
	if (!editable)
		return;
	const char *rest = setting->line + found->digits;
	const char *line = arena_printf(arena, "%.*s%" PRId64 "%s", (int)found->digits,
					setting->line, vfs, rest + strspn(rest, "0123456789"));
	plan_replace(builder, step, setting->source, setting->line, line);
}

/* Two lines that make different numbers are at odds: the kernel changes the number only from 0. */
static void change_configured(struct plan_builder *builder, const struct pci_function *pf,
			      const struct vf_persistence *found, int64_t vfs)
{
	const struct sriov_setting *setting = found->setting;
	struct arena *arena = builder->arena;
	struct plan_step *step;

	if (!found->counted || found->state != PERSISTENCE_MADE) {
		step = plan_add_step(builder, PLAN_PERSIST, "vfs-existing", pf,
				     "See that %s makes %s of %s at every boot",
				     vf_persistence_place(found), vfs_words(builder, vfs),
				     pf->name);
		step->why =
			setting->idle   ? setting->idle
			: found->early  ? arena_printf(arena,
						       "it writes before the interface is up, and "
							"then no VFs are made unless a line in "
							"front of it sets it up: %s",
						       plan_shown_line(builder, setting))
			: found->shadow ? arena_printf(arena,
						       "udev may apply %s in its place: passcheck "
						       "cannot tell for whom that is",
						       found->shadow->source)
			: vf_setting_is_record(builder->host, setting)
				? "the SR-IOV network operator has set them last, and passcheck "
				  "cannot tell whether it still runs"
				: arena_printf(arena,
					       "passcheck cannot tell which or how many VFs its "
					       "line makes: %s",
					       plan_shown_line(builder, setting));
		return;
	}
	if (setting->owner == SRIOV_OWNER_OPERATOR) {
		step = plan_add_step(
			builder, PLAN_PERSIST, "vfs-existing", pf,
			"Have the SR-IOV network operator make %s of %s instead of %" PRId64
			": set numVfs in its SriovNetworkNodePolicy",
			vfs_words(builder, vfs), pf->name, found->count);
		step->why = arena_printf(arena, "it keeps the number in %s", setting->source);
		return;
	}
	const char *others = plan_other_pfs(builder, pf, found, vfs);
	if (others) {
		split_line(builder, pf, found, vfs, others);
		return;
	}
	if (edited_for_another(builder, pf, found, vfs))
		return;
	edit_line(builder, pf, found, vfs);
}

static void say_own_switch(struct plan_builder *builder, const struct pci_function *pf, int64_t vfs)
{
	const struct vf_driver *driver = driver_of(builder, pf);
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "vfs-own-switch", pf,
			      "Have the driver %s make %s of %s at every boot%s%s", driver->name,
			      vfs_words(builder, vfs), pf->name, driver->own_switch ? ", " : "",
			      driver->own_switch ? driver->own_switch : "");

	step->why =
		driver->tool
			? "it takes no write to sriov_numvfs. A unit would have to run the tool "
			  "before anything opens the card. passcheck cannot tell what does, so it "
			  "writes none"
			: "it takes no write to sriov_numvfs";
}

/* vfio-pci takes no number of VFs unless enable_sriov is on, which it is told when it is loaded:
 * vfio_pci_sriov_configure(), drivers/vfio/pci/vfio_pci.c. */
static void keep_enable_sriov(struct plan_builder *builder, const struct pci_function *pf)
{
	const struct module_option option =
		module_option_find(builder->host, builder->arena, "vfio_pci", "enable_sriov");
	struct plan_parameters parameters = {0};

	if (!driver_is_vfio(pf) || module_option_set(&option))
		return;
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "enable-sriov", pf,
			      "Let vfio-pci, which has %s, make VFs at every boot", pf->name);
	if (!modules_built_in(&builder->host->modules, "vfio_pci")) {
		plan_append(builder, step, PLAN_ENABLE_SRIOV, PLAN_VFIO_OPTIONS);
		plan_rebuild_initramfs(builder, &step->commands);
		plan_rebuild_initramfs(builder, &step->undo);
		return;
	}
	lines_add(builder->arena, &parameters.add, "vfio-pci.enable_sriov=1");
	if (!plan_edit_command_line(builder, step, &parameters))
		step->why = plan_by_hand(builder, NULL);
}

/* Of two numbers the kernel takes the one that comes first, and refuses the other (EBUSY). */
static void drop_other_lines(struct plan_builder *builder, const struct pci_function *pf,
			     const struct vf_persistence *kept, int64_t vfs)
{
	const struct vf_makers *makers = vf_makers_of(&builder->model->persistences, pf);

	for (size_t i = 0; makers && i < makers->count; i++) {
		const struct vf_persistence *line = &makers->lines[i];
		if (line->setting == kept->setting || line->state != PERSISTENCE_MADE ||
		    !line->counted || line->count == vfs)
			continue;
		const char *others = plan_other_pfs(builder, pf, line, vfs);
		struct plan_step *step = plan_add_step(
			builder, PLAN_PERSIST, "vfs-conflict", pf,
			"Take the line of %s away that makes %s of %s at every boot",
			vf_persistence_place(line), vfs_words(builder, line->count), pf->name);
		step->why =
			arena_printf(builder->arena,
				     "of two numbers the kernel takes whichever comes first; "
				     "its line is%s%s: %s",
				     others ? ", which makes those of others, too: " : "",
				     others ? others : "", plan_shown_line(builder, line->setting));
	}
}

void plan_persist_vfs(struct plan_builder *builder, const struct pci_function *pf, int64_t vfs)
{
	struct plan_step *step;

	const struct vf_persistence found =
		vf_persistence_of(&builder->model->persistences, pf, vfs);
	keep_enable_sriov(builder, pf);
	if (found.setting) {
		if (found.state != PERSISTENCE_MADE || !found.counted || found.count != vfs)
			change_configured(builder, pf, &found, vfs);
		drop_other_lines(builder, pf, &found, vfs);
		return;
	}
	if (pf_switches_itself(builder, pf)) {
		if (!driver_of(builder, pf)->makes_at_load || pf->sriov.numvfs.value != vfs)
			say_own_switch(builder, pf, vfs);
		return;
	}
	step = plan_add_step(builder, PLAN_PERSIST, "vfs-udev-rule", pf,
			     "Make %s of %s at every boot", vfs_words(builder, vfs), pf->name);
	if (fact_known(&pf->driver.fact) && !driver_of(builder, pf))
		step->why =
			arena_printf(builder->arena,
				     "cannot tell whether the driver %s takes a write to "
				     "sriov_numvfs: see after the next boot that they are there",
				     pf->driver.text);
	else if (pf->representors.count)
		step->why = "it is in switchdev mode now, and this makes VFs in the mode that it "
			    "has then: what sets the mode must run, too";
	if (declared_system_lacks_rules(builder->host) &&
	    plan_is_declared(builder, step, VF_RULES_FILE,
			     arena_printf(builder->arena,
					  "add echo %" PRId64 " > " PLAN_DEVICES "/%s/sriov_numvfs",
					  vfs, pf->name)))
		return;
	plan_append(builder, step, vf_rule(builder->arena, pf, driver_of(builder, pf), vfs),
		    VF_RULES_FILE);
}

/* The tool takes the card from its driver for a while. */
static void run_tool(struct plan_builder *builder, const struct pci_function *pf, const char *tool)
{
	struct plan_step *step =
		plan_add_step(builder, PLAN_NOW, "enable-vfs", pf,
			      "Make all %s of %s with the tool of its driver",
			      vfs_words(builder, pf->sriov.totalvfs.value), pf->name);

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

/* nvidia_vgpu_vfio is a part of NVIDIA's software for vGPUs, as the tool is. */
static void plan_tool(struct plan_builder *builder, const struct pci_function *pf, unsigned vfs)
{
	const struct vf_budget *budget = vf_budget_of(&builder->model->vf_budgets, pf);
	const char *tool = driver_of(builder, pf)->tool;

	if (!modules_loaded(&builder->host->modules, "nvidia_vgpu_vfio"))
		plan_add_unknown(builder,
				 "whether NVIDIA's software for vGPUs, which has %s, is installed",
				 tool);
	if (budget)
		check_use(builder, budget, vfs, budget->capability.total_vfs);
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
	const struct vf_driver *driver = driver_of(builder, pf);

	return driver && driver->tool && fact_known(&pf->sriov.numvfs.fact) &&
	       fact_known(&pf->sriov.totalvfs.fact) && pf->sriov.totalvfs.value >= (int64_t)vfs;
}

/* What acts on the primary controller is left to a person where the host lives on it. */
static void set_online(struct plan_builder *builder, const struct pci_function *pf, uint32_t first,
		       uint32_t last, const char *who)
{
	struct text_line *commands = NULL;
	struct plan_step *step =
		plan_add_step(builder, PLAN_NOW, "nvme-online", pf,
			      "Give %s queues and interrupts, and set online what is offline", who);

	step->why =
		"a VF of an NVMe controller is offline when it is made, and VFIO takes it all "
		"the same. Give more than two where nvme primary-ctrl-caps says that there are more";
	if (!host_uses_vital(&builder->model->host_uses, pf))
		nvme_setup_add(builder->arena, pf, first, last, &commands);
	plan_run_lines(builder, &step->commands, commands);
}

static void set_online_again(struct plan_builder *builder, const struct pci_function *pf)
{
	plan_add_step(builder, PLAN_PERSIST, "nvme-online-again", pf,
		      "Set VFs of %s online again at every boot, once they are made", pf->name)
		->why =
		"they are offline, and have no queues, after a reboot. A unit for this would "
		"have to run after the VFs are made and before the first guest gets one. "
		"passcheck cannot tell when that is, so it writes none";
}

static bool may_be_offline(const struct pci_function *vf)
{
	return vf->pf && nvme_setup_is_for(vf->pf) && nvme_setup_may_lack(vf);
}

static void set_one_online(struct plan_builder *builder, const struct pci_function *vf)
{
	const struct vf_budget *budget = vf_budget_of(&builder->model->vf_budgets, vf->pf);
	uint32_t index;

	if (budget && vf_budget_index(budget, vf, &index))
		set_online(builder, vf->pf, index + 1, index + 1, vf->name);
	else
		plan_add_unknown(builder,
				 "cannot tell which number the VF %s has, nor whether it is online",
				 vf->name);
}

void plan_set_up_vfs(struct plan_builder *builder)
{
	for (size_t i = 0; i < builder->taken_count; i++) {
		if (may_be_offline(builder->taken[i]))
			set_one_online(builder, builder->taken[i]);
	}
}

void plan_set_up_vfs_again(struct plan_builder *builder)
{
	const struct pci_function *done = NULL;

	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *vf = builder->taken[i];
		if (!may_be_offline(vf) || vf->pf == done)
			continue;
		done = vf->pf;
		set_online_again(builder, done);
	}
}

/* Returns whether the host's own driver runs all VFs, and their number stays as it is. */
static bool are_online(const struct plan_builder *builder, const struct pci_function *pf,
		       unsigned vfs)
{
	const struct vf_budget *budget = vf_budget_of(&builder->model->vf_budgets, pf);

	if (!budget || budget->vf_count != vfs)
		return false;
	for (size_t i = 0; i < budget->vf_count; i++) {
		if (nvme_setup_may_lack(budget->vfs[i]))
			return false;
	}
	return true;
}

/* Returns whether pf has what was asked for: of a driver that makes all, some more do no harm. */
static bool has_enough(const struct plan_builder *builder, const struct pci_function *pf,
		       unsigned vfs)
{
	int64_t there = pf->sriov.numvfs.value;

	return there == (int64_t)vfs || (there > (int64_t)vfs && vfs && makes_all(builder, pf));
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
		"the token that its user has set; libvirt has no field for it",
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
	if (!check_budget(builder, pf, vfs))
		return;
	if (!fact_known(&numvfs->fact)) {
		plan_add_unknown(builder, "how many VFs %s has could not be read", pf->name);
		return;
	}
	bool enough = has_enough(builder, pf, vfs);
	vfs = made_for(builder, pf, vfs);
	if (!enough) {
		load_driver(builder, pf);
		change_count(builder, pf, vfs);
	}
	ask_for_token(builder, pf);
	bool offline = nvme_setup_is_for(pf) && !are_online(builder, pf, vfs);
	if (offline)
		set_online(builder, pf, 1, vfs,
			   arena_printf(builder->arena, "%s of %s", vfs_words(builder, vfs),
					pf->name));
	if (builder->wish->how != PLAN_HOW_BOOT)
		return;
	if (plan_persist_pf(builder, pf))
		plan_take_out_ids(builder);
	plan_persist_vfs(builder, pf, vfs);
	if (offline)
		set_online_again(builder, pf);
}

void plan_vfs(struct plan_builder *builder, unsigned vfs)
{
	for (size_t i = 0; i < builder->count; i++)
		plan_pf(builder, builder->functions[i], vfs);
}
