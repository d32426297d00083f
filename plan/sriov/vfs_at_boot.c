/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/sriov/vfs_at_boot.h"

#include <inttypes.h>
#include <string.h>

#include "host/base/buffer.h"
#include "host/sriov/sriov_redact.h"
#include "host/sriov/sriov_word.h"
#include "model/assign/vfio_driver.h"
#include "model/boot/declared_system.h"
#include "model/modules/module_option.h"
#include "model/persistence/persistence.h"
#include "plan/boot/binding.h"
#include "plan/boot/options.h"
#include "plan/sriov/nvme_online.h"
#include "plan/sriov/pf.h"
#include "plan/sriov/pf_up.h"

enum { MOST_OTHER_PFS = 4 }; /* that share a line, to be named */

/* Returns whether the plan makes as many VFs of another PF, too. */
static bool makes_as_many(const struct plan_builder *builder, const struct pci_function *pf,
			  int64_t vfs)
{
	return plan_asks_for(builder, pf) &&
	       (int64_t)plan_vfs_made_for(builder, pf, builder->wish->vfs) == vfs;
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
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "vfs-existing", pf,
			      "Have %s make %s of %s at every boot instead of %" PRId64
			      ", and as many as before of %s",
			      vf_persistence_place(line), plan_vfs_words(builder, vfs), pf->name,
			      line->count, others);

	step->why = arena_printf(builder->arena, "by hand, for one line is for all of them: %s; %s",
				 plan_shown_line(builder, line->setting),
				 split_words(builder, pf, line, vfs));
}

/* Returns "line", or "2 equal lines" where it stands in its file so often. */
static const char *line_words(const struct plan_builder *builder, const struct pci_function *pf,
			      const struct vf_persistence *line)
{
	size_t count = vf_persistence_count_alike(&builder->model->persistences, pf, line);

	return count == 1 ? "line" : counted(builder->arena, count, "equal line");
}

/* How a line is edited that no command edits. */
static const char *by_hand_words(struct arena *arena, const struct vf_persistence *line)
{
	if (!vf_persistence_is_of_package(line))
		return "by hand";
	return arena_printf(arena, "by hand in a copy, /etc%s, which counts in its place",
			    line->setting->source + strlen("/usr/lib"));
}

/* Of a line of a plan an undo knows that it goes. */
static bool is_own(const struct vf_persistence *line)
{
	return strcmp(line->setting->source, VF_RULES_FILE) == 0;
}

bool plan_vfs_kept_by_others(const struct plan_builder *builder, const struct pci_function *pf,
			     int64_t vfs)
{
	const struct vf_persistence found =
		vf_persistence_of(&builder->model->persistences, pf, vfs);

	return found.setting && !is_own(&found);
}

static void edit_line(struct plan_builder *builder, const struct pci_function *pf,
		      const struct vf_persistence *found, int64_t vfs)
{
	const struct sriov_setting *setting = found->setting;
	struct arena *arena = builder->arena;
	struct plan_step *step = plan_add_step(
		builder, PLAN_PERSIST, "vfs-existing", pf,
		"Let %s make %s of %s at every boot instead of %" PRId64,
		vf_persistence_place(found), plan_vfs_words(builder, vfs), pf->name, found->count);
	bool editable = vf_persistence_editable(&builder->model->persistences, pf, found) &&
			shell_takes(setting->line);

	const char *words = line_words(builder, pf, found);
	const char *shown = plan_shown_line(builder, setting);
	step->why = editable ? arena_printf(arena, "its %s: %s", words, shown)
			     : arena_printf(arena, "edit its %s %s: %s", words,
					    by_hand_words(arena, found), shown);
	if (!editable)
		return;
	const char *rest = setting->line + found->digits;
	const char *line = arena_printf(arena, "%.*s%" PRId64 "%s", (int)found->digits,
					setting->line, vfs, rest + strspn(rest, "0123456789"));
	plan_replace(builder, step, setting->source, setting->line, line);
	step->unread = !is_own(found);
}

