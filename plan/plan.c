/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/plan.h"

#include <string.h>

#include "host/base/buffer.h"
#include "model/assign/vfio_driver.h"
#include "model/boot/declared_system.h"
#include "model/own_commands.h"
#include "model/virtualization.h"
#include "plan/builder.h"

enum { MOST_VFS_NAMED = 4 };

static void add_taken(struct plan_builder *builder, const struct pci_function *function)
{
	builder->taken[builder->taken_count++] = function;
	function_set_add(&builder->leaves, function);
}

/* What is gone once another has left is not taken from its driver. */
static void take(struct plan_builder *builder, const struct pci_function *function)
{
	if (!plan_takes(builder, function) &&
	    leaving_of(&builder->model->assignability, function, &builder->leaves) != LEAVING_ALONG)
		add_taken(builder, function);
}

static const struct iommu_group *group_of(const struct plan_builder *builder,
					  const struct pci_function *function)
{
	return fact_known(&function->group.fact)
		       ? iommu_group_find(&builder->host->groups, function->group.value)
		       : NULL;
}

/* Returns which groups the functions asked for are in, by the index of a group; NULL when memory is
 * short. */
static const bool *groups_asked_for(const struct plan_builder *builder)
{
	const struct iommu_groups *groups = &builder->host->groups;
	bool *wanted = arena_array(builder->arena, groups->count + 1, sizeof(*wanted));

	for (size_t i = 0; wanted && i < builder->count; i++) {
		const struct iommu_group *group = group_of(builder, builder->functions[i]);
		if (group)
			wanted[group - groups->groups] = true;
	}
	return wanted;
}

static bool is_in(const struct plan_builder *builder, const bool *groups,
		  const struct pci_function *function)
{
	const struct iommu_group *group = group_of(builder, function);

	return group && groups[group - builder->host->groups.groups];
}

/* Whether VFIO has the function now and is to have it after a reboot. A PF whose VFs are in use
 * there is left as it is. */
static bool stays_with_vfio(const struct plan_builder *builder, const struct pci_function *function)
{
	return driver_is_vfio(function) && !pci_has_vfs(function) &&
	       plan_leaving(builder, function) == LEAVING_TO_VFIO;
}

/* A host driver that has one of them after a reboot keeps the whole group from VFIO. */
static void take_vfio_companions(struct plan_builder *builder)
{
	const struct pci *pci = &builder->host->pci;
	const bool *wanted = groups_asked_for(builder);

	for (size_t i = 0; wanted && i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (is_in(builder, wanted, function) && stays_with_vfio(builder, function))
			take(builder, function);
	}
}

static void take_companions(struct plan_builder *builder, const struct pci_function *function)
{
	const struct isolation_group *predicted =
		isolation_of(&builder->model->isolation, function);
	const struct companion_list companions =
		companions_of(&builder->model->companions, function);

	/* One member of a group brings all the others. */
	if (companions.first && !function_set_has(&builder->brought, companions.first)) {
		function_set_add(&builder->brought, companions.first);
		for (size_t i = 0; i < companions.count; i++)
			take(builder, companions.functions[i]);
	}
	if (platform_in_real_group(builder->host, function) || !predicted)
		return;
	if (!predicted->known)
		plan_add_unknown(builder, "cannot tell which group %s will be in: %s",
				 function->name, predicted->unknown_why);
	for (const struct companion_doubt *doubt = companions.doubts; doubt; doubt = doubt->next)
		plan_add_unknown(builder, "%s: %s", function->name, doubt->why);
}

/* Notes of each pair of ids who stays as it is: what goes by ids would take that as well. */
static void note_kept_twins(struct plan_builder *builder)
{
	const struct pci *pci = &builder->host->pci;
	size_t size = sizeof(struct pci_function *);

	builder->kept_twins = arena_array(builder->arena, pci->count + 1, size);
	if (!builder->kept_twins)
		return;
	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		const struct twin_list twins = twins_of(&builder->model->twins, function);
		if (!twins.count || !plan_stays(builder, function))
			continue;
		size_t ids = (size_t)(twins.functions[0] - pci->functions);
		if (!builder->kept_twins[ids])
			builder->kept_twins[ids] = function;
	}
}

static void take_all(struct plan_builder *builder)
{
	builder->taken = arena_array(builder->arena, builder->host->pci.count + 1,
				     sizeof(struct pci_function *));
	function_set_init(&builder->leaves, builder->arena, builder->host);
	function_set_init(&builder->brought, builder->arena, builder->host);
	if (!builder->taken || arena_failed(builder->arena))
		return;
	for (size_t i = 0; i < builder->count; i++)
		take(builder, builder->functions[i]);
	for (size_t i = 0; i < builder->count; i++)
		take_companions(builder, builder->functions[i]);
	take_vfio_companions(builder);
	note_kept_twins(builder);
}

/* Returns whether steps of the plan remove what blocks the function. No step gives an interrupt
 * controller an ITS. */
static bool is_removable(const struct model *model, const struct pci_function *function,
			 enum blocker_kind kind)
{
	if (kind == BLOCKER_NO_GROUP)
		return caution_keeps_igd(model->host, function);
	if (kind == BLOCKER_INTERRUPTS && model->interrupts.cause == INTERRUPTS_CAUSE_CONTROLLER)
		return false;
	if (kind == BLOCKER_VFIO_MODULE)
		return vfio_modules_lack_by_words(&model->vfio_modules);
	/* Where IOMMUs run, and yet none translates it, no step changes that. */
	if (kind == BLOCKER_NOIOMMU)
		return model->platform.translation == TRANSLATION_OFF;
	return kind == BLOCKER_REMAPPING_OFF || kind == BLOCKER_INTERRUPTS ||
	       kind == BLOCKER_VFS_ENABLED;
}

/* Returns whether no plan for the function reaches its goal. */
static bool stays_blocked(const struct plan_builder *builder, const struct pci_function *function)
{
	const struct blocker *blocker =
		assignability_of(&builder->model->assignability, function)->blockers;

	while (blocker && is_removable(builder->model, function, blocker->kind))
		blocker = blocker->next;
	return blocker;
}

static void judge_function(struct plan_builder *builder, const struct pci_function *function)
{
	const struct assignable *assignable =
		assignability_of(&builder->model->assignability, function);

	if (assignable->verdict == ASSIGNABLE_NOT_A_CANDIDATE)
		plan_add_obstacle(builder, "%s is a bridge, which never goes to a guest",
				  function->name);
	for (const struct blocker *blocker = assignable->blockers; blocker;
	     blocker = blocker->next) {
		if (!is_removable(builder->model, function, blocker->kind))
			plan_add_obstacle(builder, "%s: %s", function->name, blocker->why);
	}
	for (const struct blocker *blocker = assignable->missing; blocker; blocker = blocker->next)
		plan_add_unknown(builder, "%s: %s", function->name, blocker->why);
}

/* The VFs asked for of a physical function that is asked for as well. */
struct asked_vfs {
	struct buffer names;
	struct buffer operands;           /* of those that a plan may lead to a guest */
	const struct pci_function *first; /* of these; NULL: none */
};

static void add_asked_vf(struct plan_builder *builder, struct asked_vfs *vfs,
			 const struct pci_function *vf)
{
	if (!vfs->names.count) {
		vfs->names = (struct buffer){
			.arena = builder->arena, .separator = ", ", .most = MOST_VFS_NAMED};
		vfs->operands = (struct buffer){.arena = builder->arena};
	}
	buffer_item(&vfs->names, "%s", vf->name);
	if (stays_blocked(builder, vf))
		return;
	if (!vfs->first)
		vfs->first = vf;
	buffer_item(&vfs->operands, " %s", vf->name);
}

/* Returns the plans that one may ask for instead: ": ask for a plan for it (...), or for its VFs
 * (...)". What is known to reach no goal is not among them; "" where that holds of all. */
static const char *plans_instead(struct plan_builder *builder, const struct pci_function *pf,
				 struct asked_vfs *vfs)
{
	struct arena *arena = builder->arena;
	struct buffer words = {.arena = arena, .separator = ", or "};