/* Why it is left to a person to see what a line makes. */
static const char *why_unclear(struct plan_builder *builder, const struct vf_persistence *found)
{
	const struct sriov_setting *setting = found->setting;
	struct arena *arena = builder->arena;
	const char *line = plan_shown_line(builder, setting);

	if (setting->idle)
		return setting->idle;
	if (found->early)
		return arena_printf(arena,
				    "it writes before the interface is up, and then no VFs are "
				    "made unless a line in front of it sets it up: %s",
				    line);
	if (found->before_driver)
		return arena_printf(arena,
				    "its rule acts as the function is added, and the driver may be "
				    "bound after that: let it act upon ACTION==\"add|bind\": %s",
				    line);
	if (found->before_name)
		return arena_printf(arena,
				    "its rule acts as the interface is added, which may get that "
				    "name after that: let it act upon ACTION==\"add|move\": %s",
				    line);
	if (found->shadow)
		return arena_printf(arena,
				    "udev may apply %s in its place: passcheck cannot tell for "
				    "whom that is",
				    found->shadow->source);
	if (vf_setting_is_record(builder->host, setting))
		return "the SR-IOV network operator has set them last, and passcheck cannot tell "
		       "whether it still runs";
	return arena_printf(arena, "passcheck cannot tell which or how many VFs its line makes: %s",
			    line);
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
				     vf_persistence_place(found), plan_vfs_words(builder, vfs),
				     pf->name);
		step->why = why_unclear(builder, found);
		return;
	}
	if (setting->owner == SRIOV_OWNER_OPERATOR) {
		step = plan_add_step(
			builder, PLAN_PERSIST, "vfs-existing", pf,
			"Have the SR-IOV network operator make %s of %s instead of %" PRId64
			": set numVfs in its SriovNetworkNodePolicy",
			plan_vfs_words(builder, vfs), pf->name, found->count);
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
	const struct vf_driver *driver = plan_vf_driver(builder, pf);
	const char *way = vf_driver_own_way(driver, pf, builder->arena);
	struct plan_step *step = plan_add_step(builder, PLAN_PERSIST, "vfs-own-switch", pf,
					       "Have the driver %s make %s of %s at every boot%s%s",
					       driver->name, plan_vfs_words(builder, vfs), pf->name,
					       way ? ", " : "", way ? way : "");

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

/* Returns whether a line of the same file takes VFs away so that the one behind makes others. */
static bool makes_room(const struct vf_makers *makers, size_t index,
		       const struct vf_persistence *kept)
{
	const struct vf_persistence *line = &makers->lines[index];

	if (line->count || strcmp(line->setting->source, kept->setting->source) != 0)
		return false;
	while (index < makers->count && makers->lines[index].setting != kept->setting)
		index++;
	return index < makers->count;
}

/* Returns whether a line changes the number that the one that is kept makes, and is not changed
 * with that; kept: NULL for a rule of the plan. */
static bool is_at_odds(const struct vf_makers *makers, size_t index,
		       const struct vf_persistence *kept, int64_t vfs)
{
	const struct vf_persistence *line = &makers->lines[index];

	if (line->state != PERSISTENCE_MADE || !line->counted || line->count == vfs)
		return false;
	if (!line->count && !vf_persistence_takes_away(line))
		return false;
	return !kept || (!vf_persistence_alike(line, kept) && !makes_room(makers, index, kept));
}

static bool is_told(const struct vf_makers *makers, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (vf_persistence_alike(&makers->lines[i], &makers->lines[index]))
			return true;
	}
	return false;
}

static void drop_line(struct plan_builder *builder, const struct pci_function *pf,
		      const struct vf_persistence *line, int64_t vfs)
{
	struct arena *arena = builder->arena;
	const char *others = plan_other_pfs(builder, pf, line, vfs);
	const char *words = line_words(builder, pf, line);
	const char *does = line->count
				   ? arena_printf(arena, "make %s of %s",
						  plan_vfs_words(builder, line->count), pf->name)
				   : arena_printf(arena, "take the VFs of %s away", pf->name);
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "vfs-conflict", pf,
			      "Have %s no longer %s at every boot: take its %s out",
			      vf_persistence_place(line), does, words);

	step->why = arena_printf(arena, "%s; the %s%s%s: %s",
				 line->count ? "of two numbers the kernel takes whichever comes "
					       "first"
					     : "the VFs that there are then are gone",
				 words, others ? ", which makes those of others, too: " : "",
				 others ? others : "", plan_shown_line(builder, line->setting));
}