	if (!stays_blocked(builder, pf))
		buffer_item(&words, "for it (" OWN_PLAN " %s)", pf->name);
	if (vfs->first && vfs->operands.count > MOST_VFS_NAMED)
		buffer_item(&words, "for one of its VFs (" OWN_PLAN " %s)", vfs->first->name);
	else if (vfs->first)
		buffer_item(&words, "for its VFs (" OWN_PLAN "%s)", buffer_text(&vfs->operands));
	return words.count ? arena_printf(arena, ": ask for a plan %s", buffer_text(&words)) : "";
}

/* vfio-pci refuses a physical function that has VFs, and keeps one that got them later. */
static void refuse_asked_vfs(struct plan_builder *builder, const struct pci_function *pf,
			     struct asked_vfs *vfs)
{
	struct arena *arena = builder->arena;
	const char *names = buffer_list(&vfs->names);
	const char *instead = plans_instead(builder, pf, vfs);

	builder->plan->obstacles_together += *instead != '\0';
	plan_add_obstacle(
		builder, "%s%s",
		driver_is_vfio(pf)
			? arena_printf(arena,
				       "whoever has %s resets its VFs (%s) with it, so they are "
				       "for different guests",
				       pf->name, names)
			: arena_printf(arena, "binding %s to vfio-pci removes its VFs (%s)",
				       pf->name, names),
		instead);
}

/* A physical function and its VFs do not go together: one sentence names all VFs of one. */
static void refuse_vfs_of_asked(struct plan_builder *builder)
{
	const struct pci *pci = &builder->host->pci;
	struct asked_vfs *vfs = arena_array(builder->arena, pci->count + 1, sizeof(*vfs));

	for (size_t i = 0; vfs && i < builder->count; i++) {
		const struct pci_function *pf = builder->functions[i]->pf;
		if (pf && plan_asks_for(builder, pf))
			add_asked_vf(builder, &vfs[pf - pci->functions], builder->functions[i]);
	}
	for (size_t i = 0; vfs && i < pci->count; i++) {
		if (vfs[i].names.count)
			refuse_asked_vfs(builder, &pci->functions[i], &vfs[i]);
	}
}

static void plan_iommu(struct plan_builder *builder)
{
	size_t before = builder->plan->count;

	plan_remapping(builder);
	plan_graphics(builder);
	plan_interrupts(builder);
	builder->changes_iommu = builder->plan->count > before || builder->parameters.add ||
				 builder->parameters.remove;
}

static bool takes_vfs_away(const struct plan *plan, const struct pci_function *function)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (plan->steps[i].function == function &&
		    strcmp(plan->steps[i].id, "disable-vfs") == 0)
			return true;
	}
	return false;
}

static bool is_removed(const struct plan_builder *builder, const struct pci_function *function,
		       enum blocker_kind kind)
{
	if (kind == BLOCKER_VFS_ENABLED)
		return takes_vfs_away(builder->plan, function);
	if (kind == BLOCKER_VFIO_MODULE)
		return vfio_modules_lack_by_words(&builder->model->vfio_modules);
	return builder->changes_iommu;
}

/* A plan leads to its goal only where a step removes each blocker: what has none now stays. */
static void refuse_what_stays(struct plan_builder *builder)
{
	if (builder->plan->obstacles)
		return;
	for (size_t i = 0; i < builder->count; i++) {
		const struct pci_function *function = builder->functions[i];
		const struct blocker *blocker =
			assignability_of(&builder->model->assignability, function)->blockers;
		for (; blocker; blocker = blocker->next) {
			if (!is_removed(builder, function, blocker->kind))
				plan_add_obstacle(builder, "%s: %s", function->name, blocker->why);
		}
	}
}

static bool is_blocked_by(const struct assignable *assignable, enum blocker_kind kind)
{
	const struct blocker *blocker = assignable->blockers;

	while (blocker && blocker->kind != kind)
		blocker = blocker->next;
	return blocker;
}

/* Whether another function of the plan has a driver of the host until a step behind the boot. */
static bool has_company(const struct plan_builder *builder, const struct pci_function *function)
{
	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *other = builder->taken[i];
		if (other != function && driver_keeps_dma(other))
			return true;
	}
	return false;
}

/* Only what keeps the function from a guest now fails the requirement before the boot as well. What
 * holds its display is a caution, which no requirement sees. A companion fails it behind the boot,
 * too. */
static bool requirement_proves(const struct plan_builder *builder,
			       const struct pci_function *function)
{
	const struct assignable *assignable =
		assignability_of(&builder->model->assignability, function);

	return assignable->verdict != ASSIGNABLE && assignable->verdict != ASSIGNABLE_WITH &&
	       !plan_boot_frees_display(builder) && !has_company(builder, function);
}

static const char *plan_again(const struct plan_builder *builder)
{
	const struct plan_wish *wish = builder->wish;
	struct buffer words = {.arena = builder->arena, .separator = " "};

	if (wish->how == PLAN_HOW_BOOT)
		buffer_item(&words, OWN_PLAN);
	else
		buffer_item(&words, OWN_PLAN_HOW "%s", plan_how_name(wish->how));
	for (size_t i = 0; i < wish->count; i++)
		buffer_item(&words, "%s", wish->functions[i]->name);
	return buffer_text(&words);
}

/* Appends what exits with success only where the boot brought what was asked for. VFs that are in
 * the way go after it. Returns whether only another plan tells that of a function. */
static bool add_requirements(struct plan_builder *builder, struct plan_step *step)
{
	bool asks_again = false;

	for (size_t i = 0; i < builder->count; i++) {
		const struct pci_function *function = builder->functions[i];
		const struct assignable *assignable =
			assignability_of(&builder->model->assignability, function);
		if (builder->wish->vfs)
			plan_run(builder, &step->commands, OWN_REQUIRE "vfs=%s:%u", function->name,
				 builder->wish->vfs);
		else if (is_blocked_by(assignable, BLOCKER_VFS_ENABLED))
			plan_run(builder, &step->commands, "passcheck %s", function->name);
		else if (requirement_proves(builder, function))
			plan_run(builder, &step->commands, OWN_REQUIRE "passthrough=%s",
				 function->name);
		else
			asks_again = true;
	}
	if (!builder->count || (asks_again && builder->changes_iommu))
		plan_run(builder, &step->commands, "passcheck");
	if (asks_again)
		plan_run(builder, &step->commands, "%s", plan_again(builder));
	return asks_again;
}

/* What the next boot is to show before anything else is done. */
static void add_look(struct plan_builder *builder, bool removes_obstacle)
{
	bool edits = builder->parameters.add || builder->parameters.remove;
	const char *shows = builder->changes_iommu
				    ? ": the kernel's log names the IOMMU, there are groups, and "
				      "passcheck says ready"
			    : edits ? ": the kernel runs with the new command line"
				    : "";
	struct plan_step *step =
		plan_add_step(builder, PLAN_BOOT, "look", NULL, "Check that it worked%s", shows);

	if (builder->changes_iommu) {
		plan_run(builder, &step->commands, "dmesg | grep -e DMAR -e AMD-Vi -e iommu");
		plan_run(builder, &step->commands, "ls /sys/kernel/iommu_groups");
	} else if (edits) {
		plan_run(builder, &step->commands, "cat /proc/cmdline");
	}
	if (add_requirements(builder, step))
		step->why = "a plan that is asked for again has none of the steps above";
	step->removes_obstacle = removes_obstacle;
}

static const char *reboot_of(const struct host *host)
{
	const char *declared = declared_system_reboot(host);

	if (declared)
		return declared;
	return init_system_of(&host->boot_tools) == INIT_SYSTEMD ? "systemctl reboot" : "reboot";
}

static void add_reboot(struct plan_builder *builder)
{
	bool removes_obstacle = false;
	struct plan_step *step;

	if (!plan_reboots(builder))
		return;
	for (size_t i = 0; i < builder->plan->count; i++)
		removes_obstacle |= builder->plan->steps[i].removes_obstacle;
	step = plan_add_step(builder, PLAN_BOOT, "reboot", NULL, "Reboot");
	step->why = "groups may differ then";
	plan_run(builder, &step->commands, "%s", reboot_of(builder->host));
	step->removes_obstacle = removes_obstacle;
	add_look(builder, removes_obstacle);
}