/* Of two numbers the kernel takes the one that comes first, and refuses the other (EBUSY). */
static void drop_other_lines(struct plan_builder *builder, const struct pci_function *pf,
			     const struct vf_persistence *kept, int64_t vfs)
{
	const struct vf_makers *makers = vf_makers_of(&builder->model->persistences, pf);

	for (size_t i = 0; makers && i < makers->count; i++) {
		if (is_at_odds(makers, i, kept, vfs) && !is_told(makers, i))
			drop_line(builder, pf, &makers->lines[i], vfs);
	}
}

void plan_persist_vfs(struct plan_builder *builder, const struct pci_function *pf, int64_t vfs)
{
	struct plan_step *step;

	const struct vf_persistence found =
		vf_persistence_of(&builder->model->persistences, pf, vfs);
	plan_keep_pf(builder, pf);
	keep_enable_sriov(builder, pf);
	if (found.setting) {
		if (found.state != PERSISTENCE_MADE || !found.counted || found.count != vfs)
			change_configured(builder, pf, &found, vfs);
		drop_other_lines(builder, pf, &found, vfs);
		return;
	}
	if (plan_pf_switches_itself(builder, pf)) {
		if (!plan_vf_driver(builder, pf)->makes_at_load || pf->sriov.numvfs.value != vfs)
			say_own_switch(builder, pf, vfs);
		return;
	}
	drop_other_lines(builder, pf, NULL, vfs);
	step = plan_add_step(builder, PLAN_PERSIST, "vfs-udev-rule", pf,
			     "Make %s of %s at every boot", plan_vfs_words(builder, vfs), pf->name);
	if (fact_known(&pf->driver.fact) && !plan_vf_driver(builder, pf))
		step->why =
			arena_printf(builder->arena,
				     "cannot tell whether the driver %s takes a write to "
				     "sriov_numvfs: see after the next boot that they are there",
				     pf->driver.text);
	else if (pf->representors.count)
		step->why = "it is in switchdev mode now, and this makes VFs in the mode that it "
			    "has then: what sets the mode must run, too";
	const char *script =
		arena_printf(builder->arena, "echo %" PRId64 " > " PLAN_DEVICES "/%s/sriov_numvfs",
			     vfs, pf->name);
	if (plan_lacks_udev(builder, step, script))
		return;
	if (declared_system_lacks_rules(builder->host) &&
	    plan_is_declared(builder, step, VF_RULES_FILE,
			     arena_printf(builder->arena, "add %s", script)))
		return;
	plan_append(builder, step, vf_rule(builder->arena, pf, plan_vf_driver(builder, pf), vfs),
		    VF_RULES_FILE);
}

/* A VF of a vGPU driver comes back without its profile. */
static void keep_profile(struct plan_builder *builder, const struct pci_function *vf)
{
	const struct fact_number *type = &vf->vgpu_type;

	if (!fact_known(&type->fact) || type->value <= 0)
		return;
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "vgpu-profile", vf,
			      "Set the vGPU profile %" PRId64 " of %s again at every boot, once "
			      "its VFs are made",
			      type->value, vf->name);
	step->why = arena_printf(builder->arena, "%s is 0 after a reboot", type->fact.source);
}

/* VFs that were made by hand are gone after a reboot. */
void plan_keep_vfs(struct plan_builder *builder)
{
	const struct pci_function *kept = NULL;

	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *pf = builder->taken[i]->pf;
		if (!pf || pf == kept || !fact_known(&pf->sriov.numvfs.fact))
			continue;
		kept = pf;
		plan_persist_pf(builder, pf);
		plan_persist_vfs(builder, pf, pf->sriov.numvfs.value);
		plan_pf_up_again(builder, pf);
	}
	plan_nvme_set_up_again(builder);
	for (size_t i = 0; i < builder->taken_count; i++)
		keep_profile(builder, builder->taken[i]);
}