/* Whether the obstacle of a function that is asked for has named its companion. */
static bool is_named(const struct plan_builder *builder, const struct pci_function *companion)
{
	for (size_t i = 0; i < builder->count; i++) {
		if (assignable_companion_use(
			    assignability_of(&builder->model->assignability, builder->functions[i]),
			    companion))
			return true;
	}
	return false;
}

/* To take such a function away is to bring the host down. */
static void refuse_host_use(struct plan_builder *builder, const struct pci_function *function)
{
	const struct blocker *blocker =
		assignable_host_use(assignability_of(&builder->model->assignability, function));

	if (blocker && !is_named(builder, function))
		plan_add_obstacle(builder, "%s: %s", function->name, blocker->why);
}

/* Each by itself could go. */
static void refuse_last_links(struct plan_builder *builder)
{
	const char *why = host_uses_cut_off(&builder->model->host_uses, builder->taken,
					    builder->taken_count, builder->arena);

	if (!why)
		return;
	builder->plan->obstacles_together += builder->count > 1;
	plan_add_obstacle(builder, "if they all go, %s", why);
}

/* Returns a function that is to leave its driver although the host may need it, or NULL. */
static const struct pci_function *doubtful_one(const struct plan_builder *builder)
{
	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		if (driver_keeps_dma(function) &&
		    host_uses_doubt(&builder->model->host_uses, function, builder->arena).evidence)
			return function;
	}
	return NULL;
}

/* What passcheck could not follow, who reads the plan can. */
static void add_host_use_question(struct plan_builder *builder)
{
	const struct pci_function *function = doubtful_one(builder);
	struct plan_step *step;

	if (!function)
		return;
	step = plan_add_step(builder, PLAN_NOW, "find-host-use", function,
			     "Find out whether the host has something on %s: go on only if it does "
			     "not",
			     function->name);
	step->why = "passcheck cannot tell; what the host has there is gone with the next steps";
	plan_run(builder, &step->commands,
		 "find /sys/bus/pci/devices/%s/ -name block -o -name net -o -name 'nvme*n*'",
		 function->name);
	plan_run(builder, &step->commands, "lsblk -o NAME,TYPE,FSTYPE,MOUNTPOINTS");
	for (size_t i = 0; i < builder->host->usage.gap_count; i++) {
		if (strcasestr(builder->host->usage.gaps[i].why, "zfs")) {
			plan_run(builder, &step->commands, "zpool status -LP");
			break;
		}
	}
}

/* Of an obstructed plan only steps before a stage remain, and those that remove obstacles. */
static void drop_pointless(struct plan *plan, enum plan_stage stage)
{
	size_t kept = 0;

	if (!plan->obstacles)
		return;
	for (size_t i = 0; i < plan->count; i++) {
		if (plan->steps[i].stage < stage || plan->steps[i].removes_obstacle)
			plan->steps[kept++] = plan->steps[i];
	}
	plan->count = kept;
}

/* What a capture leaves out speaks neither for nor against the host. */
static bool is_hidden(const struct fact *fact)
{
	return !fact_settled(fact) && fact->state != FACT_NOT_CAPTURED;
}

/* A guest of this host runs with KVM. */
static void refuse_without_kvm(struct plan_builder *builder)
{
	switch (kvm_lack_of(builder->host)) {
	case KVM_LACKS_FEATURE:
		/* What firmware keeps off has a step. */
		if (!plan_virtualization_is_in_setup(builder))
			plan_add_obstacle(builder, "the processor offers no virtualisation that "
						   "KVM knows");
		return;
	case KVM_NOT_STARTED:
		plan_add_obstacle(builder, "%s", kvm_not_started_words(builder->host));
		return;
	case KVM_LACKS_NOTHING:
		if (is_hidden(&builder->host->cpu.kvm.fact))
			plan_add_unknown(builder, "whether /dev/kvm exists could not be read: "
						  "without it no guest runs with KVM");
		return;
	case KVM_NOT_LOADED:
	case KVM_HIDDEN:
		return;
	}
}

static void load_kvm(struct plan_builder *builder)
{
	struct plan_step *step;

	if (kvm_lack_of(builder->host) != KVM_NOT_LOADED)
		return;
	const char *module = kvm_module(&builder->host->cpu);
	step = plan_add_step(builder, PLAN_NOW, "load-kvm", NULL, "Load the module %s", module);
	step->why = "without /dev/kvm no guest runs with KVM";
	plan_load_module(builder, step, module);
	step->done = "[ -e /dev/kvm ]";
}

/* Whether a function of a card that is asked for can go where the card goes. What the host needs,
 * or VFIO refuses, stays: the caution on the card says so. */
static bool goes_along(const struct plan_builder *builder, const struct pci_function *function)
{
	if (builder->wish->undo)
		return driver_is_vfio(function) || plan_waits_for_vfio(function);
	return !stays_blocked(builder, function);
}

/*
 * A graphics card goes as a whole, whatever groups its sound, USB and the like have: VFIO resets it
 * only where all groups of its slot are the user's (vfio_pci_ioctl_pci_hot_reset()).
 */
static void ask_for_cards(struct plan_builder *builder)
{
	const struct pci *pci = &builder->host->pci;
	const struct pci_function **all = arena_array(builder->arena, pci->count + 1, sizeof(*all));
	const struct pci_function *card = NULL;
	size_t count = 0;

	function_set_init(&builder->cards, builder->arena, builder->host);
	for (size_t i = 0; all && i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		bool asked = plan_asks_for(builder, function);
		if (!asked && card && caution_splits(card, function) &&
		    goes_along(builder, function)) {
			function_set_add(&builder->asked, function);
			function_set_add(&builder->cards, function);
			asked = true;
		}
		if (asked)
			all[count++] = function;
		if (function->address.function == 0)
			card = asked ? function : NULL;
	}
	if (!all)
		return;
	builder->functions = all;
	builder->count = count;
}

/* What takes functions from the host, and gives them to a guest. */
static void hand_over(struct plan_builder *builder)
{
	add_host_use_question(builder);
	load_kvm(builder);
	plan_set_up_vfs(builder);
	builder->plan->managed_does = plan_managed_does(builder);
	switch (builder->wish->how) {
	case PLAN_HOW_BOOT:
		plan_bind(builder);
		plan_persist(builder);
		break;
	case PLAN_HOW_NOW:
		plan_bind(builder);
		break;
	case PLAN_HOW_MANAGED:
		plan_managed(builder);
		break;
	case PLAN_HOW_COUNT:
		break;
	}
	refuse_what_stays(builder);
	plan_guest(builder);
}

static void build_assignment(struct plan_builder *builder)
{
	ask_for_cards(builder);
	take_all(builder);
	if (!builder->taken)
		return;
	for (size_t i = 0; i < builder->count; i++)
		judge_function(builder, builder->functions[i]);
	refuse_vfs_of_asked(builder);
	for (size_t i = 0; i < builder->taken_count; i++)
		refuse_host_use(builder, builder->taken[i]);
	refuse_last_links(builder);
	plan_remarks(builder);
	refuse_without_kvm(builder);
	bool blocked = builder->plan->obstacles != NULL;
	plan_firmware(builder);
	plan_iommu(builder);
	plan_modules(builder);
	if (!blocked && builder->wish->how != PLAN_HOW_NOW)
		plan_display_parameters(builder);
	builder->persists = !blocked && builder->wish->how == PLAN_HOW_BOOT;
	plan_command_line(builder);
	add_reboot(builder);
	/* What no step removes makes it pointless to take functions from the host. */
	if (!blocked)
		hand_over(builder);
}

/* A function went to VFIO with its group, and comes back with it. */
static void take_groups(struct plan_builder *builder)
{
	const struct pci *pci = &builder->host->pci;
	const bool *wanted = groups_asked_for(builder);

	for (size_t i = 0; wanted && i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (is_in(builder, wanted, function) && !plan_asks_for(builder, function))
			add_taken(builder, function);
	}
}

static void build_undo(struct plan_builder *builder)
{
	if (!builder->count) {
		plan_undo_host(builder);
		return;
	}
	ask_for_cards(builder);
	builder->taken = arena_array(builder->arena, builder->host->pci.count + 1,
				     sizeof(struct pci_function *));
	function_set_init(&builder->leaves, builder->arena, builder->host);
	if (!builder->taken || arena_failed(builder->arena))
		return;
	for (size_t i = 0; i < builder->count; i++)
		add_taken(builder, builder->functions[i]);
	take_groups(builder);
	note_kept_twins(builder);
	plan_undo(builder);
}

/* Returns whether the IOMMU keeps a VF that is asked for from a guest of its own. */
static bool iommu_keeps_vfs(const struct plan_builder *builder)
{
	for (size_t i = 0; i < builder->count; i++) {
		const struct usable_vfs *usable =
			usable_vfs_of(&builder->model->usable_vfs, builder->functions[i]);
		if (usable && usable->limit == USABLE_IOMMU)
			return true;
	}
	return false;
}

static void build_vfs(struct plan_builder *builder)
{
	if (iommu_keeps_vfs(builder))
		plan_iommu(builder);
	plan_modules(builder);
	plan_command_line(builder);
	plan_vfs(builder, builder->wish->vfs);
	add_reboot(builder);
}

static void build_host(struct plan_builder *builder)
{
	plan_firmware(builder);
	plan_iommu(builder);
	plan_modules(builder);
	plan_command_line(builder);
	add_reboot(builder);
	load_kvm(builder);
}

/* Keeps the order of steps of one stage. */
static void sort_steps(struct plan *plan, struct arena *arena)
{
	struct plan_step *sorted = arena_array(arena, plan->count + 1, sizeof(*sorted));
	size_t count = 0;

	for (int stage = 0; sorted && stage < PLAN_STAGE_COUNT; stage++) {
		for (size_t i = 0; i < plan->count; i++) {
			if (plan->steps[i].stage == (enum plan_stage)stage)
				sorted[count++] = plan->steps[i];
		}
	}
	if (sorted)
		plan->steps = sorted;
}

/* The first of the steps on the running host says where the commands of all of them are run. */
static void say_where_to_run(struct plan_builder *builder)
{
	const char *without = declared_system_without_shell(builder->host);
	struct plan *plan = builder->plan;

	for (size_t i = 0; without && i < plan->count; i++) {
		struct plan_step *step = &plan->steps[i];
		if (step->stage != PLAN_NOW || !step->commands)
			continue;
		step->why = step->why ? arena_printf(builder->arena, "%s; %s", step->why, without)
				      : without;
		return;
	}
}

void plan_build(const struct model *model, const struct plan_wish *wish, struct arena *arena,
		struct plan *ret)
{
	struct plan plan = {.how = wish->how, .undo = wish->undo};
	struct plan_builder builder = {
		.model = model,
		.host = model->host,
		.arena = arena,
		.wish = wish,
		.functions = wish->functions,
		.count = wish->count,
		.plan = &plan,
	};

	function_set_init(&builder.asked, arena, model->host);
	for (size_t i = 0; i < wish->count; i++)
		function_set_add(&builder.asked, wish->functions[i]);
	if (wish->undo)
		build_undo(&builder);
	else if (wish->vfs)
		build_vfs(&builder);
	else if (wish->count)
		build_assignment(&builder);
	else
		build_host(&builder);
	plan_firmware_why(&builder);
	/* While an obstacle stands no other step has a point, and some would do harm: who follows
	 * them takes a device from the host for nothing. */
	drop_pointless(&plan, PLAN_FIRMWARE);
	sort_steps(&plan, arena);
	say_where_to_run(&builder);
	plan_judge(&plan, arena);
	*ret = plan;
}

void plan_judge(struct plan *plan, struct arena *arena)
{
	drop_pointless(plan, PLAN_PERSIST);
	lines_unique(arena, &plan->obstacles);
	lines_unique(arena, &plan->unknowns);
	plan->verdict = plan->obstacles  ? PLAN_OBSTRUCTED
			: plan->unknowns ? PLAN_UNDETERMINED
					 : PLAN_COMPLETE;
}
